"""What the generator never writes: rows that no key can hold, and new loads."""

from __future__ import annotations

import csv
from contextlib import closing
from pathlib import Path

import pytest

from tests.dbt_project.conftest import OwnWarehouse, Query, checksums, query_of
from tests.running import must_run

# What unit tests say does not depend on what has landed.
UP_TO_MARTS = [
    *("--select", "staging", "quarantine", "marts", "codes"),
    *("--indirect-selection", "cautious"),
    *("--exclude-resource-type", "unit_test"),
]
UNKNOWN_CLIENT = "9999999"

# At or beyond what is known of the full files, and what a source may well do next.
ODDITIES = {
    "application_test": {
        "CODE_GENDER": "XNA",
        "NAME_FAMILY_STATUS": "Unknown",
        "CNT_FAM_MEMBERS": "",
        "AMT_INCOME_TOTAL": "117000000.0",
        "REGION_RATING_CLIENT_W_CITY": "-1",
        "OWN_CAR_AGE": "91.0",
        "EXT_SOURCE_2": "0.0",
        "DAYS_LAST_PHONE_CHANGE": "",
    },
    "bureau": {
        "CREDIT_CURRENCY": "currency 4",
        "CREDIT_DAY_OVERDUE": "2792",
        "DAYS_CREDIT_ENDDATE": "31199.0",
        "DAYS_ENDDATE_FACT": "-42023.0",
        "DAYS_CREDIT_UPDATE": "372",
        "CNT_CREDIT_PROLONG": "9",
        "AMT_CREDIT_SUM": "",
        "AMT_CREDIT_SUM_DEBT": "-4705600.32",
        "AMT_CREDIT_SUM_LIMIT": "-586406.11",
        "AMT_ANNUITY": "118453423.5",
    },
    "previous_application": {
        "AMT_CREDIT": "",
        "AMT_DOWN_PAYMENT": "-0.9",
        "RATE_DOWN_PAYMENT": "1.0000001",
        "RATE_INTEREST_PRIMARY": "1.0",
        "SELLERPLACE_AREA": "-1",
        "CNT_PAYMENT": "0.0",
        "DAYS_FIRST_DRAWING": "5.0",
        "DAYS_FIRST_DUE": "30.0",
        "DAYS_LAST_DUE_1ST_VERSION": "2389.0",
        "DAYS_LAST_DUE": "60.0",
        "DAYS_TERMINATION": "67.0",
    },
    "POS_CASH_balance": {
        "NAME_CONTRACT_STATUS": "XNA",
        "CNT_INSTALMENT": "0.0",
        "CNT_INSTALMENT_FUTURE": "85.0",
        "SK_DPD": "4231",
        "SK_DPD_DEF": "3595",
    },
    "credit_card_balance": {
        "AMT_BALANCE": "-420250.185",
        "AMT_CREDIT_LIMIT_ACTUAL": "0",
        "AMT_DRAWINGS_ATM_CURRENT": "-6827.31",
        "AMT_DRAWINGS_CURRENT": "-6211.62",
        "AMT_RECEIVABLE_PRINCIPAL": "-423305.82",
        "SK_DPD": "3260",
    },
    "installments_payments": {
        "NUM_INSTALMENT_VERSION": "0.0",
        "AMT_INSTALMENT": "0.0",
        "AMT_PAYMENT": "",
        "DAYS_ENTRY_PAYMENT": "",
    },
}
ODD_ROW = 5

Rows = list[dict[str, str]]


def read(path: Path) -> Rows:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: Rows) -> None:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def add(path: Path, *rows: dict[str, str]) -> None:
    write(path, [*read(path), *rows])


def make_odd(directory: Path) -> None:
    """Give one row of each file the values that no check may refuse."""
    for name, values in ODDITIES.items():
        rows = read(directory / f"{name}.csv")
        assert values.keys() <= rows[ODD_ROW].keys()
        rows[ODD_ROW] |= values
        write(directory / f"{name}.csv", rows)


