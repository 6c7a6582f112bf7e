"""How much each feature counts in trained trees, whatever their columns are."""

import numpy as np
from numpy.typing import NDArray

from training.learners import Matrix, Predictor, TrainedTrees
from training.learners.prepared import (
    TrainedPreparedTrees,
    every_feature,
    unchanged,
)

Floats = NDArray[np.float64]

_EXPLAINED_ROWS = 1000


def influence(predictor: Predictor, held_out: Matrix) -> tuple[Floats, Floats] | None:
    """Sum gain and mean absolute SHAP values over each feature's columns.

    Parameters
    ----------
    predictor : Predictor
    held_out : ndarray of shape (n_rows, n_features)
        Of which at most 1,000 evenly spaced rows are explained.

    Returns
    -------
    tuple of ndarray of shape (n_features,), or None
        Gain and mean absolute SHAP value by feature; None for other than boosted trees.
    """
    if isinstance(predictor, TrainedTrees):
        predictor = TrainedPreparedTrees(predictor, unchanged, every_feature(held_out))
    if not isinstance(predictor, TrainedPreparedTrees):
        return None
    booster, origins = predictor.trees.booster, predictor.origins
    step = max(1, -(-len(held_out) // _EXPLAINED_ROWS))
    rows = predictor.transform(held_out[::step])
    width = held_out.shape[1]
    gain = np.zeros(width)
    np.add.at(gain, origins, booster.feature_importance("gain"))
    by_column = np.asarray(booster.predict(rows, pred_contrib=True))[:, :-1]
    by_feature = np.zeros((len(rows), width))
    np.add.at(by_feature.T, origins, by_column.T)
    return gain, np.abs(by_feature).mean(axis=0)
