"""One key, one decision: repeated, at once, over workers, across a lost connection."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from database.ports import free_port
from tests.function_app.conftest import Server
from tests.function_app.small_bank import FIRST_CLIENT, KEY, SmallBank
from tests.function_app.test_batch import ABSENT_CLIENT, SCORES
from tests.function_app.test_problems import check_problem
from tests.running import server

SCORE = f"/api/v1/clients/{FIRST_CLIENT}/score"
OTHER_KEY = "the-key-of-another-caller"


@pytest.fixture(scope="module")
def workers(
    small_bank: SmallBank, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """Two processes, and two callers."""
    base_url = f"http://127.0.0.1:{free_port()}"
    log: Path = tmp_path_factory.mktemp("workers") / "function_app.log"
    port = base_url.rpartition(":")[2]
    settings = small_bank.environment | {"SCORING_API_KEYS": f"other={OTHER_KEY}"}
    command = [sys.executable, "-m", "function_app", "--port", port, "--workers", "2"]
    with (
        server(command, f"{base_url}/api/v1/health/ready", log, **settings),
        httpx.Client(base_url=base_url, headers={"x-functions-key": KEY}) as client,
    ):
        yield Server(client, log)


def under(key: str) -> dict[str, str]:
    return {"Idempotency-Key": key}


def new_key() -> str:
    return uuid4().hex


def test_the_same_request_under_a_key_gets_the_same_answer_to_the_letter(
    small_server: Server, small_bank: SmallBank
) -> None:
    client, key = small_server.client, new_key()
    first, again = (client.get(SCORE, headers=under(key)) for _ in range(2))
    spelt_out = client.get(
        SCORE, params={"lang": "fr", "explain": "true"}, headers=under(key)
    )
    assert first.status_code == 200
    assert first.content == again.content == spelt_out.content
    assert again.headers["content-language"] == "fr"
    logged = small_bank.rows(
        "select request_id from ops.decision_log where decision_id = %s",
        first.json()["decision_id"],
    )
    assert logged == [(first.headers["x-request-id"],)]


def test_a_batch_under_a_key_is_repeated_whole(small_server: Server) -> None:
    client, key = small_server.client, new_key()
    body = {"client_ids": [FIRST_CLIENT + 1, ABSENT_CLIENT, FIRST_CLIENT]}
    first, again = (
        client.post(SCORES, json=body, headers=under(key)) for _ in range(2)
    )
    assert first.status_code == 200
    assert first.content == again.content


def test_calls_at_once_under_one_key_are_one_decision_over_all_workers(
    workers: Server, small_bank: SmallBank
) -> None:
    base_url = workers.client.base_url
    keys = [new_key() for _ in range(6)]
    headers = {"x-functions-key": KEY}

    def ask(number: int) -> tuple[str, str]:
        # A connection of its own: any worker may take it.
        key = keys[number % len(keys)]
        address = f"{base_url}{SCORE}?explain=false"
        answer = httpx.get(address, headers=headers | under(key), timeout=30)
        assert answer.status_code == 200, answer.text
        return key, answer.text

    before = count(small_bank)
    with ThreadPoolExecutor(12) as callers:
        answers = set(callers.map(ask, range(72)))
    assert len(answers) == len(keys)
    assert count(small_bank) == before + len(keys)


def count(bank: SmallBank) -> int:
    ((logged,),) = bank.rows("select count(*) from ops.decision_log")
    assert isinstance(logged, int)
    return logged


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (f"{SCORE}?lang=en", None),
        (f"{SCORE}?explain=false", None),
        (SCORE.replace(str(FIRST_CLIENT), str(FIRST_CLIENT + 1)), None),
        (SCORES, {"client_ids": [FIRST_CLIENT]}),
    ],
)
def test_another_request_under_a_key_is_refused_and_decides_nothing(
    small_server: Server, small_bank: SmallBank, path: str, body: object
) -> None:
    client, key = small_server.client, new_key()
    assert client.get(SCORE, headers=under(key)).status_code == 200
    before = count(small_bank)
    method = "GET" if body is None else "POST"
    answer = client.request(method, path, json=body, headers=under(key))
    problem = check_problem(answer, 422, "idempotency-key-reused")
    (fault,) = problem["errors"]  # type: ignore[misc]
    assert (fault["field"], fault["location"]) == ("Idempotency-Key", "header")
    assert count(small_bank) == before


def test_a_key_is_its_callers_own(workers: Server) -> None:
    key = new_key()
    mine = workers.client.get(SCORE, headers=under(key))
    theirs = workers.client.get(
        SCORE, headers=under(key) | {"x-functions-key": OTHER_KEY}
    )
    assert mine.status_code == theirs.status_code == 200
    assert mine.json()["decision_id"] != theirs.json()["decision_id"]


def test_a_client_who_was_unknown_keeps_no_key(small_server: Server) -> None:
    client, key = small_server.client, new_key()
    unknown = f"/api/v1/clients/{ABSENT_CLIENT}/score"
    check_problem(client.get(unknown, headers=under(key)), 404, "unknown-client")
    assert client.get(SCORE, headers=under(key)).status_code == 200


@pytest.mark.parametrize("unfit", ["", "with space", "é", "x" * 256])
def test_a_key_that_is_no_text_of_signs_is_refused_by_name(
    small_server: Server, unfit: str
) -> None:
    headers = {"Idempotency-Key": unfit.encode()}
    answer = small_server.client.get(SCORE, headers=headers)
    problem = check_problem(answer, 422, "invalid-input")
    assert [e["field"] for e in problem["errors"]] == ["Idempotency-Key"]  # type: ignore[attr-defined]


def test_the_table_holds_no_key_and_forgets_after_a_week_what_the_log_keeps(
    small_server: Server, small_bank: SmallBank
) -> None:
    client, old, new = small_server.client, new_key(), new_key()
    first = client.get(SCORE, headers=under(old)).json()["decision_id"]
    rows = small_bank.rows("select call::text from ops.idempotent_call as call")
    assert old not in str(rows)
    age = "update ops.idempotent_call set called_at = now() - interval '{}'"
    small_bank.execute(age.format("6 days 23 hours"), role="administrator")
    client.get(SCORE, headers=under(new))
    assert client.get(SCORE, headers=under(old)).json()["decision_id"] == first
    small_bank.execute(age.format("7 days 1 hour"), role="administrator")
    client.get(SCORE, headers=under(new_key()))
    again = client.get(SCORE, headers=under(old)).json()["decision_id"]
    assert again != first
    logged = small_bank.rows(
        "select from ops.decision_log where decision_id = any(%s::uuid[])",
        [first, again],
    )
    assert len(logged) == 2