def spoil(directory: Path) -> None:
    """Add to a sample every kind of row that no key can hold."""
    train, test = (directory / f"application_{name}.csv" for name in ("train", "test"))
    bureau, months = directory / "bureau.csv", directory / "bureau_balance.csv"
    loans = directory / "previous_application.csv"
    pos = directory / "POS_CASH_balance.csv"
    installments = directory / "installments_payments.csv"
    first, second = read(train)[:2]
    add(train, first | {"TARGET": "1"})
    add(test, read(test)[0] | {"SK_ID_CURR": second["SK_ID_CURR"]})
    credit = read(bureau)[0]
    add(
        bureau,
        credit | {"AMT_CREDIT_SUM": "1.0"},
        credit | {"SK_ID_BUREAU": "9999999", "SK_ID_CURR": UNKNOWN_CLIENT},
        credit | {"SK_ID_BUREAU": ""},
    )
    add(
        months,
        read(months)[0],
        {"SK_ID_BUREAU": "8888888", "MONTHS_BALANCE": "-1", "STATUS": "0"},
    )
    loan = read(loans)[0]
    add(loans, loan, loan | {"SK_ID_PREV": "9999999", "SK_ID_CURR": UNKNOWN_CLIENT})
    balance = read(pos)[0]
    others = {row["SK_ID_CURR"] for row in read(train)} - {balance["SK_ID_CURR"]}
    add(
        pos,
        balance,
        balance | {"SK_ID_CURR": min(others)},
        balance | {"SK_ID_PREV": "7777777", "SK_ID_CURR": UNKNOWN_CLIENT},
    )
    payment = read(installments)[0]
    strangers = {row["SK_ID_CURR"] for row in read(train)} - {payment["SK_ID_CURR"]}
    add(
        installments,
        payment | {"SK_ID_CURR": min(strangers)},
        payment | {"SK_ID_PREV": "7777777", "SK_ID_CURR": UNKNOWN_CLIENT},
        payment | {"NUM_INSTALMENT_NUMBER": ""},
    )


def load_and_build(own: OwnWarehouse, sample: Path) -> None:
    must_run("ingestion", "load", str(sample), **own.environment)
    finished = own.dbt("build", *UP_TO_MARTS)
    assert finished.succeeded, finished.said


@pytest.fixture(scope="module")
def spoiled(own_warehouse: OwnWarehouse, session_dir: Path) -> Path:
    sample = session_dir / "spoiled"
    options = ["--clients", "60", "--seed", "7", "--out", str(sample)]
    must_run("ingestion", "sample", *options)
    make_odd(sample)
    spoil(sample)
    load_and_build(own_warehouse, sample)
    return sample


def reasons(query: Query, table: str) -> dict[str, int]:
    counted = f"select reason, count(*) from quarantine.{table} group by reason"
    return dict(query(counted))


def test_a_client_lands_twice_and_keeps_the_first_labelled_row(
    spoiled: Path, query: Query
) -> None:
    assert reasons(query, "application_train") == {"repeated key": 1}
    assert reasons(query, "application_test") == {"repeated key": 1}
    first, second = read(spoiled / "application_train.csv")[:2]
    for row in (first, second):
        kept = query(f"""
            select is_default from marts.dim_client
            where client_id = {row["SK_ID_CURR"]}
        """)
        assert kept == [(row["TARGET"] == "1",)]


def test_what_is_odd_but_possible_is_held_not_refused(
    spoiled: Path, query: Query
) -> None:
    odd = read(spoiled / "previous_application.csv")[ODD_ROW]["SK_ID_PREV"]
    (found,) = query(f"""
        select down_payment_rate, first_drawing_day, last_due_day, termination_day
        from marts.fct_previous_application where previous_application_id = {odd}
    """)
    assert found == (1.0000001, 5, 60, 67)
    for table, condition in {
        "dim_client": "income_amount = 117000000 and gender is null",
        "fct_bureau_credit": "debt_amount < 0 and updated_day > 0",
        "fct_pos_month": "days_past_due = 4231 and installment_count = 0",
        "fct_card_month": "balance_amount < 0 and drawings_amount < 0",
        "fct_installment": "due_amount = 0 and payment_count = 0",
    }.items():
        assert query(f"select 1 from marts.{table} where {condition}"), table


