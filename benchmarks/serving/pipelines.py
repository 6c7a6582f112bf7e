"""Make the pickled pipeline out of an artefact, and check that it scores alike."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OrdinalEncoder

from benchmarks.errors import BenchmarkError
from benchmarks.serving.bank import ServedBank
from benchmarks.serving.pickled import BoosterClassifier
from function_app.warehouse.feature_table import FeatureRow, FeatureRows
from scoring import Feature, ScoringModel, load_model

_CHECKED_CLIENTS = 50


def write_pipeline(bank: ServedBank, path: Path) -> pd.DataFrame:
    """Pickle the pipeline, and return rows for it.

    Parameters
    ----------
    bank : ServedBank
    path : Path
        New file.

    Returns
    -------
    DataFrame
        Feature rows of some clients, by client.

    Raises
    ------
    BenchmarkError
        If the pipeline scores otherwise than the artefact.
    """
    model = load_model(bank.model_dir)
    rows = _rows(bank, model)
    frame = _frame(model.features, rows)
    pipeline = Pipeline(
        [
            ("columns", _encoder(model.features)),
            (
                "trees",
                BoosterClassifier((bank.model_dir / "model.txt").read_text()),
            ),
        ]
    ).fit(frame, np.zeros(len(frame)))
    margins = model.margins(list(rows.values()))
    if not np.allclose(pipeline.predict(frame), 1 / (1 + np.exp(-margins)), atol=1e-6):
        raise BenchmarkError("the pickled pipeline scores otherwise than the artefact")
    joblib.dump(pipeline, path)
    return frame.set_axis(list(rows), axis=0)


def _rows(bank: ServedBank, model: ScoringModel) -> dict[int, FeatureRow]:
    connection = bank.scorer_connection()
    try:
        with connection.cursor() as cursor:
            ids = bank.client_ids[:_CHECKED_CLIENTS]
            return FeatureRows(model.features).read(cursor, ids)
    finally:
        connection.close()


def _frame(features: tuple[Feature, ...], rows: dict[int, FeatureRow]) -> pd.DataFrame:
    kinds = {f.name: "float32" if f.data_type == "numeric" else "str" for f in features}
    return pd.DataFrame(list(rows.values())).astype(kinds)


def _encoder(features: tuple[Feature, ...]) -> ColumnTransformer:
    # One entry per run of columns of a kind: the trees expect the artefact's order.
    entries = []
    for is_numeric, run in groupby(features, lambda f: f.data_type == "numeric"):
        columns = list(run)
        encoder = "passthrough" if is_numeric else _ordinal(columns)
        entries.append((columns[0].name, encoder, [f.name for f in columns]))
    return ColumnTransformer(entries)


def _ordinal(features: list[Feature]) -> OrdinalEncoder:
    return OrdinalEncoder(
        categories=[[c.code for c in f.categories] for f in features],
        handle_unknown="use_encoded_value",
        unknown_value=np.nan,
    )
