from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from database import connect
from tests.ingestion.packing import query
from tests.running import run_dbt

UNFINISHED = "of_a_load_that_broke_off"


@pytest.fixture
def broken_off_load(built_warehouse: Path) -> Iterator[None]:
    """Leave the log as a load does that ended after one of its tables."""
    with closing(connect("loader")) as loader:
        query(
            loader,
            "insert into ops.load_log (table_name, row_count, started_at, finished_at) "
            f"values ('{UNFINISHED}', 0, now(), now())",
        )
    yield
    with closing(connect("administrator")) as administrator:
        query(
            administrator, f"delete from ops.load_log where table_name = '{UNFINISHED}'"
        )


def test_a_build_refuses_landing_tables_of_two_sources(broken_off_load: None) -> None:
    refused = run_dbt("build", "--select", "stg_home_credit__bureau_credits")
    assert refused.returncode != 0
    assert "do not come from one whole source" in refused.stdout
    assert "python -m ingestion load SOURCE" in refused.stdout
    assert "OK created" not in refused.stdout


def test_a_build_takes_landing_tables_of_one_source(built_warehouse: Path) -> None:
    accepted = run_dbt(
        *("build", "--select"),
        *("stg_home_credit__bureau_credits", "landing_holds_its_last_load"),
    )
    assert accepted.returncode == 0, accepted.stdout
