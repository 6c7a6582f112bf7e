"""What is asked for one client is found by index, already at the sample's size.

The planner is left as it is: a scan that it prefers to an index on 1,500 clients it
would prefer on 356,000 only where the index does not serve the query.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from psycopg2.sql import SQL, Composable

from bokeh_app.queries.catalogue import read_catalogue
from bokeh_app.queries.clients import client_exists, complete_number
from bokeh_app.queries.history import read_history
from bokeh_app.queries.population import Population
from bokeh_app.queries.profile import read_profile
from bokeh_app.sources.warehouse import Row, Warehouse
from database import connect
from function_app.warehouse.feature_table import FeatureRows
from scoring import Feature
from tests.dbt_project.conftest import Query

FOUND_THROUGH = {
    "fct_bureau_credit": "client_id = {client}",
    "fct_previous_application": "client_id = {client}",
    "fct_pos_month": "client_id = {client}",
    "fct_card_month": "client_id = {client}",
    "fct_installment": "client_id = {client}",
    "fct_bureau_month": """
        bureau_credit_id in (
            select bureau_credit_id from marts.fct_bureau_credit
            where client_id = {client}
        )
    """,
    "fct_installment_payment": """
        previous_application_id in (
            select previous_application_id from marts.fct_previous_application
            where client_id = {client}
        )
    """,
}


class ExplainedWarehouse(Warehouse):
    """Answers as ever, and keeps the plan of every query."""

    plans: list[dict[str, Any]]

    def rows(
        self, query: str | Composable, parameters: Mapping[str, object] | None = None
    ) -> list[Row]:
        asked = SQL(query) if isinstance(query, str) else query
        explained = SQL("explain (format json) {}").format(asked)
        (answer,) = super().rows(explained, parameters)
        self.plans.append(answer["QUERY PLAN"][0]["Plan"])
        return super().rows(query, parameters)


@pytest.fixture
def marts(built_warehouse: Path) -> Iterator[ExplainedWarehouse]:
    opened = ExplainedWarehouse(partial(connect, "advisor", read_only=True))
    opened.plans = []
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def client(built_warehouse: Path) -> int:
    """A client in the middle, whom no plan finds by chance in the first page."""
    opened = Warehouse(partial(connect, "advisor", read_only=True))
    row = opened.row("""
        select percentile_disc(0.5) within group (order by client_id) as client_id
        from marts.fct_installment
    """)
    opened.close()
    assert row
    return int(row["client_id"])


def scanned(plan: dict[str, Any]) -> list[str]:
    """Return the tables that a plan reads from end to end."""
    own = [plan["Relation Name"]] if plan["Node Type"] == "Seq Scan" else []
    return own + [name for part in plan.get("Plans", []) for name in scanned(part)]


def scanned_by(marts: ExplainedWarehouse) -> list[str]:
    assert marts.plans
    return [name for plan in marts.plans for name in scanned(plan)]


def test_a_scan_is_seen_where_there_is_one(marts: ExplainedWarehouse) -> None:
    marts.rows("select count(*) from marts.fct_installment where due_amount > 1")
    assert scanned_by(marts) == ["fct_installment"]


def test_the_scoring_function_finds_a_clients_features(
    marts: ExplainedWarehouse, client: int
) -> None:
    features = [
        Feature(
            name,
            "numeric" if variable.is_numeric else "categorical",
            *(name, name, "any theme", "index", False, None),
        )
        for name, variable in read_catalogue(marts).variables.items()
    ]
    marts.plans.clear()
    query = FeatureRows(features).by_client.text.replace("$1", "%(client_ids)s")
    assert marts.rows(query, {"client_ids": [client]})
    assert scanned_by(marts) == []


def test_the_dashboard_finds_a_client(marts: ExplainedWarehouse, client: int) -> None:
    assert client_exists(marts, client)
    assert complete_number(marts, str(client)) == [client]
    assert scanned_by(marts) == []


def test_the_dashboard_reads_a_clients_file(
    marts: ExplainedWarehouse, client: int
) -> None:
    assert read_profile(marts, client)
    assert read_history(marts, client).installments
    assert len(marts.plans) == 6
    assert scanned_by(marts) == []


def test_the_dashboard_places_a_client_on_two_variables(
    marts: ExplainedWarehouse, client: int
) -> None:
    variables = read_catalogue(marts).variables.values()
    x, y, *_ = (variable for variable in variables if variable.is_numeric)
    marts.plans.clear()
    Population(marts).position(x, y, client)
    assert scanned_by(marts) == []


@pytest.mark.parametrize("table", FOUND_THROUGH)
def test_an_analyst_finds_a_clients_rows(
    marts: ExplainedWarehouse, client: int, table: str
) -> None:
    condition = FOUND_THROUGH[table].format(client=client)
    marts.rows(f"select * from marts.{table} where {condition}")
    assert scanned_by(marts) == []


def test_every_fact_is_looked_up(built: Query) -> None:
    facts = built(r"""
        select tablename from pg_tables
        where schemaname = 'marts' and tablename like 'fct\_%'
    """)
    assert {table for (table,) in facts} == set(FOUND_THROUGH)
