"""A score in the process, against what no way of scoring can do without.

The limit is the client's row, column by column, fetched by primary key with a prepared
statement, and LightGBM's own prediction of one row that lies ready as a matrix. With
reasons, exact TreeSHAP comes on top.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle, islice

import lightgbm
import numpy as np
from psycopg2 import extensions

from benchmarks.serving.bank import ServedBank
from benchmarks.timing import Comparison, compare
from function_app.warehouse.feature_table import (
    FEATURE_SCHEMA,
    FEATURE_TABLE,
    FeatureRows,
    feature_columns,
)
from function_app.warehouse.prepared_query import PreparedQuery
from scoring import FeatureEncoder, load_model

CALLS = 300


def compare_with_limit(bank: ServedBank, pairs: int) -> tuple[Comparison, Comparison]:
    """Time reading and scoring one client, without and with reasons.

    Parameters
    ----------
    bank : ServedBank
    pairs : int
        Measured runs of each way, of :data:`CALLS` calls each.

    Returns
    -------
    tuple of Comparison
        Without reasons; with reasons. Seconds per run.
    """
    connection = bank.scorer_connection()
    try:
        with connection.cursor() as cursor:
            return (
                compare(_ours(bank, cursor, False), _limit(bank, cursor, False), pairs),
                compare(_ours(bank, cursor, True), _limit(bank, cursor, True), pairs),
            )
    finally:
        connection.close()


def _ours(
    bank: ServedBank, cursor: extensions.cursor, explain: bool
) -> Callable[[], None]:
    model = load_model(bank.model_dir)
    features = FeatureRows(model.features)

    def score_all() -> None:
        for client_id in islice(cycle(bank.client_ids), CALLS):
            rows = features.read(cursor, [client_id])
            model.score(rows[client_id], explain=explain)

    return score_all


def _limit(
    bank: ServedBank, cursor: extensions.cursor, explain: bool
) -> Callable[[], None]:
    model = load_model(bank.model_dir)
    booster = lightgbm.Booster(model_file=str(bank.model_dir / "model.txt"))
    query = PreparedQuery(
        f"select {feature_columns(model.feature_names)} "
        f"from {FEATURE_SCHEMA}.{FEATURE_TABLE} where client_id = any($1)",
        "bigint[]",
    )
    matrices = _matrices(bank, cursor)

    def predict_all() -> None:
        for client_id in islice(cycle(bank.client_ids), CALLS):
            query.execute(cursor, [client_id])
            cursor.fetchone()
            matrix = matrices[client_id]
            booster.predict(matrix, raw_score=True, num_threads=1)
            if explain:
                booster.predict(matrix, pred_contrib=True, num_threads=1)

    return predict_all


def _matrices(bank: ServedBank, cursor: extensions.cursor) -> dict[int, np.ndarray]:
    model = load_model(bank.model_dir)
    encoder = FeatureEncoder(model.features)
    rows = FeatureRows(model.features).read(cursor, bank.client_ids[:CALLS])
    return {client_id: encoder.encode(row) for client_id, row in rows.items()}
