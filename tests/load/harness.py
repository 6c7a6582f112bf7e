"""Callers who score clients again and again, and the count against the log."""

from __future__ import annotations

import itertools
import os
import threading
import time
from collections import Counter
from dataclasses import dataclass
from types import TracebackType
from uuid import uuid4

import httpx

from tests.function_app.small_bank import CLIENTS, FIRST_CLIENT, KEY, SmallBank
from tests.running import wait_until

# Of traffic before and after what a test does to the servers.
SECONDS = float(os.environ.get("LOAD_SECONDS", "1"))
CALLERS = 4
# After an error, so that a server that is away is not called in a tight loop.
PAUSE = 0.02


@dataclass(frozen=True)
class Answer:
    """One score that a caller got."""

    request_id: str
    client_id: int
    decision_id: str
    model_version: str
    probability: float


class Load:
    """Callers at work while the block runs.

    Parameters
    ----------
    base_url : str
        Of the scoring function.
    """

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._name = uuid4().hex[:12]
        self._numbers = itertools.count()
        self._is_over = threading.Event()
        self._threads = [threading.Thread(target=self._call) for _ in range(CALLERS)]
        self.answers: list[Answer] = []
        self.refusals: Counter[int] = Counter()
        self.broken: Counter[str] = Counter()

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._is_over.set()
        for thread in self._threads:
            thread.join()

    def run(self) -> None:
        """Let the callers get answers for a while; fail where none comes."""
        before = len(self.answers)
        wait_until(lambda: len(self.answers) > before + CALLERS, "answers", 30)
        time.sleep(SECONDS)

    def assert_logged_once(self, bank: SmallBank) -> None:
        """Compare with the log: every answer is in it, and no request twice."""
        rows = bank.rows(
            "select request_id, decision_id::text, model_version, "
            "response ->> 'probability' "
            "from ops.decision_log where starts_with(request_id, %s)",
            self._name,
        )
        counts = Counter(request_id for request_id, *_ in rows)
        twice = [request_id for request_id, count in counts.items() if count > 1]
        assert not twice, f"{len(twice)} requests are in the log twice"
        logged = {request_id: tuple(rest) for request_id, *rest in rows}
        lost = [
            answer
            for answer in self.answers
            if logged.get(answer.request_id)
            != (answer.decision_id, answer.model_version, repr(answer.probability))
        ]
        assert not lost, f"of {len(self.answers)} answers the log lacks {len(lost)}"

    def _call(self) -> None:
        headers = {"x-functions-key": KEY}
        with httpx.Client(base_url=self._base_url, headers=headers) as client:
            while not self._is_over.is_set():
                number = next(self._numbers)
                client_id = FIRST_CLIENT + number % CLIENTS
                self._one(client, client_id, f"{self._name}-{number}")

    def _one(self, client: httpx.Client, client_id: int, request_id: str) -> None:
        try:
            response = client.get(
                f"/api/v1/clients/{client_id}/score",
                params={"explain": "false"},
                headers={"x-request-id": request_id},
            )
        except httpx.TransportError as error:
            self.broken[type(error).__name__] += 1
            time.sleep(PAUSE)
            return
        if response.status_code != 200:
            self.refusals[response.status_code] += 1
            time.sleep(PAUSE)
            return
        answer = response.json()
        self.answers.append(
            Answer(
                request_id,
                answer["client_id"],
                answer["decision_id"],
                answer["model_version"],
                answer["probability"],
            )
        )


def assert_chain_holds(bank: SmallBank) -> None:
    """Follow the log's chain of hashes from the first decision to the last."""
    rows = bank.rows(
        "select chain_number, previous_hash, row_hash, ops.decision_hash(entry) "
        "from ops.decision_log as entry order by chain_number",
        role="administrator",
    )
    previous = bytes(32)
    for expected, (number, before, own, computed) in enumerate(rows, start=1):
        assert number == expected
        assert bytes(before) == previous
        assert bytes(own) == bytes(computed)
        previous = bytes(own)
