"""What must not matter to a feature: the outcome, and the order of rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest
from psycopg2 import extensions, sql

from database import connect
from tests.running import dbt_target

CHILD_TABLES = (
    "fct_bureau_credit",
    "fct_bureau_month",
    "fct_card_month",
    "fct_installment",
    "fct_installment_payment",
    "fct_pos_month",
    "fct_previous_application",
)

Selects = dict[str, str]
Tables = dict[str, pd.DataFrame]


@pytest.fixture(scope="module")
def selects(built_warehouse: Path) -> Selects:
    """The statements that make the feature tables, as dbt compiled them."""
    compiled = dbt_target(built_warehouse).glob("compiled/*/models/features/feat_*.sql")
    return {path.stem: path.read_text() for path in compiled}


@pytest.fixture
def transaction(built_warehouse: Path) -> Iterator[extensions.connection]:
    """A transaction that is rolled back."""
    with closing(connect("transformer")) as connection:
        yield connection
        connection.rollback()


def results(connection: extensions.connection, selects: Selects) -> Tables:
    found = {}
    with connection.cursor() as cursor:
        for name, select in selects.items():
            cursor.execute(select)
            names = [column.name for column in cursor.description or ()]
            table = pd.DataFrame(cursor.fetchall(), columns=names)
            found[name] = table.set_index("client_id").sort_index()
    return found


def reorder(connection: extensions.connection, name: str) -> None:
    """Put a copy with the rows in another order in a table's place."""
    table, kept = sql.Identifier("marts", name), sql.Identifier(f"kept_{name}")
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("alter table {} rename to {}").format(table, kept))
        cursor.execute(
            sql.SQL(
                "create table {} as select * from {} order by md5(ctid::text)"
            ).format(table, sql.Identifier("marts", f"kept_{name}"))
        )


def test_the_statements_of_the_features_never_name_the_outcome(
    selects: Selects,
) -> None:
    assert len(selects) == 6
    for name, select in selects.items():
        assert not re.search(r"(?i)\b(is_default|is_labelled|target)\b", select), name


def test_other_outcomes_leave_every_feature_as_it_was(
    transaction: extensions.connection, selects: Selects
) -> None:
    before = results(transaction, selects)
    with transaction.cursor() as cursor:
        cursor.execute("update marts.dim_client set is_default = not is_default")
        assert cursor.rowcount > 0
    after = results(transaction, selects)
    for name, table in before.items():
        pd.testing.assert_frame_equal(after[name], table, check_exact=True)


def test_the_order_of_a_clients_rows_does_not_matter(
    transaction: extensions.connection, selects: Selects
) -> None:
    before = results(transaction, selects)
    for name in CHILD_TABLES:
        reorder(transaction, name)
    after = results(transaction, selects)
    for name, table in before.items():
        # Sums of doubles in another order differ in their last digits.
        pd.testing.assert_frame_equal(after[name], table, rtol=1e-5, atol=1e-9)
