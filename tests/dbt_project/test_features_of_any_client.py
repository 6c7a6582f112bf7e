"""Features of invented clients: no error, nothing infinite, counts never unknown.

The compiled queries of the feature tables run on tables of the marts' columns, which
hypothesis fills; the marts themselves stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from database import connect
from tests.running import dbt_target

CLIENTS = range(1, 13)
CHILDREN = {
    "fct_bureau_credit": "bureau_credit_id",
    "fct_previous_application": "previous_application_id",
    "fct_installment": "previous_application_id",
    "fct_pos_month": "previous_application_id",
    "fct_card_month": "previous_application_id",
}
TABLES = ("dim_client", *CHILDREN, "fct_bureau_month")
SOURCES = ("application", "bureau", "previous", "installments", "pos", "card")
# What the marts' columns can hold: at the edges, beyond them, in between, nothing.
EDGES: dict[str, tuple[Any, ...]] = {
    "double precision": (None, 0, -1e12, 1e12, 0.001, 0.5, 1, 270000.5),
    "integer": (None, 0, -36500, -1, 1, 365243, -365, -91),
    "smallint": (None, 0, -9999, -1, -12, 3),
    "boolean": (None, True, False),
    "text": (None, "", "XNA", "Active", "Approved", "Refused", "Cash loans", "0"),
}

Columns = dict[str, dict[str, str]]


@pytest.fixture(scope="module")
def bench(built_warehouse: Path) -> Iterator[psycopg2.extensions.connection]:
    with closing(connect("transformer")) as connection:
        yield connection


@pytest.fixture(scope="module")
def columns(bench: psycopg2.extensions.connection) -> Columns:
    found: Columns = {}
    with bench, bench.cursor() as cursor:
        cursor.execute("""
            select table_name, column_name, data_type
            from information_schema.columns
            where table_schema = 'marts' order by ordinal_position
        """)
        for table, column, kind in cursor:
            found.setdefault(table, {})[column] = kind
    return {table: found[table] for table in TABLES}


@pytest.fixture(scope="module")
def queries(built_warehouse: Path) -> dict[str, str]:
    """The compiled queries, over tables of the session instead of the house's."""
    folder = dbt_target(built_warehouse) / "compiled/home_credit/models/features"
    names = [*(f"feat_{source}" for source in SOURCES), "client_features"]
    house = r'"\w+"\."(marts|features)"\.'
    return {
        name: re.sub(house, "pg_temp.", (folder / f"{name}.sql").read_text())
        for name in names
    }


@st.composite
def banks(draw: st.DrawFn, columns: Columns) -> dict[str, list[dict[str, Any]]]:
    """A few clients: the first without anything, the second with a row of nothing."""
    seed = draw(st.randoms(use_true_random=False))
    bank: dict[str, list[dict[str, Any]]] = {table: [] for table in TABLES}

    def row(table: str, fixed: dict[str, Any], is_blank: bool) -> None:
        bank[table].append(
            {
                column: fixed[column]
                if column in fixed
                else None
                if is_blank
                else seed.choice(EDGES[kind])
                for column, kind in columns[table].items()
            }
        )

    for client in CLIENTS:
        is_blank = client <= 2
        row("dim_client", {"client_id": client}, is_blank)
        for table, key in CHILDREN.items():
            count = (0, 1)[client - 1] if is_blank else seed.randint(0, 4)
            for number in range(count):
                identity = {"client_id": client, key: 100 * client + number}
                row(table, identity, is_blank)
                if table == "fct_bureau_credit":
                    row("fct_bureau_month", {key: identity[key]}, is_blank)
    return bank


def features_of(
    connection: psycopg2.extensions.connection,
    columns: Columns,
    queries: dict[str, str],
    bank: dict[str, list[dict[str, Any]]],
) -> list[dict[str, Any]]:
    try:
        with connection.cursor() as cursor:
            for table, rows in bank.items():
                kinds = columns[table]
                declared = ", ".join(f"{name} {kind}" for name, kind in kinds.items())
                cursor.execute(f"create temporary table {table} ({declared})")
                marks = ", ".join(["%s"] * len(kinds))
                statement = f"insert into {table} values ({marks})"
                cursor.executemany(statement, [list(row.values()) for row in rows])
            for name, query in queries.items():
                cursor.execute(f"create temporary table {name} as {query}")
            cursor.execute("select * from client_features order by client_id")
            names = [column.name for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor]
    finally:
        connection.rollback()


@given(data=st.data())
@settings(
    max_examples=8,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_client_has_finite_features_and_known_counts(
    bench: psycopg2.extensions.connection,
    columns: Columns,
    queries: dict[str, str],
    data: st.DataObject,
) -> None:
    bank = data.draw(banks(columns))
    rows = features_of(bench, columns, queries, bank)

    assert [row["client_id"] for row in rows] == list(CLIENTS)
    for row in rows:
        numbers = {k: v for k, v in row.items() if isinstance(v, float)}
        odd = {k: v for k, v in numbers.items() if abs(v) > 1e30 or v != v}
        assert odd == {}
    # nothing is known of the first client, and of the second no row says anything
    for row in rows[:2]:
        assert row["bureau_debt_to_credit_ratio"] is None
        assert row["installments_days_late_mean"] is None
        assert row["overall_warning_count"] is not None
