"""Pairs of features that move the score together, by the `shap` package.

The package walks the trees by itself, apart from LightGBM's own code: that its values
add up to LightGBM's is a proof of both. It does not where a tree splits on codes of a
categorical feature in a way the package cannot read; such features are left out and
counted.

References
----------
S. Lundberg et al., "From local explanations to global understanding with explainable
AI for trees", Nature Machine Intelligence 2, 2020.
"""

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import lightgbm
import numpy as np
from numpy.typing import NDArray

from scoring import Feature

# Large forests take long: as many clients as can be walked through so many leaves.
_LEAF_VISITS = 100_000
_CLIENTS = (10, 100)
_CHUNK = 20
_FIRST_FEATURES = 12
_PAIRS = 5
_TOLERANCE = 1e-6


def interactions(
    booster: lightgbm.Booster,
    sample: NDArray[np.float32],
    features: Sequence[Feature],
    strongest: NDArray[np.intp],
    points_per_margin: float,
) -> dict[str, Any]:
    """Rank the pairs among the strongest features.

    Parameters
    ----------
    booster : lightgbm.Booster
    sample : ndarray of shape (n_clients, n_features)
        The first 100 at most, fewer where the trees are many.
    features : sequence of Feature
    strongest : ndarray of int
        Positions by falling importance; the first twelve that can be read are paired.
    points_per_margin : float

    Returns
    -------
    dict
        ``clients``; ``unread_features``, whose values did not add up; ``error``, the
        largest distance of the others' sums from LightGBM's SHAP values, in points;
        ``pairs`` with the mean absolute points that a pair moves beyond what its two
        features do each alone.
    """
    leaves = sum(tree["num_leaves"] for tree in booster.dump_model()["tree_info"])
    rows = sample[: int(np.clip(_LEAF_VISITS // max(leaves, 1), *_CLIENTS))]
    own = np.asarray(booster.predict(rows, pred_contrib=True))[:, :-1]
    sums, strength = _walk(booster, rows)
    distance = np.abs(sums - own).max(axis=0)
    is_read = distance <= _TOLERANCE
    used = booster.feature_importance("gain") > 0
    candidates = [int(i) for i in strongest if is_read[i] and used[i]]
    pairs = sorted(
        combinations(candidates[:_FIRST_FEATURES], 2), key=lambda p: -strength[p]
    )
    scale = abs(points_per_margin)
    return {
        "clients": len(rows),
        "unread_features": int((~is_read).sum()),
        "error": float(distance[is_read].max(initial=0.0)) * scale,
        "pairs": [
            {
                "first": _labels(features[first]),
                "second": _labels(features[second]),
                "mean_absolute_points": float(strength[first, second]) * scale,
            }
            for first, second in pairs[:_PAIRS]
            if strength[first, second] > 0
        ],
    }


def _walk(
    booster: lightgbm.Booster, rows: NDArray[np.float32]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return SHAP values by client, and mean absolute interactions by pair."""
    # It takes seconds to load, which only a training run should wait for.
    import shap

    explainer = shap.TreeExplainer(booster)
    sums = np.empty(rows.shape)
    strength = np.zeros((rows.shape[1], rows.shape[1]))
    for start in range(0, len(rows), _CHUNK):
        chunk = rows[start : start + _CHUNK].astype(np.float64)
        values = np.asarray(explainer.shap_interaction_values(chunk))
        sums[start : start + len(chunk)] = values.sum(axis=2)
        # The package gives each of the two features one half.
        strength += 2 * np.abs(values).sum(axis=0)
    return sums, strength / len(rows)


def _labels(feature: Feature) -> dict[str, str]:
    return {
        "name": feature.name,
        "label_fr": feature.label_fr,
        "label_en": feature.label_en,
    }
