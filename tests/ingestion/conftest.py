"""A warehouse whose landing tables these tests may change, and small files for it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from psycopg2 import extensions

from database import connect
from ingestion import LANDING_TABLES
from ingestion.sample import SampleParameters, write_sample
from tests.ingestion.packing import query
from tests.running import must_run


def roomy_memory() -> Path | None:
    """Return a folder in memory, where a server starts fastest, if it is roomy."""
    memory = Path("/dev/shm")
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 4 * 2**30:
        return memory
    return None


@pytest.fixture(scope="session")
def own_warehouse() -> Iterator[Path]:
    """Give a started server that no other folder of tests uses."""
    folder = Path(tempfile.mkdtemp(prefix="ingestion-tests-", dir=roomy_memory()))
    folder.chmod(0o755)
    kept = {
        name: os.environ.pop(name) for name in tuple(os.environ) if name[:2] == "PG"
    }
    directory = folder / "warehouse"
    must_run("database", "start", WAREHOUSE_DIR=str(directory))
    os.environ.update(kept)
    yield directory
    must_run("database", "stop", WAREHOUSE_DIR=str(directory))
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def landing(own_warehouse: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give the own warehouse without landing tables, named by the environment."""
    for name in tuple(os.environ):
        if name.startswith("PG"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("WAREHOUSE_DIR", str(own_warehouse))
    with closing(connect("loader")) as connection:
        for table in LANDING_TABLES:
            query(connection, f"drop table if exists raw.{table.name} cascade")
    yield own_warehouse


@pytest.fixture
def connection(landing: Path) -> Iterator[extensions.connection]:
    with closing(connect("loader")) as connection:
        yield connection


@pytest.fixture(scope="session")
def sample_of_200(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a sample for reading only."""
    folder = tmp_path_factory.mktemp("sample") / "of_200"
    write_sample(SampleParameters(clients=200, seed=1), folder, lambda _: None)
    return folder


@pytest.fixture
def folder(sample_of_200: Path, tmp_path: Path) -> Path:
    """Give a copy of the sample that the test may spoil."""
    return Path(shutil.copytree(sample_of_200, tmp_path / "data"))
