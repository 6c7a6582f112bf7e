from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg2
import pytest

from database import connect
from database.ports import free_port
from tests.conftest import ScoringApi
from tests.function_app.small_bank import KEY, SmallBank, found_small_bank
from tests.running import server
from tools.package_function import package


@dataclass(frozen=True)
class Server:
    """A scoring function over the small bank, with a caller that holds the key."""

    client: httpx.Client
    log: Path


@pytest.fixture(scope="session")
def api(scoring_api: ScoringApi) -> Iterator[httpx.Client]:
    headers = {"x-functions-key": scoring_api.key}
    with httpx.Client(base_url=scoring_api.base_url, headers=headers) as client:
        yield client


@pytest.fixture(scope="session")
def warehouse_connection(
    scoring_api: ScoringApi,
) -> Iterator[psycopg2.extensions.connection]:
    connection = connect("auditor")
    connection.autocommit = True
    yield connection
    connection.close()


@pytest.fixture(scope="session")
def client_ids(
    warehouse_connection: psycopg2.extensions.connection,
) -> list[int]:
    with warehouse_connection.cursor() as cursor:
        cursor.execute(
            "select client_id from features.client_features order by client_id limit 30"
        )
        return [client_id for (client_id,) in cursor.fetchall()]


@pytest.fixture(scope="session")
def client_id(client_ids: list[int]) -> int:
    return client_ids[0]


@pytest.fixture(scope="session")
def small_bank(session_dir: Path) -> Iterator[SmallBank]:
    bank = found_small_bank(session_dir / "small_bank")
    yield bank
    bank.stop()


@pytest.fixture(scope="session")
def deployed(small_bank: SmallBank, session_dir: Path) -> Path:
    """What Azure runs: the package as it is made, with the small bank's model."""
    folder = session_dir / "deployed" / "function"
    package(folder, small_bank.champion)
    return folder


@pytest.fixture(scope="session")
def small_server(small_bank: SmallBank, session_dir: Path) -> Iterator[Server]:
    port = free_port()
    base_url = f"http://127.0.0.1:{port}"
    log = session_dir / "small_bank" / "function_app.log"
    command = [sys.executable, "-m", "function_app", "--port", str(port)]
    address = f"{base_url}/api/v1/health/ready"
    headers = {"x-functions-key": KEY}
    # Large batches are no reason to make another test's caller wait.
    settings = small_bank.environment | {"SCORING_RATE_LIMIT": "1000000"}
    with (
        server(command, address, log, **settings),
        httpx.Client(base_url=base_url, headers=headers) as client,
    ):
        yield Server(client, log)
