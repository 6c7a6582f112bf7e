"""One score, against LightGBM's own single-row prediction in the same process."""

from __future__ import annotations

from pathlib import Path

import lightgbm
import numpy as np

from benchmarks.timing import Comparison, compare
from scoring import load_model

CALLS = 200


def compare_scoring(model_dir: Path, pairs: int) -> tuple[Comparison, Comparison]:
    """Time a score without and with reasons against prediction and exact TreeSHAP.

    Parameters
    ----------
    model_dir : Path
        Folder of an artefact.
    pairs : int
        Measured runs of each way, of 200 calls each.

    Returns
    -------
    tuple of Comparison
        Without reasons; with reasons. Seconds per run.
    """
    model = load_model(model_dir)
    booster = lightgbm.Booster(model_file=str(model_dir / "model.txt"))
    # Nothing known of the client: the same path through encoding, trees and words.
    row: dict[str, object] = dict.fromkeys(model.feature_names)
    matrix = np.full((1, len(model.features)), np.nan)

    def scores(explain: bool) -> None:
        for _ in range(CALLS):
            model.score(row, explain=explain)

    def predictions(with_shap: bool) -> None:
        for _ in range(CALLS):
            booster.predict(matrix, raw_score=True, num_threads=1)
            if with_shap:
                booster.predict(matrix, pred_contrib=True, num_threads=1)

    return (
        compare(lambda: scores(False), lambda: predictions(False), pairs),
        compare(lambda: scores(True), lambda: predictions(True), pairs),
    )
