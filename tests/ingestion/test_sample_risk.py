"""What a model can find in the sample: something, more with the histories, not all."""

from __future__ import annotations

import lightgbm
import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

from ingestion.sample import SampleParameters, generate_sample


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    generated = generate_sample(SampleParameters(5000, 42))
    return {table.name: frame for table, frame in generated.items()}


@pytest.fixture(scope="module")
def labelled(tables) -> pd.DataFrame:
    return tables["application_train"].set_index("SK_ID_CURR")


def application_features(labelled: pd.DataFrame) -> pd.DataFrame:
    features = labelled.drop(columns=["TARGET", "CODE_GENDER"])
    features = features.select_dtypes("number")
    scores = features.filter(like="EXT_SOURCE")
    features["score_mean"], features["score_min"] = (
        scores.mean(axis=1),
        scores.min(axis=1),
    )
    features["burden"] = features["AMT_ANNUITY"] / features["AMT_INCOME_TOTAL"]
    return features


def history_features(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    client = "SK_ID_CURR"
    bureau, previous = tables["bureau"], tables["previous_application"]
    active = bureau[bureau["CREDIT_ACTIVE"] == "Active"].groupby(client)
    recent = tables["installments_payments"].query("DAYS_INSTALMENT > -365")
    days_late = (recent["DAYS_ENTRY_PAYMENT"] - recent["DAYS_INSTALMENT"]).clip(lower=0)
    refused = previous["NAME_CONTRACT_STATUS"] == "Refused"
    card = tables["credit_card_balance"].query("MONTHS_BALANCE >= -6")
    return pd.DataFrame(
        {
            "debt_ratio": active["AMT_CREDIT_SUM_DEBT"].sum()
            / active["AMT_CREDIT_SUM"].sum(),
            "recent_credits": bureau.query("DAYS_CREDIT > -365").groupby(client).size(),
            "refused_share": refused.groupby(previous[client]).mean(),
            "late_share_12m": (days_late > 0).groupby(recent[client]).mean(),
            "days_late_12m": days_late.groupby(recent[client]).mean(),
            "card_balance_6m": card.groupby(client)["AMT_BALANCE"].mean(),
        }
    )


def cross_validated_auc(features: pd.DataFrame, target: pd.Series) -> float:
    probability = np.zeros(len(target))
    folds = StratifiedKFold(4, shuffle=True, random_state=0)
    for fit, held in folds.split(features, target):
        model = lightgbm.LGBMClassifier(
            n_estimators=90,
            learning_rate=0.05,
            num_leaves=8,
            min_child_samples=40,
            colsample_bytree=0.3,
            reg_lambda=10.0,
            n_jobs=1,
            verbose=-1,
        ).fit(features.iloc[fit], target.iloc[fit])
        probability[held] = model.predict_proba(features.iloc[held])[:, 1]
    return float(roc_auc_score(target, probability))


def test_a_model_is_useful_and_the_histories_add_to_it(tables, labelled) -> None:
    own = application_features(labelled)
    all_features = own.join(history_features(tables))
    of_application = cross_validated_auc(own, labelled["TARGET"])
    of_everything = cross_validated_auc(all_features, labelled["TARGET"])
    assert 0.64 < of_application < 0.76
    assert 0.70 < of_everything < 0.80
    assert of_everything > of_application + 0.02


@pytest.mark.parametrize(
    ("feature", "sign"),
    [
        ("EXT_SOURCE_2", -1),
        ("EXT_SOURCE_3", -1),
        ("burden", 1),
        ("debt_ratio", 1),
        ("refused_share", 1),
        ("late_share_12m", 1),
    ],
)
def test_risk_rises_and_falls_as_credit_people_expect(
    tables, labelled, feature: str, sign: int
) -> None:
    features = application_features(labelled).join(history_features(tables))
    known = features[feature].notna()
    auc = roc_auc_score(labelled["TARGET"][known], sign * features[feature][known])
    assert auc > 0.53


def test_clients_with_an_unpaid_instalment_default_more_than_twice_as_often(
    tables, labelled
) -> None:
    payments = tables["installments_payments"]
    owing = payments.loc[payments["AMT_PAYMENT"].isna(), "SK_ID_CURR"]
    target = labelled["TARGET"]
    assert target[target.index.isin(owing)].mean() > 2 * target.mean()