def test_an_unknown_client_a_repeated_key_and_an_orphan_are_told_apart(
    spoiled: Path, query: Query
) -> None:
    both = {"repeated key": 1, "unknown client": 1}
    assert reasons(query, "bureau") == both | {"null key": 1}
    assert reasons(query, "previous_application") == both
    found = reasons(query, "bureau_balance")
    assert found.pop("repeated key") == 1
    assert found.pop("unknown bureau credit") >= 1
    assert found == {}


def test_a_balance_of_another_clients_loan_is_not_counted_for_either(
    spoiled: Path, query: Query
) -> None:
    assert reasons(query, "pos_cash_balance") == {
        "repeated key": 1,
        "loan of another client": 1,
        "unknown client": 1,
    }


def test_an_instalment_needs_a_number_and_its_own_client(
    spoiled: Path, query: Query
) -> None:
    assert reasons(query, "installments_payments") == {
        "null key": 1,
        "loan of another client": 1,
        "unknown client": 1,
    }


def test_quarantine_keeps_the_row_as_it_landed(spoiled: Path, query: Query) -> None:
    landed = query("""
        select * from raw.bureau_balance where sk_id_bureau = 8888888
    """)
    kept = query("""
        select sk_id_bureau, months_balance, status, reason
        from quarantine.bureau_balance where sk_id_bureau = 8888888
    """)
    assert kept == [(*landed[0], "unknown bureau credit")]


def test_an_unknown_code_of_a_closed_set_is_refused_and_named(
    spoiled: Path, own_warehouse: OwnWarehouse, query: Query
) -> None:
    published = checksums(query)
    with closing(own_warehouse.connect("loader")) as connection:
        loader = query_of(connection)
        ((client, gender),) = loader("""
            select sk_id_curr, code_gender from raw.application_test
            where code_gender <> 'XNA' order by 1 desc limit 1
        """)
        change = "update raw.application_test set code_gender = '{}' where {}"
        loader(change.format("Q", f"sk_id_curr = {client}"))
        finished = own_warehouse.dbt("run", "--select", "dim_client")
        loader(change.format(gender, f"sk_id_curr = {client}"))
    assert not finished.succeeded
    assert "fk_dim_client__gender" in finished.said
    assert "Key (gender)=(Q) is not present in table" in finished.said
    assert checksums(query) == published


def test_a_landing_table_that_lost_a_row_fails_the_build(
    spoiled: Path, own_warehouse: OwnWarehouse
) -> None:
    test = "landing_holds_its_last_load"
    with closing(own_warehouse.connect("loader")) as connection:
        loader = query_of(connection)
        loader("create table raw.lost as select * from raw.bureau limit 1")
        loader("delete from raw.bureau as b using raw.lost as l where b = l")
        finished = own_warehouse.dbt("test", "--select", test)
        loader("insert into raw.bureau select * from raw.lost")
        loader("drop table raw.lost")
    assert not finished.succeeded
    assert f"FAIL 1 {test}" in finished.said


def test_a_load_with_fewer_clients_replaces_every_table(
    spoiled: Path, own_warehouse: OwnWarehouse, query: Query
) -> None:
    train = spoiled / "application_train.csv"
    gone = read(train)[2]["SK_ID_CURR"]
    write(train, [row for row in read(train) if row["SK_ID_CURR"] != gone])
    load_and_build(own_warehouse, spoiled)
    for table in ("dim_client", "fct_bureau_credit", "fct_previous_application"):
        assert not query(f"select 1 from marts.{table} where client_id = {gone}")
    assert reasons(query, "bureau")["unknown client"] > 1


def test_files_that_are_absent_give_empty_marts(
    spoiled: Path, own_warehouse: OwnWarehouse, query: Query, tmp_path: Path
) -> None:
    only = tmp_path / "application_train.csv"
    only.write_bytes((spoiled / "application_train.csv").read_bytes())
    load_and_build(own_warehouse, tmp_path)
    assert query("select count(*) > 0 from marts.dim_client") == [(True,)]
    assert query("select count(*) from marts.fct_previous_application") == [(0,)]
    assert query("select count(*) from marts.fct_installment") == [(0,)]
