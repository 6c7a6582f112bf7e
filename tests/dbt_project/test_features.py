"""The feature table as its readers see it: complete, finite and true to its words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import psycopg2
import pytest
from sklearn.metrics import roc_auc_score

from database import connect
from tests.running import ROOT, run_dbt

SOURCES = (
    *("application", "bureau", "previous", "installments", "pos", "card", "overall"),
)
AGGREGATES = (
    *("any", "count", "deviation", "difference", "distinct_count", "last", "latest"),
    *("max", "mean", "min", "ratio", "recent_mean", "share", "sum", "trend"),
)
WINDOWS = (
    *("2m", "3m", "6m", "12m", "24m", "refused_12m"),
    *("opened_3m", "opened_6m", "opened_12m", "opened_24m"),
    *("last_1", "last_2", "last_3", "last_5", "last_10", "last_12", "last_24"),
    *("last_60", "last_loan", "last_approved"),
    *("active", "closed", "active_card", "active_consumer"),
    *("active_mortgage", "active_microloan", "active_car"),
    *("approved", "approved_cash", "approved_consumer"),
    *("refused", "running", "cash", "revolving"),
    *("credit_card", "mortgage", "microloan", "car", "consumer"),
)


@pytest.fixture(scope="module")
def trainer(built_warehouse: Path) -> Iterator[psycopg2.extensions.connection]:
    with closing(connect("trainer", read_only=True)) as connection:
        yield connection


def read(connection: psycopg2.extensions.connection, query: str) -> pd.DataFrame:
    with connection.cursor() as cursor:
        cursor.execute(query)
        names = [column.name for column in cursor.description]
        return pd.DataFrame(cursor.fetchall(), columns=names)


@pytest.fixture(scope="module")
def catalogue(trainer: psycopg2.extensions.connection) -> pd.DataFrame:
    return read(trainer, "select * from features.feature_catalogue order by position")


@pytest.fixture(scope="module")
def features(trainer: psycopg2.extensions.connection) -> pd.DataFrame:
    table = read(trainer, "select * from features.client_features order by client_id")
    return table.set_index("client_id")


@pytest.fixture(scope="module")
def numbers(features: pd.DataFrame, catalogue: pd.DataFrame) -> pd.DataFrame:
    names = catalogue.loc[catalogue["data_type"] == "numeric", "feature_name"]
    return features[list(names)].astype(float)


def test_every_column_has_its_entry_and_every_entry_its_column(
    features: pd.DataFrame, catalogue: pd.DataFrame
) -> None:
    assert list(features.columns) == list(catalogue["feature_name"])
    assert 430 <= len(catalogue) <= 520


def test_every_name_follows_the_grammar(catalogue: pd.DataFrame) -> None:
    aggregate = "|".join(sorted(AGGREGATES, key=len, reverse=True))
    window = "|".join(sorted(WINDOWS, key=len, reverse=True))
    aggregated = rf"[a-z]+(_[a-z0-9]+)*?_({aggregate})(_({window}))?"
    names = catalogue["feature_name"]

    assert names.str.fullmatch(rf"({'|'.join(SOURCES)})(_[a-z0-9]+)+").all()
    assert (names.str.split("_").str[0] == catalogue["source"]).all()
    assert names.str.len().max() <= 63
    of_history = names[catalogue["source"] != "application"]
    assert of_history[~of_history.str.fullmatch(aggregated)].tolist() == []


def test_every_label_reads_as_a_phrase_of_its_own(catalogue: pd.DataFrame) -> None:
    for column in ("label_fr", "label_en", "theme_label_fr", "theme_label_en"):
        labels = catalogue[column]
        assert labels.str.fullmatch(r"[A-ZÀ-Ý]\S*( \S+)*").all()
        assert not labels.str.contains(r"[{}_]|, ,|,$").any()
    assert catalogue["label_fr"].is_unique
    assert catalogue["label_en"].is_unique


def test_neither_the_target_nor_gender_is_a_feature(catalogue: pd.DataFrame) -> None:
    told = catalogue["feature_name"] + " " + catalogue["description"]
    assert not told.str.contains(r"gender|is_default|is_labelled").any()


def test_what_tells_of_protected_attributes_is_marked_so(
    catalogue: pd.DataFrame,
) -> None:
    told = (catalogue["feature_name"] + " " + catalogue["description"]).where(
        catalogue["feature_name"] != "application_missing_count", ""
    )
    # Maternity leave and retirement are types of income.
    protected = (
        r"\bage_years|_age_|children|family|\bregion_|social_circle|\bincome_type"
    )
    own_age = told.str.contains(protected) & ~told.str.contains("car_age")
    unmarked = catalogue.loc[own_age & ~catalogue["is_protected"], "feature_name"]
    assert unmarked.tolist() == []


def test_every_client_has_a_row_labelled_or_not(
    trainer: psycopg2.extensions.connection, features: pd.DataFrame
) -> None:
    clients = read(trainer, "select client_id, is_labelled from marts.dim_client")
    assert sorted(clients["client_id"]) == sorted(features.index)
    assert set(clients["is_labelled"]) == {True, False}


def test_no_number_is_nan_or_infinite(
    trainer: psycopg2.extensions.connection, numbers: pd.DataFrame
) -> None:
    assert not np.isinf(numbers.to_numpy()).any()
    nans = " + ".join(f"count(*) filter (where {name} = 'NaN')" for name in numbers)
    found = read(trainer, f"select {nans} as found from features.client_features")
    assert found["found"].item() == 0


def test_a_client_without_history_has_zero_counts_and_unknown_measures(
    trainer: psycopg2.extensions.connection,
    features: pd.DataFrame,
    catalogue: pd.DataFrame,
) -> None:
    facts = {
        "bureau": "fct_bureau_credit",
        "previous": "fct_previous_application",
        "installments": "fct_installment",
        "pos": "fct_pos_month",
        "card": "fct_card_month",
    }
    for source, fact in facts.items():
        known = read(trainer, f"select distinct client_id from marts.{fact}")
        rows = features.loc[~features.index.isin(known["client_id"])]
        assert len(rows) > 0, f"the sample has no client without {fact}"
        names = catalogue.loc[catalogue["source"] == source, "feature_name"]
        counts = [name for name in names if "_count" in name]
        # a debt elsewhere of nothing and the request still weigh on the income
        with_request = ["bureau_debt_and_request_to_income_ratio"]
        measures = [name for name in names if name not in counts + with_request]
        assert (rows[counts] == 0).all(axis=None)
        assert rows[measures].isna().all(axis=None)


def test_no_single_feature_gives_the_target_away(
    trainer: psycopg2.extensions.connection, numbers: pd.DataFrame
) -> None:
    labelled = read(
        trainer,
        "select client_id, is_default from marts.dim_client where is_labelled",
    ).set_index("client_id")["is_default"]
    suspects = {}
    for name, column in numbers.loc[labelled.index].items():
        known = column.notna()
        target = labelled[known].astype(int)
        if known.sum() >= 100 and target.sum() >= 20:
            area = roc_auc_score(target, column[known])
            if max(area, 1 - area) >= 0.8:
                suspects[name] = area
    assert suspects == {}


def test_every_column_is_described_in_the_database(
    trainer: psycopg2.extensions.connection,
) -> None:
    undescribed = read(
        trainer,
        """
        select attrelid::regclass as table_name, attname
        from pg_attribute
        where
            attrelid in (
                select oid from pg_class
                where relnamespace = 'features'::regnamespace and relkind = 'r'
            )
            and attnum > 0
            and not attisdropped
            and col_description(attrelid, attnum) is null
        """,
    )
    assert undescribed.empty, undescribed


@pytest.mark.parametrize(
    ("macro", "written"),
    [
        ("feature_models_yaml", "dbt_project/models/features/_features__models.yml"),
        ("feature_guide", "docs/features.md"),
    ],
)
def test_what_is_written_from_the_specifications_is_up_to_date(
    built_warehouse: Path, macro: str, written: str
) -> None:
    printed = run_dbt("--quiet", "run-operation", macro)
    assert printed.returncode == 0, printed.stdout
    assert (ROOT / written).read_text() == printed.stdout, f"stale: {macro} writes it"


def test_every_column_of_the_marts_is_used_or_listed_as_left_out(
    trainer: psycopg2.extensions.connection,
    catalogue: pd.DataFrame,
    manifest: dict[str, Any],
) -> None:
    pruned = read(
        trainer, "select table_name, column_name from features.feature_pruned"
    )
    listed = set(pruned.itertuples(index=False, name=None))
    for source, formulas in catalogue.groupby("source")["description"]:
        model = manifest["nodes"].get(f"model.home_credit.feat_{source}")
        if model is None:
            continue
        told = " ".join([model["raw_code"], *formulas])
        for parent in model["depends_on"]["nodes"]:
            mart = manifest["nodes"][parent]
            keys = {name for name in mart["columns"] if name.endswith("_id")}
            unused = {
                (mart["name"], name)
                for name in set(mart["columns"]) - keys
                if not re.search(rf"\b{name}\b", told)
            }
            if mart["name"] == "dim_client" and source != "application":
                continue
            assert unused == {row for row in listed if row[0] == mart["name"]}


# ---------------------------------------------------------------------------
# The same features computed from the CSV files
# ---------------------------------------------------------------------------


def table(sample_dir: Path, name: str) -> pd.DataFrame:
    [path] = sample_dir.glob(f"{name}.csv*")
    return pd.read_csv(path)


def assert_equal_for_all(expected: pd.Series, features: pd.DataFrame) -> None:
    """Compare where the CSV has rows; real numbers keep about seven digits."""
    name = str(expected.name)
    held = features[name].astype(float).reindex(expected.index)
    assert held.notna().sum() >= 20, f"too few clients to compare {name}"
    np.testing.assert_allclose(held, expected.astype(float), rtol=1e-5, err_msg=name)


def test_ratios_of_the_request_equal_those_of_the_csv(
    sample_dir: Path, features: pd.DataFrame
) -> None:
    rows = pd.concat(
        [table(sample_dir, "application_train"), table(sample_dir, "application_test")]
    ).set_index("SK_ID_CURR")
    scores = rows[["EXT_SOURCE_1", "EXT_SOURCE_2", "EXT_SOURCE_3"]]
    expected: dict[str, Any] = {
        "application_credit_to_annuity_ratio": rows["AMT_CREDIT"] / rows["AMT_ANNUITY"],
        "application_annuity_to_income_ratio": (
            rows["AMT_ANNUITY"] / rows["AMT_INCOME_TOTAL"]
        ),
        "application_external_score_mean": scores.mean(axis=1),
        "application_external_score_count": scores.notna().sum(axis=1),
    }
    for name, values in expected.items():
        assert_equal_for_all(values.rename(name), features)


def test_debts_elsewhere_equal_those_of_the_csv(
    sample_dir: Path, features: pd.DataFrame
) -> None:
    rows = table(sample_dir, "bureau")
    rows = rows[rows["SK_ID_CURR"].isin(features.index)]
    active = rows[rows["CREDIT_ACTIVE"] == "Active"].copy()
    active["owed"] = active["AMT_CREDIT_SUM_DEBT"].clip(lower=0)
    known = active.dropna(subset=["owed", "AMT_CREDIT_SUM"])
    sums = known.groupby("SK_ID_CURR")[["owed", "AMT_CREDIT_SUM"]].sum()
    ratios = sums["owed"] / sums["AMT_CREDIT_SUM"].replace(0, np.nan)

    per_client = rows.groupby("SK_ID_CURR")
    assert_equal_for_all(per_client.size().rename("bureau_credit_count"), features)
    assert_equal_for_all(
        active.groupby("SK_ID_CURR")["owed"]
        .sum(min_count=1)
        .rename("bureau_debt_amount_sum_active"),
        features,
    )
    assert_equal_for_all(ratios.rename("bureau_debt_to_credit_ratio_active"), features)
    recent = rows["DAYS_CREDIT"].ge(-365).groupby(rows["SK_ID_CURR"]).sum()
    assert_equal_for_all(recent.rename("bureau_credit_count_opened_12m"), features)


def test_past_applications_equal_those_of_the_csv(
    sample_dir: Path, features: pd.DataFrame
) -> None:
    rows = table(sample_dir, "previous_application")
    rows = rows[rows["SK_ID_CURR"].isin(features.index)]
    refused = rows["NAME_CONTRACT_STATUS"].eq("Refused").groupby(rows["SK_ID_CURR"])
    assert_equal_for_all(refused.mean().rename("previous_refused_share"), features)
    assert_equal_for_all(
        rows["CODE_REJECT_REASON"]
        .replace("XNA", None)
        .dropna()
        .eq("HC")
        .groupby(rows["SK_ID_CURR"])
        .mean()
        .rename("previous_refusal_policy_share"),
        features,
    )
    latest = rows.sort_values(["DAYS_DECISION", "SK_ID_PREV"]).groupby("SK_ID_CURR")
    assert_equal_for_all(
        latest["AMT_CREDIT"]
        .nth(-1)
        .set_axis(latest.tail(1)["SK_ID_CURR"])
        .rename("previous_credit_amount_mean_last_1"),
        features,
    )
    priced = rows[
        rows["NAME_CONTRACT_STATUS"].eq("Approved") & rows["CNT_PAYMENT"].gt(0)
    ]
    interest = (
        priced["AMT_ANNUITY"]
        * priced["CNT_PAYMENT"]
        / priced["AMT_CREDIT"].replace(0, np.nan)
        - 1
    )
    assert_equal_for_all(
        interest.groupby(priced["SK_ID_CURR"])
        .mean()
        .rename("previous_interest_mean_approved"),
        features,
    )


def test_payment_delays_equal_those_of_the_csv(
    sample_dir: Path, features: pd.DataFrame
) -> None:
    rows = table(sample_dir, "installments_payments")
    rows = rows[rows["SK_ID_CURR"].isin(features.index)]
    per_installment = rows.groupby(
        ["SK_ID_CURR", "SK_ID_PREV", "NUM_INSTALMENT_NUMBER"], as_index=False
    ).agg(due=("DAYS_INSTALMENT", "max"), paid=("DAYS_ENTRY_PAYMENT", "max"))
    delay = (per_installment["paid"] - per_installment["due"]).clip(lower=0)
    client = per_installment["SK_ID_CURR"]
    recent = per_installment["due"] >= -365
    late = per_installment["paid"].isna() | (delay > 0)

    assert_equal_for_all(
        late.groupby(client).mean().rename("installments_late_share"), features
    )
    latest_first = per_installment.sort_values(
        ["due", "SK_ID_PREV", "NUM_INSTALMENT_NUMBER"], ascending=False
    )
    last = latest_first.groupby("SK_ID_CURR").head(3).index
    assert_equal_for_all(
        delay[last]
        .groupby(client[last])
        .mean()
        .rename("installments_days_late_mean_last_3"),
        features,
    )
    assert_equal_for_all(
        delay[recent]
        .groupby(client[recent])
        .max()
        .rename("installments_days_late_max_12m"),
        features,
    )


def test_monthly_balances_equal_those_of_the_csv(
    sample_dir: Path, features: pd.DataFrame
) -> None:
    loans = table(sample_dir, "POS_CASH_balance")
    loans = loans[loans["SK_ID_CURR"].isin(features.index)]
    recent = loans[loans["MONTHS_BALANCE"] >= -12]
    assert_equal_for_all(
        recent.groupby("SK_ID_CURR")["SK_DPD"]
        .max()
        .rename("pos_days_past_due_max_12m"),
        features,
    )
    cards = table(sample_dir, "credit_card_balance")
    cards = cards[cards["SK_ID_CURR"].isin(features.index)]
    use = cards["AMT_BALANCE"] / cards["AMT_CREDIT_LIMIT_ACTUAL"].replace(0, np.nan)
    assert_equal_for_all(
        use.groupby(cards["SK_ID_CURR"]).mean().rename("card_balance_to_limit_mean"),
        features,
    )
