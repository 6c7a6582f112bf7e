from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psycopg2
import pytest

from bokeh_app.errors import (
    DashboardError,
    WarehouseNotReadyError,
    WarehouseTooSlowError,
    WarehouseUnavailableError,
)
from bokeh_app.sources.warehouse import Warehouse
from database import DatabaseError, connect
from database.ports import free_port


@pytest.fixture
def pool(built_warehouse: Path) -> Iterator[Warehouse]:
    opened = Warehouse(
        partial(connect, "advisor", read_only=True), unavailable=(DatabaseError,)
    )
    yield opened
    opened.close()


def backend(pool: Warehouse) -> int:
    row = pool.row("select pg_backend_pid() as pid")
    assert row is not None
    return int(row["pid"])


def test_a_connection_is_kept_for_the_next_question(pool: Warehouse) -> None:
    assert backend(pool) == backend(pool)


def test_a_lost_connection_is_replaced_without_the_advisor_noticing(
    pool: Warehouse,
) -> None:
    lost = backend(pool)
    with connect("advisor") as other, other.cursor() as cursor:
        cursor.execute("select pg_terminate_backend(%s)", (lost,))
    other.close()
    assert backend(pool) != lost


def test_a_database_that_is_away_is_told_as_such() -> None:
    port = free_port()
    away = Warehouse(
        partial(psycopg2.connect, host="127.0.0.1", port=port, connect_timeout=1)
    )
    with pytest.raises(WarehouseUnavailableError):
        away.rows("select 1")


def test_missing_tables_are_told_as_data_not_ready(pool: Warehouse) -> None:
    with pytest.raises(WarehouseNotReadyError):
        pool.rows("select * from marts.no_such_table")
    assert pool.row("select 1 as one") == {"one": 1}


def test_a_question_that_takes_too_long_is_given_up(pool: Warehouse) -> None:
    with pytest.raises(WarehouseTooSlowError):
        pool.rows("set statement_timeout = 20; select pg_sleep(5)")


def test_the_dashboard_cannot_write(pool: Warehouse) -> None:
    with pytest.raises(DashboardError):
        pool.rows("update marts.dim_client set income_amount = 1 returning client_id")


def test_a_client_s_values_stay_out_of_the_log(
    pool: Warehouse, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(WarehouseNotReadyError), caplog.at_level("WARNING"):
        pool.rows("select %(income)s from nowhere", {"income": 202500})
    assert caplog.records
    assert "202500" not in caplog.text
