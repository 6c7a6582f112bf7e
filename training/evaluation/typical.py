"""Typical values of the granted clients, against which reasons are told."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from scoring import Feature


def with_typical_values(
    features: Sequence[Feature],
    matrix: NDArray[np.float32],
    is_granted: NDArray[np.bool_],
) -> tuple[Feature, ...]:
    """Give each feature the median or the most frequent code of granted clients.

    Parameters
    ----------
    features : sequence of Feature
    matrix : ndarray of shape (n_clients, n_features)
    is_granted : ndarray of shape (n_clients,)

    Returns
    -------
    tuple of Feature
        None where nothing is known of any of them.
    """
    return tuple(
        replace(feature, typical=_typical(feature, matrix[is_granted, position]))
        for position, feature in enumerate(features)
    )


def _typical(feature: Feature, column: NDArray[np.float32]) -> float | str | None:
    known = column[~np.isnan(column)]
    if known.size == 0:
        return None
    if feature.categories:
        return feature.categories[int(np.argmax(np.bincount(known.astype(int))))].code
    return float(np.median(known))
