"""The clients of training in counts, which later ones are compared with."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scoring import Feature, Population, Profile

Floats = NDArray[np.float64]
Matrix = NDArray[np.float32]

# Quantiles of more clients would be slower and no different.
_MOST_CLIENTS = 50_000


def population_of(
    matrix: Matrix, features: Sequence[Feature], probability: Floats, seed: int = 0
) -> Population:
    """Count a population's features and scores.

    Parameters
    ----------
    matrix : ndarray of shape (n_clients, n_features)
    features : sequence of Feature
    probability : ndarray of shape (n_scored,)
        Of default, by models that had not seen the client.
    seed : int, default=0
    """
    rows = sampled_rows(matrix, seed)
    return Population(
        clients=len(matrix),
        score=Profile.of_numbers(probability),
        features={
            feature.name: _profile_of(rows[:, position], feature)
            for position, feature in enumerate(features)
        },
    )


def counted(
    column: NDArray[np.float32], profile: Profile, feature: Feature
) -> list[int]:
    """Count an encoded column over the bins of a profile.

    Parameters
    ----------
    column : ndarray of shape (n_clients,)
        NaN where nothing is known; indices of categories where the feature has any.
    profile : Profile
    feature : Feature
    """
    return profile.count(_codes(column, feature) if feature.categories else column)


def sampled_rows(matrix: Matrix, seed: int = 0) -> Matrix:
    """Draw clients enough for counts, all where they are few."""
    if len(matrix) <= _MOST_CLIENTS:
        return matrix
    chosen = np.random.default_rng(seed).choice(
        len(matrix), _MOST_CLIENTS, replace=False
    )
    return matrix[np.sort(chosen)]


def _profile_of(column: NDArray[np.float32], feature: Feature) -> Profile:
    if not feature.categories:
        return Profile.of_numbers(column)
    known = [category.code for category in feature.categories]
    return Profile.of_codes(_codes(column, feature), known)


def _codes(column: NDArray[np.float32], feature: Feature) -> list[str | None]:
    codes = [*(category.code for category in feature.categories), None]
    places = np.where(np.isnan(column), len(codes) - 1, column).astype(np.intp)
    return [codes[place] for place in places.tolist()]
