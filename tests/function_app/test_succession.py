from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest

from database.ports import free_port
from scoring import load_model, write_artefact
from tests.function_app.small_bank import KEY, SmallBank
from tests.function_app.test_outages import READY, SCORE, check_statuses
from tests.running import server, wait_until
from tests.scoring.synthetic import golden_rows, make_artefact
from training.registry.versions import ModelRegistry

CALLERS = 4
WORKERS = 2


@dataclass(frozen=True)
class Bank:
    """Two workers over the small bank's clients and two versions of a model."""

    base_url: str
    log: Path
    registry: ModelRegistry
    versions: tuple[str, str]
    small_bank: SmallBank
    process: subprocess.Popen[bytes]

    def get(self, path: str = f"{SCORE}?explain=false") -> httpx.Response:
        # A connection of its own: any worker may take it.
        return httpx.get(
            f"{self.base_url}{path}", headers={"x-functions-key": KEY}, timeout=10
        )

    def events(self, event: str) -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in self.log.read_text().splitlines()]
        return [line for line in lines if line.get("event") == event]

    def answers_only(self, version: str) -> bool:
        answers = [self.get().json()["model_version"] for _ in range(6)]
        return set(answers) == {version}

    def await_everywhere(self, version: str) -> None:
        """Wait until each worker serves the version, and answers come from it."""

        def served() -> set[str]:
            # One worker may take all calls, so answers alone tell of that one.
            latest = self.events("artefact_served")[-WORKERS:]
            return {event["model_version"] for event in latest}

        wait_until(lambda: served() == {version}, f"{version} in both workers")
        wait_until(lambda: self.answers_only(version), version)


@pytest.fixture(scope="module")
def bank(
    small_bank: SmallBank, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Bank]:
    models = tmp_path_factory.mktemp("models")
    first = load_model(small_bank.champion).version
    shutil.copytree(small_bank.models / first, models / first)
    second = make_artefact(models, seed=1, clients=600, version="20260202T000000Z-next")
    registry = ModelRegistry(models)
    registry.promote(first)
    port = free_port()
    base_url = f"http://127.0.0.1:{port}"
    log = models / "log"
    command = [sys.executable, "-m", "function_app"]
    variables = small_bank.environment | {"MODEL_DIR": str(models / "champion")}
    with server(
        [*command, "--port", str(port), "--workers", str(WORKERS)],
        f"{base_url}{READY}",
        log,
        **variables,
    ) as process:
        versions = (first, second.name)
        yield Bank(base_url, log, registry, versions, small_bank, process)


def called_until(bank: Bank, is_over: Event) -> list[httpx.Response]:
    """Call again and again; calls that a lost process did not answer are left out."""
    answered = []
    while not is_over.is_set():
        try:
            answered.append(bank.get())
        except httpx.TransportError:
            continue
    return answered


def under_load(bank: Bank, act: Any) -> list[httpx.Response]:
    is_over = Event()
    with ThreadPoolExecutor(CALLERS) as callers:
        calls = [callers.submit(called_until, bank, is_over) for _ in range(CALLERS)]
        try:
            act()
        finally:
            is_over.set()
        return [response for call in calls for response in call.result()]


def test_a_promoted_model_takes_over_under_load_and_no_answer_mixes_the_two(
    bank: Bank,
) -> None:
    first, second = bank.versions
    bank.await_everywhere(first)
    logged = bank.get(f"/api/v1/decisions/{bank.get().json()['decision_id']}").json()
    expected = {
        version: load_model(bank.registry.models_dir / version)
        .score(logged["inputs"], explain=False)
        .probability
        for version in bank.versions
    }
    assert expected[first] != expected[second]

    def promote() -> None:
        bank.registry.promote(second)
        bank.await_everywhere(second)

    responses = under_load(bank, promote)
    assert {response.status_code for response in responses} == {200}
    answers = [response.json() for response in responses]
    assert {answer["model_version"] for answer in answers} == {first, second}
    for answer in answers:
        assert answer["probability"] == expected[answer["model_version"]]


def test_a_broken_successor_is_refused_once_and_warned_of_while_the_model_serves(
    bank: Bank,
) -> None:
    first, second = bank.versions
    bank.registry.promote(first)
    bank.await_everywhere(first)
    broken = bank.registry.models_dir / "broken"
    shutil.copytree(bank.registry.models_dir / second, broken)
    (broken / "model.txt").write_text("no trees")
    link = bank.registry.champion_link
    link.unlink()
    link.symlink_to("broken")

    wait_until(lambda: len(bank.events("successor_refused")) == 2, "two refusals")
    ready = bank.get(READY)
    assert ready.status_code == 200
    assert check_statuses(ready)["artefact"] == "warning"
    assert bank.answers_only(first)

    bank.registry.promote(second)
    bank.await_everywhere(second)
    assert check_statuses(bank.get(READY))["artefact"] == "ok"
    assert len(bank.events("successor_refused")) == 2


