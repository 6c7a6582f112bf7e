"""Population stability of every feature, most moved first."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring import Feature, Profile, feature_stability
from training.evaluation.profile import counted, sampled_rows


def feature_drift(
    reference: Mapping[str, Profile],
    matrix: NDArray[np.float32],
    features: Sequence[Feature],
    seed: int = 0,
) -> list[dict[str, Any]]:
    """Compare a population with an earlier one's profiles, feature by feature.

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
    counts = {
        feature.name: counted(rows[:, position], reference[feature.name], feature)
        for position, feature in enumerate(features)
        if feature.name in reference
    }
    return [asdict(row) for row in feature_stability(reference, counts, features)]
