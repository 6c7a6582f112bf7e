"""How well the features tell one group of clients from another, and by which.

A small model is cross-validated on the question. It serves two: do the labelled
clients differ from those who came after (drift), and do the features know an attribute
that the model may not use (proxies)?
"""

from collections.abc import Sequence
from typing import Any

import lightgbm
import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedKFold

from scoring import Feature
from training.evaluation.metrics import auc
from training.evaluation.resampling import Replicates, estimate

Matrix = NDArray[np.float32]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]

_FOLDS = 3
# More clients would make it slower and hardly sharper.
_MOST_CLIENTS = 10_000
_TREES = 30
# The data and 200 draws: the interval is for reading, not for a decision.
_REPLICATES = 201
_TOP = 15
# Fewer of either group cannot be divided into folds that tell anything.
FEWEST_CLIENTS = 50
_PARAMETERS: dict[str, Any] = {
    "objective": "binary",
    "learning_rate": 0.2,
    "num_leaves": 15,
    "min_child_samples": 20,
    "feature_fraction": 0.3,
    "max_bin": 63,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbosity": -1,
}


def separation(
    matrix: Matrix, features: Sequence[Feature], is_second: Flags, seed: int
) -> dict[str, Any] | None:
    """Cross-validate a small model that tells two groups apart.

    Parameters
    ----------
    matrix : ndarray of shape (n_clients, n_features)
    features : sequence of Feature
    is_second : ndarray of shape (n_clients,)
    seed : int

    Returns
    -------
    dict or None
        ``auc`` with interval (0.5: the groups look alike), ``clients`` used, and the
        ``features`` that separate most: share of the gain, and the AUC of the feature
        alone. None when either group is too small.
    """
    if min(is_second.sum(), (~is_second).sum()) < FEWEST_CLIENTS:
        return None
    rows = _sampled(is_second, seed)
    matrix, is_second = matrix[rows], is_second[rows]
    score, gain = _cross_validated(matrix, features, is_second, seed)
    ranked = auc(is_second, score)
    drawn = Replicates.drawn(is_second, seed)
    replicates = Replicates(drawn.counts[:_REPLICATES])
    area = np.concatenate([ranked(weights) for weights in replicates.batches()])
    strongest = np.argsort(-gain, kind="stable")[:_TOP]
    return {
        "auc": estimate(area).to_dict(),
        "clients": int(is_second.size),
        "features": [
            {
                "name": features[position].name,
                "label_fr": features[position].label_fr,
                "label_en": features[position].label_en,
                "gain_share": float(gain[position] / max(gain.sum(), 1e-12)),
                "auc_alone": _alone(matrix[:, position], is_second),
            }
            for position in strongest.tolist()
            if gain[position] > 0
        ],
    }


def _sampled(is_second: Flags, seed: int) -> NDArray[np.intp]:
    if is_second.size <= _MOST_CLIENTS:
        return np.arange(is_second.size)
    rng = np.random.default_rng(seed)
    return np.sort(rng.choice(is_second.size, _MOST_CLIENTS, replace=False))


def _cross_validated(
    matrix: Matrix, features: Sequence[Feature], is_second: Flags, seed: int
) -> tuple[Floats, Floats]:
    categorical = [i for i, f in enumerate(features) if f.data_type == "categorical"]
    data = lightgbm.Dataset(
        matrix, is_second.astype(np.float32), categorical_feature=categorical
    )
    folds = list(
        StratifiedKFold(_FOLDS, shuffle=True, random_state=seed).split(
            matrix[:, :1], is_second
        )
    )
    trained: Any = lightgbm.cv(
        _PARAMETERS | {"seed": seed},
        data,
        num_boost_round=_TREES,
        folds=folds,
        return_cvbooster=True,
    )["cvbooster"]
    score, gain = np.empty(is_second.size), np.zeros(len(features))
    for booster, (_, held_out) in zip(trained.boosters, folds, strict=True):
        score[held_out] = booster.predict(matrix[held_out], num_threads=1)
        gain += booster.feature_importance("gain")
    return score, gain


def _alone(column: NDArray[np.float32], is_second: Flags) -> float:
    """Return the AUC of one column, the better way round; nothing known ranks last."""
    lowest = np.finfo(np.float32).min
    values = np.where(np.isnan(column), lowest, column).astype(np.float64)
    area = float(auc(is_second, values)(np.ones((1, column.size)))[0])
    return max(area, 1 - area)
