from __future__ import annotations

import shutil
import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from database.ports import free_port
from function_app.errors import (
    ArtefactUnavailableError,
    BusyError,
    DatabaseUnavailableError,
)
from function_app.model.champion import Champion
from function_app.warehouse.connection_pool import ConnectionPool, scorer_connect
from tests.function_app.conftest import Server
from tests.function_app.small_bank import (
    FIRST_CLIENT,
    KEY,
    SmallBank,
    environment,
)
from tests.running import server, wait_until

SCORE = f"/api/v1/clients/{FIRST_CLIENT}/score"
READY = "/api/v1/health/ready"


def check_statuses(response: httpx.Response) -> dict[str, str]:
    return {check["name"]: check["status"] for check in response.json()["checks"]}


@pytest.fixture
def restored_bank(small_bank: SmallBank) -> Iterator[SmallBank]:
    yield small_bank
    small_bank.start()


def test_database_away_is_503_at_once_and_its_return_needs_no_restart(
    small_server: Server, restored_bank: SmallBank
) -> None:
    client = small_server.client
    assert client.get(SCORE).status_code == 200

    restored_bank.stop()
    started = time.monotonic()
    away = client.get(SCORE)
    assert time.monotonic() - started < 2
    assert away.status_code == 503
    assert away.json()["type"].endswith("#database-unavailable")
    assert int(away.headers["retry-after"]) > 0
    not_ready = client.get(READY)
    assert not_ready.status_code == 503
    assert check_statuses(not_ready) == {
        "artefact": "ok",
        "database": "failed",
        "decision_log": "unknown",
        "features": "unknown",
    }
    assert client.get("/api/v1/health/live").status_code == 200
    assert client.get("/api/v1/model").status_code == 200

    restored_bank.start()
    assert client.get(READY).status_code == 200
    assert client.get(SCORE).status_code == 200


def test_a_restart_between_two_calls_is_not_noticed_by_callers(
    small_server: Server, restored_bank: SmallBank
) -> None:
    client = small_server.client
    with ThreadPoolExecutor(6) as callers:
        list(callers.map(lambda _: client.get(SCORE), range(12)))
    restored_bank.stop()
    restored_bank.start()
    with ThreadPoolExecutor(6) as callers:
        after = list(callers.map(lambda _: client.get(SCORE), range(12)))
    assert [response.status_code for response in after] == [200] * 12


def test_every_decision_answered_around_a_lost_connection_is_logged_once(
    small_server: Server, small_bank: SmallBank
) -> None:
    answered = []
    for _ in range(5):
        small_bank.rows(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where application_name = 'function_app'",
            role="scorer",
        )
        response = small_server.client.get(SCORE)
        assert response.status_code == 200
        answered.append(response.json()["decision_id"])
    logged = small_bank.rows(
        "select decision_id::text from ops.decision_log "
        "where decision_id = any(%s::uuid[])",
        answered,
    )
    assert sorted(row[0] for row in logged) == sorted(answered)


def test_nothing_is_answered_while_the_log_takes_no_row(
    small_server: Server, small_bank: SmallBank
) -> None:
    client = small_server.client
    assert client.get(SCORE).status_code == 200
    before = small_bank.rows("select count(*) from ops.decision_log")
    with small_bank.connection("administrator") as administrator:
        administrator.cursor().execute("revoke insert on ops.decision_log from scorer")
        try:
            refused = client.get(SCORE)
            not_ready = client.get(READY)
        finally:
            administrator.cursor().execute("grant insert on ops.decision_log to scorer")
    assert refused.status_code == not_ready.status_code == 503
    assert "probability" not in refused.json()
    assert check_statuses(not_ready)["decision_log"] == "failed"
    assert small_bank.rows("select count(*) from ops.decision_log") == before
    assert client.get(SCORE).status_code == 200


def test_a_feature_table_without_a_model_column_is_not_ready_and_scores_nothing(
    small_server: Server, small_bank: SmallBank
) -> None:
    client = small_server.client
    name = client.get("/api/v1/model").json()["features"][0]["name"]
    rename = 'alter table features.client_features rename column "{}" to "{}"'
    small_bank.execute(rename.format(name, "of_another_name"))
    try:
        not_ready, refused = client.get(READY), client.get(SCORE)
    finally:
        small_bank.execute(rename.format("of_another_name", name))
    assert not_ready.status_code == refused.status_code == 503
    assert check_statuses(not_ready)["features"] == "failed"
    assert refused.json()["type"].endswith("#database-mismatch")
    assert client.get(READY).status_code == client.get(SCORE).status_code == 200