def with_another_column(bank: Bank, name: str) -> Path:
    """Write the first version again, reading one feature from another column."""
    model = load_model(bank.registry.models_dir / bank.versions[0])
    first, *others = model.features
    features = (replace(first, name=name), *others)
    rows = [{**row, name: row[first.name]} for row in golden_rows(seed=0)]
    return write_artefact(
        bank.registry.models_dir,
        replace(model.manifest, version="20260303T000000Z-wider", features=features),
        (bank.registry.models_dir / bank.versions[0] / "model.txt").read_text(),
        rows,
    )


def test_a_successor_whose_columns_the_database_lacks_waits_for_them(
    bank: Bank,
) -> None:
    second = bank.versions[1]
    refused_before = len(bank.events("successor_refused"))
    successor = with_another_column(bank, "of_a_table_to_come")
    link = bank.registry.champion_link
    link.unlink()
    link.symlink_to(successor.name)

    def refusals() -> list[dict[str, Any]]:
        return bank.events("successor_refused")[refused_before:]

    wait_until(lambda: len(refusals()) == 2, "two refusals")
    assert refusals()[0]["columns"] == ["of_a_table_to_come"]
    assert bank.answers_only(second)
    assert check_statuses(bank.get(READY))["artefact"] == "warning"

    table = "alter table features.client_features"
    bank.small_bank.execute(f"{table} add column of_a_table_to_come real")
    bank.await_everywhere(successor.name)
    assert check_statuses(bank.get(READY))["artefact"] == "ok"
    assert len(refusals()) == 2

    bank.registry.promote(second)
    bank.await_everywhere(second)
    bank.small_bank.execute(f"{table} drop column of_a_table_to_come")


def test_a_killed_worker_is_replaced_and_loses_no_answered_decision(
    bank: Bank,
) -> None:
    before = len(bank.events("worker_started"))

    def kill() -> None:
        wait_until(lambda: bank.get().status_code == 200, "an answer")
        os.kill(bank.events("worker_started")[-1]["process"], signal.SIGKILL)
        wait_until(lambda: len(bank.events("worker_started")) > before, "another")

    responses = under_load(bank, kill)
    assert {response.status_code for response in responses} == {200}
    answered = [response.json()["decision_id"] for response in responses]
    logged = bank.small_bank.rows(
        "select decision_id::text from ops.decision_log "
        "where decision_id = any(%s::uuid[])",
        answered,
    )
    assert sorted(decision_id for (decision_id,) in logged) == sorted(answered)
    assert bank.events("worker_lost")[-1]["exit_code"] == -signal.SIGKILL


def test_a_server_told_to_stop_is_not_ready_first_and_finishes_what_it_began(
    small_bank: SmallBank, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    process, base_url = started(small_bank, log, "--workers", "2")
    with (
        small_bank.connection("transformer") as rebuilding,
        ThreadPoolExecutor(1) as caller,
        httpx.Client(base_url=base_url, headers={"x-functions-key": KEY}) as client,
    ):
        rebuilding.autocommit = False
        rebuilding.cursor().execute(
            "lock table features.client_features in access exclusive mode"
        )
        begun = caller.submit(client.get, SCORE, timeout=20)
        wait_until(
            lambda: bool(
                small_bank.rows("select from pg_locks where not granted", role="scorer")
            ),
            "a call under way",
        )
        process.terminate()
        wait_until(
            lambda: httpx.get(f"{base_url}{READY}").status_code == 503, "not ready"
        )
        not_ready = httpx.get(f"{base_url}{READY}")
        assert check_statuses(not_ready) == {"process": "failed"}
        assert httpx.get(f"{base_url}/api/v1/health/live").status_code == 200
        wait_until(lambda: refuses(base_url), "closing")
        assert process.poll() is None
        rebuilding.rollback()
        assert begun.result().status_code == 200
    process.wait(timeout=10)


def refuses(base_url: str) -> bool:
    try:
        httpx.get(f"{base_url}/api/v1/health/live", timeout=2)
    except httpx.ConnectError:
        return True
    except httpx.TransportError:
        return False
    return False


def started(
    bank: SmallBank, log: Path, *options: str
) -> tuple[subprocess.Popen[bytes], str]:
    port = free_port()
    base_url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "function_app", "--port", str(port), *options]
    variables = {
        **bank.environment,
        "SCORING_DRAIN_SECONDS": "1.5",
        "SCORING_STATEMENT_TIMEOUT_MS": "20000",
    }
    with log.open("wb") as kept:
        process = subprocess.Popen(
            command, env=os.environ | variables, stdout=kept, stderr=kept
        )
    wait_until(lambda: not refuses(base_url), "the server")
    return process, base_url


# The last one: its server does not come back.
def test_workers_end_with_the_process_that_started_them(bank: Bank) -> None:
    bank.process.kill()
    bank.process.wait()
    wait_until(lambda: refuses(bank.base_url), "both workers' end")
