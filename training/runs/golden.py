"""Golden rows: invented clients whose scores prove that a model is served unchanged."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scoring import Feature

_MIXED_ROWS = 20
_LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
_QUANTILE_ROWS = 20_000
UNKNOWN_CODE = "a code that training never saw"


def golden_rows(
    features: Sequence[Feature], matrix: NDArray[np.float32], seed: int
) -> list[dict[str, object]]:
    """Invent rows column by column; none of them is, or resembles, a client.

    Parameters
    ----------
    features : sequence of Feature
    matrix : ndarray of shape (n_clients, n_features)
    seed : int

    Returns
    -------
    list of dict
        The typical row, one of which nothing is known, one of unknown codes, and rows
        that mix quantiles of independent columns, missing as often as the column is.
    """
    rng = np.random.default_rng(seed)
    step = max(1, len(matrix) // _QUANTILE_ROWS)
    sample = matrix[::step]
    choices = [
        _choices(feature, sample[:, position])
        for position, feature in enumerate(features)
    ]
    missing_share = np.isnan(sample).mean(axis=0)
    rows: list[dict[str, object]] = [
        {feature.name: feature.typical for feature in features},
        {feature.name: None for feature in features},
        {
            feature.name: UNKNOWN_CODE if feature.categories else feature.typical
            for feature in features
        },
    ]
    for _ in range(_MIXED_ROWS):
        is_missing = rng.random(len(features)) < missing_share
        rows.append(
            {
                feature.name: None
                if is_missing[position] or not choices[position]
                else choices[position][int(rng.integers(len(choices[position])))]
                for position, feature in enumerate(features)
            }
        )
    return rows


def _choices(
    feature: Feature, column: NDArray[np.float32]
) -> Sequence[float] | Sequence[str]:
    if feature.categories:
        return [category.code for category in feature.categories]
    known = column[~np.isnan(column)]
    if known.size == 0:
        return []
    # Three digits: a level of the column, no one's exact amount.
    return [float(f"{level:.3g}") for level in np.quantile(known, _LEVELS)]
