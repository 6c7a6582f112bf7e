"""The sample against the published facts of the tables that it stands in for."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ingestion import LANDING_TABLES
from ingestion.sample import SampleParameters, generate_sample

CLIENTS = 3000
NEVER = 365_243


@pytest.fixture(scope="module")
def sample() -> dict[str, pd.DataFrame]:
    tables = generate_sample(SampleParameters(CLIENTS, 42))
    return {table.name: frame for table, frame in tables.items()}


@pytest.fixture(scope="module")
def applications(sample: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return pd.concat([sample["application_train"], sample["application_test"]])


def orphan_share(child: pd.DataFrame, parent: pd.DataFrame, key: str) -> float:
    return float((~child[key].isin(parent[key])).mean())


def test_whole_number_columns_hold_whole_numbers(sample) -> None:
    for table in LANDING_TABLES:
        for column in table.columns:
            kind = sample[table.name][column.published_name].dtype.kind
            expected = {"integer": "i", "double precision": "f"}.get(column.type)
            assert expected is None or kind == expected, column


def test_client_numbers_run_from_100001_without_a_gap(applications) -> None:
    ids = applications["SK_ID_CURR"].sort_values()
    assert ids.tolist() == list(range(100_001, 100_001 + CLIENTS))


@pytest.mark.parametrize("clients", [2, 3, 50, 1000])
def test_client_100002_is_always_labelled(clients: int) -> None:
    tables = generate_sample(SampleParameters(clients, 9))
    train = next(frame for table, frame in tables.items() if table.is_required)
    assert 100_002 in set(train["SK_ID_CURR"])


def test_about_86_percent_are_labelled(sample) -> None:
    assert len(sample["application_train"]) / CLIENTS == pytest.approx(0.863, abs=0.002)


@pytest.mark.parametrize("clients", [150, 400, 1500])
@pytest.mark.parametrize("seed", [1, 2])
def test_the_default_rate_is_near_8_percent_at_any_size(
    clients: int, seed: int
) -> None:
    tables = generate_sample(SampleParameters(clients, seed))
    train = next(frame for table, frame in tables.items() if table.is_required)
    assert 0.075 <= train["TARGET"].mean() <= 0.087


@pytest.mark.parametrize(
    ("table", "per_client", "without"),
    [
        ("bureau", (4.3, 5.3), (0.13, 0.16)),
        ("previous_application", (4.2, 5.2), (0.03, 0.08)),
        ("pos_cash_balance", (25, 33), (0.03, 0.16)),
        ("credit_card_balance", (8.5, 12.5), (0.70, 0.75)),
        ("installments_payments", (32, 44), (0.02, 0.13)),
    ],
)
def test_clients_have_as_many_child_rows_as_real_ones(
    sample, table: str, per_client: tuple[float, float], without: tuple[float, float]
) -> None:
    frame = sample[table]
    assert per_client[0] <= len(frame) / CLIENTS <= per_client[1]
    assert without[0] <= 1 - frame["SK_ID_CURR"].nunique() / CLIENTS <= without[1]


@pytest.mark.parametrize(
    ("table", "low", "high"),
    [
        ("pos_cash_balance", 0.025, 0.045),
        ("credit_card_balance", 0.24, 0.33),
        ("installments_payments", 0.07, 0.115),
    ],
)
def test_as_many_balance_rows_as_in_reality_know_no_application(
    sample, table: str, low: float, high: float
) -> None:
    parent = sample["previous_application"]
    assert low <= orphan_share(sample[table], parent, "SK_ID_PREV") <= high


def test_every_child_row_has_its_client(sample, applications) -> None:
    for name, frame in sample.items():
        if "SK_ID_CURR" in frame:
            assert frame["SK_ID_CURR"].isin(applications["SK_ID_CURR"]).all(), name


def test_bureau_months_cover_45_percent_of_credits_and_11_percent_are_orphans(
    sample,
) -> None:
    months, credits = sample["bureau_balance"], sample["bureau"]
    covered = credits["SK_ID_BUREAU"].isin(months["SK_ID_BUREAU"]).mean()
    assert covered == pytest.approx(0.45, abs=0.02)
    assert orphan_share(months, credits, "SK_ID_BUREAU") == pytest.approx(
        0.114, abs=0.002
    )


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("bureau", ["SK_ID_BUREAU"]),
        ("previous_application", ["SK_ID_PREV"]),
        ("bureau_balance", ["SK_ID_BUREAU", "MONTHS_BALANCE"]),
        ("pos_cash_balance", ["SK_ID_PREV", "MONTHS_BALANCE"]),
        ("credit_card_balance", ["SK_ID_PREV", "MONTHS_BALANCE"]),
    ],
)
def test_keys_are_unique_as_in_the_published_tables(
    sample, table: str, key: list[str]
) -> None:
    assert not sample[table].duplicated(key).any()


def test_no_payment_row_is_repeated_whole(sample) -> None:
    assert not sample["installments_payments"].duplicated().any()


def test_the_employment_sentinel_marks_pensioners_and_unemployed_exactly(
    applications,
) -> None:
    is_never = applications["DAYS_EMPLOYED"] == NEVER
    assert is_never.mean() == pytest.approx(0.18, abs=0.002)
    assert (is_never == (applications["ORGANIZATION_TYPE"] == "XNA")).all()
    assert (
        is_never == applications["NAME_INCOME_TYPE"].isin(["Pensioner", "Unemployed"])
    ).all()
    assert (applications["NAME_INCOME_TYPE"] == "Unemployed").any()
    assert applications.loc[is_never, "OCCUPATION_TYPE"].isna().all()


def test_the_previous_days_use_the_sentinel_and_only_granted_loans_have_days(
    sample,
) -> None:
    previous = sample["previous_application"]
    days = [
        "DAYS_FIRST_DRAWING",
        "DAYS_FIRST_DUE",
        "DAYS_LAST_DUE_1ST_VERSION",
        "DAYS_LAST_DUE",
        "DAYS_TERMINATION",
    ]
    for column in days:
        assert (previous[column] == NEVER).any(), column
    granted = previous["NAME_CONTRACT_STATUS"] == "Approved"
    assert previous.loc[~granted, days].isna().all(axis=None)


def test_the_one_off_codes_and_values_are_there(applications) -> None:
    assert (applications["CODE_GENDER"] == "XNA").sum() == 1
    assert (applications["NAME_FAMILY_STATUS"] == "Unknown").sum() == 1
    assert (applications["AMT_INCOME_TOTAL"] == 117_000_000).sum() == 1


@pytest.mark.parametrize(
    ("column", "share", "tolerance"),
    [
        ("EXT_SOURCE_1", 0.56, 0.03),
        ("EXT_SOURCE_3", 0.20, 0.03),
        ("OCCUPATION_TYPE", 0.31, 0.04),
        ("OWN_CAR_AGE", 0.66, 0.04),
    ],
)
def test_as_much_is_missing_as_in_reality(
    applications, column: str, share: float, tolerance: float
) -> None:
    assert applications[column].isna().mean() == pytest.approx(share, abs=tolerance)


def test_half_of_the_clients_have_no_record_of_their_housing(applications) -> None:
    housing = applications.filter(regex="_(AVG|MODE|MEDI)$")
    assert housing.shape[1] == 47
    assert (housing.isna().mean() > 0.5).all()


def test_a_cars_age_is_missing_exactly_where_there_is_no_car(applications) -> None:
    has_car = applications["FLAG_OWN_CAR"] == "Y"
    assert (has_car == applications["OWN_CAR_AGE"].notna()).all()


def test_bureau_has_negative_amounts_and_rare_currencies(sample) -> None:
    bureau = sample["bureau"]
    assert (bureau["AMT_CREDIT_SUM_DEBT"] < 0).any()
    assert (bureau["AMT_CREDIT_SUM_LIMIT"] < 0).any()
    assert set(bureau["CREDIT_CURRENCY"]) == {f"currency {n}" for n in (1, 2, 3, 4)}


def test_bureau_months_know_closed_and_unknown(sample) -> None:
    statuses = sample["bureau_balance"]["STATUS"].value_counts(normalize=True)
    assert set(statuses.index) == {"0", "1", "2", "3", "4", "5", "C", "X"}
    assert 0.4 < statuses["C"] < 0.6
    assert 0.1 < statuses["X"] < 0.3


def test_an_active_credit_has_no_end_and_a_closed_one_no_debt(sample) -> None:
    bureau = sample["bureau"]
    active = bureau["CREDIT_ACTIVE"] == "Active"
    closed = bureau["CREDIT_ACTIVE"] == "Closed"
    assert bureau.loc[active, "DAYS_ENDDATE_FACT"].isna().all()
    assert bureau.loc[closed, "DAYS_ENDDATE_FACT"].lt(0).all()
    assert bureau.loc[closed, "AMT_CREDIT_SUM_DEBT"].fillna(0).eq(0).all()


def test_versions_of_an_instalment_share_one_payment_that_covers_their_sum(
    sample,
) -> None:
    payments = sample["installments_payments"]
    loans = payments[payments["NUM_INSTALMENT_VERSION"] > 0]
    key = ["SK_ID_PREV", "NUM_INSTALMENT_NUMBER"]
    versions = loans.groupby(key)["NUM_INSTALMENT_VERSION"].transform("nunique")
    repeated = loans[versions > 1].groupby(key)
    assert set(versions.unique()) == {1, 2, 3}
    assert 0.003 < len(repeated) / len(loans.drop_duplicates(key)) < 0.015
    assert (repeated["AMT_PAYMENT"].nunique() == 1).all()
    assert (repeated["DAYS_ENTRY_PAYMENT"].nunique() == 1).all()
    np.testing.assert_allclose(
        repeated["AMT_INSTALMENT"].sum(), repeated["AMT_PAYMENT"].first(), atol=0.01
    )


def test_payments_come_early_late_short_in_parts_and_not_at_all(sample) -> None:
    payments = sample["installments_payments"]
    late = payments["DAYS_ENTRY_PAYMENT"] > payments["DAYS_INSTALMENT"]
    assert 0.05 < late.mean() < 0.12
    unpaid = payments["AMT_PAYMENT"].isna()
    assert 0 < unpaid.mean() < 0.002
    assert (unpaid == payments["DAYS_ENTRY_PAYMENT"].isna()).all()
    key = ["SK_ID_PREV", "NUM_INSTALMENT_VERSION", "NUM_INSTALMENT_NUMBER"]
    assert 0.03 < payments.duplicated(key).mean() < 0.08
    paid = payments.groupby(key)["AMT_PAYMENT"].sum()
    due = payments.groupby(key)["AMT_INSTALMENT"].first()
    assert (paid < due - 1).any()


def test_nothing_lies_in_the_future(sample) -> None:
    payments = sample["installments_payments"]
    assert payments["DAYS_INSTALMENT"].lt(0).all()
    assert payments["DAYS_ENTRY_PAYMENT"].dropna().lt(0).all()
    assert sample["previous_application"]["DAYS_DECISION"].lt(0).all()
    assert sample["bureau"]["DAYS_CREDIT"].lt(0).all()
    for table in ("pos_cash_balance", "credit_card_balance"):
        assert sample[table]["MONTHS_BALANCE"].between(-96, -1).all()
    assert sample["bureau_balance"]["MONTHS_BALANCE"].between(-97, 0).all()


@pytest.mark.parametrize("table", ["pos_cash_balance", "credit_card_balance"])
def test_a_loans_months_have_no_gap(sample, table: str) -> None:
    months = sample[table].groupby("SK_ID_PREV")["MONTHS_BALANCE"]
    assert (months.max() - months.min() + 1 == months.size()).all()


def test_a_loan_past_due_at_a_months_end_has_an_instalment_unpaid_on_that_day(
    sample,
) -> None:
    balances, payments = sample["pos_cash_balance"], sample["installments_payments"]
    overdue = balances[balances["SK_DPD"] > 0]
    assert 0.01 < len(overdue) / len(balances) < 0.06
    matches = overdue.merge(payments, on="SK_ID_PREV")
    month_end = 30 * (matches["MONTHS_BALANCE"] + 1)
    paid_day = matches["DAYS_ENTRY_PAYMENT"].fillna(0)
    explains = (month_end - matches["DAYS_INSTALMENT"] == matches["SK_DPD"]) & (
        paid_day >= month_end
    )
    assert explains.groupby([matches["SK_ID_PREV"], month_end]).any().all()
    assert (balances["SK_DPD_DEF"] <= balances["SK_DPD"]).all()


def test_a_completed_loan_has_no_instalment_to_come(sample) -> None:
    balances = sample["pos_cash_balance"]
    completed = balances[balances["NAME_CONTRACT_STATUS"] == "Completed"]
    assert len(completed) > 0
    assert completed["CNT_INSTALMENT_FUTURE"].fillna(0).eq(0).all()


def test_a_requests_annuity_repays_its_credit_in_one_to_five_years(
    applications,
) -> None:
    cash = applications[applications["NAME_CONTRACT_TYPE"] == "Cash loans"]
    months = (cash["AMT_CREDIT"] / cash["AMT_ANNUITY"]).dropna()
    assert months.between(8, 60).all()


def test_card_drawings_add_up(sample) -> None:
    card = sample["credit_card_balance"].dropna(subset=["AMT_DRAWINGS_ATM_CURRENT"])
    parts = card.filter(regex="^AMT_DRAWINGS_(ATM|OTHER|POS)_CURRENT$").sum(axis=1)
    np.testing.assert_allclose(parts, card["AMT_DRAWINGS_CURRENT"], atol=0.01)
    assert (card["AMT_DRAWINGS_CURRENT"] >= 0).all()
    assert (card["AMT_BALANCE"] >= 0).all()
