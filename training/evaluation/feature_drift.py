"""Population stability of every feature, and how much of it chance would show.

References
----------
N. Siddiqi, "Credit Risk Scorecards", Wiley 2006 (0.10 is to be watched, 0.25 acted
upon).
B. Yurdakul, "Statistical Properties of Population Stability Index", 2018: without any
drift the index is about ``(1/n + 1/m)`` times a chi-squared variable.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from scoring import Feature
from training.evaluation.profile import Profile, counted, sampled_rows

WATCH, ACT = 0.10, 0.25
_SMALLEST_SHARE = 1e-4
_CHANCE = 0.95


def stability_index(expected: Sequence[int], actual: Sequence[int]) -> dict[str, Any]:
    """Compare two rows of counts over the same bins.

    Returns
    -------
    dict
        ``index``; ``by_chance``: below which 95 in 100 would lie without any drift;
        ``verdict``: stable, watch or act. What chance could show is stable.
    """
    counts = np.array([expected, actual], dtype=np.float64)
    totals = counts.sum(axis=1, keepdims=True)
    shares = np.maximum(counts / totals, _SMALLEST_SHARE)
    index = float(np.sum((shares[1] - shares[0]) * np.log(shares[1] / shares[0])))
    bins = int((counts.sum(axis=0) > 0).sum())
    by_chance = float((1 / totals).sum() * chi2.ppf(_CHANCE, max(bins - 1, 1)))
    return {
        "index": index,
        "by_chance": by_chance,
        "verdict": "stable" if index <= by_chance else verdict_of(index),
    }


def verdict_of(index: float) -> str:
    """Return what an index calls for."""
    return "act" if index >= ACT else "watch" if index >= WATCH else "stable"


def feature_drift(
    reference: Mapping[str, Profile],
    matrix: NDArray[np.float32],
    features: Sequence[Feature],
    seed: int = 0,
) -> list[dict[str, Any]]:
    """Compare a population with an earlier one's profile, feature by feature.

    Parameters
    ----------
    reference : mapping of str to Profile
        Features that it lacks are left out.
    matrix : ndarray of shape (n_clients, n_features)
    features : sequence of Feature
    seed : int, default=0

    Returns
    -------
    list of dict
        Most moved first: name, labels, ``index``, ``by_chance``, ``verdict``, share
        of clients without a value before and now.
    """
    rows = sampled_rows(matrix, seed)
    found = []
    for position, feature in enumerate(features):
        profile = reference.get(feature.name)
        if profile is None:
            continue
        actual = counted(rows[:, position].astype(np.float64), profile, feature)
        found.append(
            {
                "name": feature.name,
                "label_fr": feature.label_fr,
                "label_en": feature.label_en,
                "theme": feature.theme,
                **stability_index(profile["counts"], actual),
                "missing_before": profile["counts"][-1] / sum(profile["counts"]),
                "missing_now": actual[-1] / len(rows),
            }
        )
    return sorted(found, key=lambda row: (-float(row["index"]), str(row["name"])))
