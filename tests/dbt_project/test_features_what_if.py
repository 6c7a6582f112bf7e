"""features.what_if: the table's own formulas on other answers of one client."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from database import connect


@pytest.fixture(scope="module")
def scorer(built_warehouse: Path) -> Iterator[psycopg2.extensions.connection]:
    with closing(connect("scorer")) as connection:
        yield connection


def rows(
    connection: psycopg2.extensions.connection, query: str
) -> list[dict[str, object]]:
    with connection, connection.cursor() as cursor:
        cursor.execute(query)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]


def test_without_overrides_it_is_the_row_of_the_table(
    scorer: psycopg2.extensions.connection,
) -> None:
    differing = rows(
        scorer,
        """
        select held.client_id
        from (
            select * from features.client_features order by client_id limit 200
        ) as held
        left join lateral features.what_if(held.client_id) as computed on true
        where held is distinct from computed
        """,
    )
    assert differing == []


def test_an_override_moves_what_depends_on_it_and_nothing_else(
    scorer: psycopg2.extensions.connection,
) -> None:
    [client] = rows(
        scorer,
        """
        select features.client_id, credit_amount, annuity_amount
        from features.client_features as features
        inner join marts.dim_client using (client_id)
        where bureau_debt_amount_sum_active > 0 and annuity_amount > 0
        order by features.client_id
        limit 1
        """,
    )
    identity = client["client_id"]
    credit = 2 * float(str(client["credit_amount"]))
    [before] = rows(scorer, f"select * from features.what_if({identity})")
    [after] = rows(
        scorer,
        f"""
        select *
        from features.what_if({identity}, '{{"credit_amount": {credit}}}')
        """,
    )
    moved = {name for name in before if before[name] != after[name]}

    assert after["application_credit_amount"] == pytest.approx(credit)
    assert {
        "application_credit_amount",
        "application_credit_to_annuity_ratio",
        "bureau_debt_to_request_ratio",
    } <= moved
    assert all("credit" in name or "request" in name or "term" in name
               for name in moved)  # fmt: skip


def test_an_unknown_client_has_no_features(
    scorer: psycopg2.extensions.connection,
) -> None:
    assert rows(scorer, "select * from features.what_if(-1)") == []
