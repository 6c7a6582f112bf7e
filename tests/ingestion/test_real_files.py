"""The published tables themselves, where HOME_CREDIT_DIR has them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from psycopg2 import extensions

from ingestion import LANDING_TABLES, find_source, load_source
from ingestion.sample import SampleParameters, generate_sample
from tests.ingestion.packing import count, loader_connection

pytestmark = pytest.mark.real


def zip_file(real_data_dir: Path, name: str) -> Path:
    path = real_data_dir / name
    if not path.is_file():
        pytest.skip(f"HOME_CREDIT_DIR has no {name}")
    return path


def test_a_zip_of_all_tables_loads_and_then_changes_nothing(
    real_data_dir: Path, connection: extensions.connection
) -> None:
    source = find_source(zip_file(real_data_dir, "home-credit-sample.zip"))
    assert source.ignored == ()
    loads = load_source(source, loader_connection)
    assert {load.status for load in loads} == {"loaded"}
    for load in loads:
        assert count(connection, load.table.name) == load.row_count > 0
    assert {load.status for load in load_source(source, loader_connection)} == {
        "unchanged"
    }


def test_a_zip_of_some_tables_leaves_the_others_empty(
    real_data_dir: Path, connection: extensions.connection
) -> None:
    source = find_source(zip_file(real_data_dir, "home-credit-bureau.zip"))
    loads = {load.table.name: load for load in load_source(source, loader_connection)}
    absent = {name for name, load in loads.items() if load.status == "absent"}
    assert absent == {
        "application_test",
        "previous_application",
        "pos_cash_balance",
        "installments_payments",
    }
    assert count(connection, "pos_cash_balance") == 0
    assert count(connection, "bureau") == loads["bureau"].row_count > 0


def test_no_invented_client_is_a_real_one(real_data_dir: Path) -> None:
    source = find_source(zip_file(real_data_dir, "home-credit-sample.zip"))
    traits = ["AMT_CREDIT", "AMT_ANNUITY", "DAYS_BIRTH", "DAYS_EMPLOYED"]
    with source.files["application_train"].open() as file:
        real = pd.read_csv(file, usecols=traits)
    sample = generate_sample(SampleParameters(5000, 42))[LANDING_TABLES[0]]
    assert real.merge(sample, on=traits).empty
