"""A population in counts: what a later one is compared with, and no client in it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring import Feature

Floats = NDArray[np.float64]

_BINS = 10
# Quantiles of more clients would be slower and no different.
_MOST_CLIENTS = 50_000

# Of a numeric column: upper edges of the bins. Of a categorical one: its codes. The
# counts have one more for values beyond (or other codes), and a last one for nothing.
Profile = dict[str, Any]


def profile_of(column: Floats, feature: Feature | None = None) -> Profile:
    """Count a column over its own deciles, or over its codes.

    Parameters
    ----------
    column : ndarray of shape (n_clients,)
        NaN where nothing is known; indices of categories where categorical.
    feature : Feature, optional
        None for a score.
    """
    profile: Profile
    if feature is not None and feature.data_type == "categorical":
        profile = {"codes": [category.code for category in feature.categories]}
    else:
        known = column[~np.isnan(column)]
        inner = np.linspace(0, 1, _BINS + 1)[1:-1]
        edges = np.unique(np.quantile(known, inner)) if known.size else np.empty(0)
        profile = {"edges": edges.tolist()}
    return profile | {"counts": counted(column, profile, feature)}


def counted(
    column: Floats, profile: Mapping[str, Any], feature: Feature | None = None
) -> list[int]:
    """Count another column over the bins of a profile."""
    missing = np.isnan(column)
    known = column[~missing]
    if "codes" in profile:
        place = {code: index for index, code in enumerate(profile["codes"])}
        codes = [category.code for category in feature.categories] if feature else []
        bins_of = np.array([place.get(code, len(place)) for code in codes], np.intp)
        bins, size = bins_of[known.astype(np.intp)], len(place) + 1
    else:
        edges = np.asarray(profile["edges"], dtype=np.float64)
        bins = np.searchsorted(edges, known, side="right")
        size = edges.size + 1
    counts: list[int] = np.bincount(bins, minlength=size).tolist()
    return [*counts, int(missing.sum())]


def population_profile(
    matrix: NDArray[np.float32], features: Sequence[Feature], seed: int = 0
) -> dict[str, Profile]:
    """Count every feature of a population, by name."""
    rows = sampled_rows(matrix, seed)
    return {
        feature.name: profile_of(rows[:, position].astype(np.float64), feature)
        for position, feature in enumerate(features)
    }


def sampled_rows(matrix: NDArray[np.float32], seed: int = 0) -> NDArray[np.float32]:
    """Draw clients enough for counts, all where they are few."""
    if len(matrix) <= _MOST_CLIENTS:
        return matrix
    chosen = np.random.default_rng(seed).choice(
        len(matrix), _MOST_CLIENTS, replace=False
    )
    return matrix[np.sort(chosen)]
