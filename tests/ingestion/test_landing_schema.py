from __future__ import annotations

import pytest

from ingestion import LANDING_TABLES

PUBLISHED_COLUMN_COUNTS = {
    "application_train": 122,
    "application_test": 121,
    "bureau": 17,
    "bureau_balance": 3,
    "previous_application": 37,
    "pos_cash_balance": 8,
    "credit_card_balance": 23,
    "installments_payments": 8,
}


def test_every_published_table_has_its_published_number_of_columns() -> None:
    declared = {table.name: len(table.columns) for table in LANDING_TABLES}
    assert declared == PUBLISHED_COLUMN_COUNTS


@pytest.mark.parametrize("table", LANDING_TABLES, ids=lambda table: table.name)
def test_no_column_is_declared_twice(table) -> None:
    assert len(set(table.header)) == len(table.header)


def test_the_unlabelled_applications_differ_by_the_target_only() -> None:
    train, test = LANDING_TABLES[0], LANDING_TABLES[1]
    assert [c for c in train.columns if c.name != "target"] == list(test.columns)


def test_only_the_labelled_applications_are_required() -> None:
    required = [table.name for table in LANDING_TABLES if table.is_required]
    assert required == ["application_train"]
