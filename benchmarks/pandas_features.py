"""The public pandas way to about 770 columns, as the peer of the feature stage.

The method is that of the best-known public kernel on these tables, "LightGBM with
Simple Features" (J. Aguiar, kaggle.com/code/jsaguiar/lightgbm-with-simple-features,
2018): every file is read whole, every text column one-hot encoded (with a column for
missing values, except in the applications), and every table grouped by client with
minima, maxima, means, sums and variances, once over all rows and again over the active
and the closed credits, the approved and the refused applications. The tables are then
joined to the applications.

It runs as a process of its own (``python -m benchmarks.pandas_features SOURCE``), so
that its memory is its own.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.raw_tables import RawTables

CLIENT = "SK_ID_CURR"
LOAN = "SK_ID_PREV"
CREDIT = "SK_ID_BUREAU"
NEVER = 365243

Statistics = Mapping[str, Sequence[str]]

_RANGE = ("min", "max", "mean")
_SPREAD = (*_RANGE, "var")
_TOTAL = ("max", "mean", "sum")
_ALL = (*_RANGE, "sum", "var")

CREDIT_STATISTICS: Statistics = {
    "DAYS_CREDIT": _SPREAD,
    "DAYS_CREDIT_ENDDATE": _RANGE,
    "DAYS_CREDIT_UPDATE": ("mean",),
    "CREDIT_DAY_OVERDUE": ("max", "mean"),
    "AMT_CREDIT_MAX_OVERDUE": ("mean",),
    "AMT_CREDIT_SUM": _TOTAL,
    "AMT_CREDIT_SUM_DEBT": _TOTAL,
    "AMT_CREDIT_SUM_OVERDUE": ("mean",),
    "AMT_CREDIT_SUM_LIMIT": ("mean", "sum"),
    "AMT_ANNUITY": ("max", "mean"),
    "CNT_CREDIT_PROLONG": ("sum",),
    "MONTHS_BALANCE_MIN": ("min",),
    "MONTHS_BALANCE_MAX": ("max",),
    "MONTHS_BALANCE_SIZE": ("mean", "sum"),
}

PREVIOUS_STATISTICS: Statistics = {
    "AMT_ANNUITY": _RANGE,
    "AMT_APPLICATION": _RANGE,
    "AMT_CREDIT": _RANGE,
    "ASKED_TO_GRANTED": _SPREAD,
    "AMT_DOWN_PAYMENT": _RANGE,
    "AMT_GOODS_PRICE": _RANGE,
    "HOUR_APPR_PROCESS_START": _RANGE,
    "RATE_DOWN_PAYMENT": _RANGE,
    "DAYS_DECISION": _RANGE,
    "CNT_PAYMENT": ("mean", "sum"),
}

INSTALMENT_STATISTICS: Statistics = {
    "NUM_INSTALMENT_VERSION": ("nunique",),
    "DAYS_LATE": _TOTAL,
    "DAYS_EARLY": _TOTAL,
    "PAID_SHARE": (*_TOTAL, "var"),
    "UNPAID": (*_TOTAL, "var"),
    "AMT_INSTALMENT": _TOTAL,
    "AMT_PAYMENT": ("min", *_TOTAL),
    "DAYS_ENTRY_PAYMENT": _TOTAL,
}

POS_STATISTICS: Statistics = {
    "MONTHS_BALANCE": ("max", "mean", "size"),
    "SK_DPD": ("max", "mean"),
    "SK_DPD_DEF": ("max", "mean"),
}


def client_features(raw: RawTables) -> pd.DataFrame:
    """Make one row per application, about 770 columns wide.

    Parameters
    ----------
    raw : RawTables
        The eight files.

    Returns
    -------
    pandas.DataFrame
    """
    features = applications(raw)
    for make in (credits, previous, pos_months, instalments, card_months):
        features = features.join(make(raw), on=CLIENT)
    return features


def applications(raw: RawTables) -> pd.DataFrame:
    """Labelled and unlabelled applications with their simple ratios."""
    frame = pd.concat(
        [raw.read(f"application_{name}") for name in ("train", "test")],
        ignore_index=True,
    )
    frame = frame[frame["CODE_GENDER"] != "XNA"].copy()
    for column in ("CODE_GENDER", "FLAG_OWN_CAR", "FLAG_OWN_REALTY"):
        frame[column] = pd.factorize(frame[column])[0]
    frame, _ = one_hot(frame, missing=False)
    frame["DAYS_EMPLOYED"] = frame["DAYS_EMPLOYED"].replace(NEVER, np.nan)
    ratios = {
        "EMPLOYED_TO_AGE": ("DAYS_EMPLOYED", "DAYS_BIRTH"),
        "INCOME_TO_CREDIT": ("AMT_INCOME_TOTAL", "AMT_CREDIT"),
        "INCOME_PER_PERSON": ("AMT_INCOME_TOTAL", "CNT_FAM_MEMBERS"),
        "ANNUITY_TO_INCOME": ("AMT_ANNUITY", "AMT_INCOME_TOTAL"),
        "ANNUITY_TO_CREDIT": ("AMT_ANNUITY", "AMT_CREDIT"),
    }
    return frame.assign(
        **{name: frame[a] / frame[b] for name, (a, b) in ratios.items()}
    )


def credits(raw: RawTables) -> pd.DataFrame:
    """Bureau credits with a summary of their months."""
    months, statuses = one_hot(raw.read("bureau_balance"))
    of_credit = aggregate(
        months, CREDIT, {"MONTHS_BALANCE": ("min", "max", "size")}, statuses
    )
    del months
    frame, kinds = one_hot(raw.read("bureau"))
    frame = frame.join(of_credit, on=CREDIT).drop(columns=CREDIT)
    indicators = [*kinds, *(f"{status}_MEAN" for status in statuses)]
    return with_splits(
        frame,
        "BUREAU",
        CREDIT_STATISTICS,
        indicators,
        {"ACTIVE": "CREDIT_ACTIVE_Active", "CLOSED": "CREDIT_ACTIVE_Closed"},
    )


def previous(raw: RawTables) -> pd.DataFrame:
    """Previous applications."""
    frame, kinds = one_hot(raw.read("previous_application"))
    sentinels = [
        "DAYS_FIRST_DRAWING",
        "DAYS_FIRST_DUE",
        "DAYS_LAST_DUE_1ST_VERSION",
        "DAYS_LAST_DUE",
        "DAYS_TERMINATION",
    ]
    frame[sentinels] = frame[sentinels].replace(NEVER, np.nan)
    frame["ASKED_TO_GRANTED"] = frame["AMT_APPLICATION"] / frame["AMT_CREDIT"]
    return with_splits(
        frame,
        "PREVIOUS",
        PREVIOUS_STATISTICS,
        kinds,
        {
            "APPROVED": "NAME_CONTRACT_STATUS_Approved",
            "REFUSED": "NAME_CONTRACT_STATUS_Refused",
        },
    )


def pos_months(raw: RawTables) -> pd.DataFrame:
    """Monthly balances of point-of-sale and cash loans."""
    frame, kinds = one_hot(raw.read("pos_cash_balance"))
    return counted(frame, aggregate(frame, CLIENT, POS_STATISTICS, kinds), "POS")


def instalments(raw: RawTables) -> pd.DataFrame:
    """Payments against what was due."""
    frame = raw.read("installments_payments")
    frame["PAID_SHARE"] = frame["AMT_PAYMENT"] / frame["AMT_INSTALMENT"]
    frame["UNPAID"] = frame["AMT_INSTALMENT"] - frame["AMT_PAYMENT"]
    delay = frame["DAYS_ENTRY_PAYMENT"] - frame["DAYS_INSTALMENT"]
    frame["DAYS_LATE"] = delay.clip(lower=0)
    frame["DAYS_EARLY"] = (-delay).clip(lower=0)
    return counted(frame, aggregate(frame, CLIENT, INSTALMENT_STATISTICS), "INSTALMENT")


def card_months(raw: RawTables) -> pd.DataFrame:
    """Monthly balances of credit cards, every column in every way."""
    frame, _ = one_hot(raw.read("credit_card_balance"))
    frame = frame.drop(columns=LOAN)
    statistics = {name: _ALL for name in frame.columns if name != CLIENT}
    return counted(frame, aggregate(frame, CLIENT, statistics), "CARD")


def one_hot(
    frame: pd.DataFrame, *, missing: bool = True
) -> tuple[pd.DataFrame, list[str]]:
    """Replace text columns by indicators, one for missing values too; name these."""
    before = set(frame.columns)
    texts = frame.select_dtypes(exclude="number").columns.tolist()
    encoded = pd.get_dummies(frame, columns=texts, dummy_na=missing)
    return encoded, [name for name in encoded.columns if name not in before]


def aggregate(
    frame: pd.DataFrame,
    key: str,
    statistics: Statistics,
    indicators: Sequence[str] = (),
) -> pd.DataFrame:
    """Group by a key: named statistics, and the mean of every indicator."""
    means = dict.fromkeys(indicators, ("mean",))
    wanted = {name: list(names) for name, names in {**statistics, **means}.items()}
    grouped = frame.groupby(key).agg(wanted)
    grouped.columns = pd.Index(
        [f"{name}_{one.upper()}" for name, names in wanted.items() for one in names]
    )
    return grouped


def with_splits(
    frame: pd.DataFrame,
    prefix: str,
    statistics: Statistics,
    indicators: Sequence[str],
    splits: Mapping[str, str],
) -> pd.DataFrame:
    """Aggregate all rows, then those of each split for the statistics alone."""
    parts = [aggregate(frame, CLIENT, statistics, indicators).add_prefix(f"{prefix}_")]
    for name, indicator in splits.items():
        part = aggregate(frame[frame[indicator].astype(bool)], CLIENT, statistics)
        parts.append(part.add_prefix(f"{name}_"))
    return pd.concat(parts, axis=1)


def counted(frame: pd.DataFrame, grouped: pd.DataFrame, prefix: str) -> pd.DataFrame:
    """Prefix the columns and add the number of rows per client."""
    named = grouped.add_prefix(f"{prefix}_")
    named[f"{prefix}_COUNT"] = frame.groupby(CLIENT).size()
    return named


if __name__ == "__main__":
    made = client_features(RawTables(Path(sys.argv[1])))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{len(made)} {made.shape[1]} {peak}")