@pytest.mark.parametrize("data_type", ["text", "date"])
def test_a_feature_column_of_another_type_is_told_as_a_mismatch(
    small_server: Server, small_bank: SmallBank, data_type: str
) -> None:
    client = small_server.client
    name = client.get("/api/v1/model").json()["features"][0]["name"]
    change = 'alter table features.client_features alter column "{}" type {} using {}'
    small_bank.execute(
        "create table features.kept as table features.client_features; "
        + change.format(name, data_type, f"'2020-01-01'::{data_type}")
    )
    try:
        refused = client.get(SCORE)
    finally:
        small_bank.execute(
            change.format(name, "real", "null")
            + f'; update features.client_features as restored set "{name}" = '
            f'kept."{name}" from features.kept where restored.client_id = '
            "kept.client_id; drop table features.kept"
        )
    assert refused.status_code == 503
    assert refused.json()["type"].endswith("#database-mismatch")
    assert "2020" not in small_server.log.read_text().split("database_mismatch")[-1]
    assert client.get(SCORE).status_code == 200


def test_a_statement_that_takes_too_long_is_503_within_its_limit(
    small_server: Server, small_bank: SmallBank
) -> None:
    with small_bank.connection("transformer") as rebuilding:
        rebuilding.autocommit = False
        rebuilding.cursor().execute(
            "lock table features.client_features in access exclusive mode"
        )
        started = time.monotonic()
        response = small_server.client.get(SCORE, timeout=10)
        assert time.monotonic() - started < 4
        rebuilding.rollback()
    assert response.status_code == 503
    assert small_server.client.get(SCORE).status_code == 200


def test_more_callers_than_connections_wait_their_turn(
    small_bank: SmallBank, tmp_path: Path
) -> None:
    port = free_port()
    base_url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "function_app", "--port", str(port)]
    variables = small_bank.environment | {"SCORING_POOL_SIZE": "1"}
    with (
        server(command, f"{base_url}{READY}", tmp_path / "log", **variables),
        httpx.Client(base_url=base_url, headers={"x-functions-key": KEY}) as client,
        ThreadPoolExecutor(16) as callers,
    ):
        responses = list(callers.map(lambda _: client.get(SCORE), range(64)))
    assert [response.status_code for response in responses] == [200] * 64
    assert len({response.json()["decision_id"] for response in responses}) == 64


def test_a_full_pool_refuses_rather_than_waits_for_ever(small_bank: SmallBank) -> None:
    with environment(**small_bank.environment):
        pool = ConnectionPool(scorer_connect(2000), size=1, wait_seconds=0.05)

        def use_the_only_connection(_: object) -> None:
            with pytest.raises(BusyError):
                pool.run(lambda cursor: None)

        pool.run(use_the_only_connection)
        pool.run(lambda cursor: cursor.execute("select 1"))
        pool.close()


def test_connections_are_opened_when_needed_and_kept(small_bank: SmallBank) -> None:
    opened = []
    with environment(**small_bank.environment):
        connect = scorer_connect(2000)

        def counted() -> object:
            opened.append(connect())
            return opened[-1]

        pool = ConnectionPool(counted, size=4)  # type: ignore[arg-type]
        assert opened == []
        for _ in range(3):
            pool.run(lambda cursor: cursor.execute("select 1"))
        assert len(opened) == 1
        pool.close()
        assert opened[0].closed


def test_an_address_where_no_database_is_is_told_as_unavailable() -> None:
    nowhere = {"PGHOST": "127.0.0.1", "PGPORT": str(free_port()), "PGUSER": "scorer"}
    with environment(**nowhere):
        pool = ConnectionPool(scorer_connect(2000), size=1)
        with pytest.raises(DatabaseUnavailableError):
            pool.run(lambda cursor: None)


def test_a_stop_finishes_the_calls_that_have_begun(
    small_bank: SmallBank, tmp_path: Path
) -> None:
    port = free_port()
    base_url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "function_app", "--port", str(port)]
    log = tmp_path / "log"
    with (
        server(command, f"{base_url}{READY}", log, **small_bank.environment) as process,
        small_bank.connection("transformer") as rebuilding,
        ThreadPoolExecutor(1) as caller,
    ):
        rebuilding.autocommit = False
        rebuilding.cursor().execute(
            "lock table features.client_features in access exclusive mode"
        )
        begun = caller.submit(
            httpx.get,
            f"{base_url}{SCORE}",
            headers={"x-functions-key": KEY},
            timeout=10,
        )
        wait_until(
            lambda: bool(
                small_bank.rows(
                    "select 1 from pg_stat_activity where wait_event_type = 'Lock' "
                    "and application_name = 'function_app'",
                    role="scorer",
                )
            ),
            "the call to reach the database",
        )
        process.send_signal(signal.SIGTERM)
        rebuilding.rollback()
        assert begun.result().status_code == 200
        process.wait(timeout=15)


def test_a_repaired_artefact_is_found_without_a_restart(
    small_bank: SmallBank, tmp_path: Path
) -> None:
    models = tmp_path / "models"
    shutil.copytree(small_bank.champion.resolve(), models / "champion")
    manifest = models / "champion" / "manifest.json"
    right = manifest.read_bytes()
    manifest.write_bytes(right.replace(b"600", b"601"))

    champion = Champion(models / "champion", seconds_between_tries=0.0)
    with pytest.raises(ArtefactUnavailableError):
        champion.get()
    manifest.write_bytes(right)
    assert champion.get() is champion.get()
