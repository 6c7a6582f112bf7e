"""The protocol that every model is judged by: what is held out, repeated and paired.

A fifth of the labelled clients is held out, chosen by their number alone: the same
clients whatever the seed and whoever is appended later. All choices are made on the
others, the development part, by a stratified cross-validation that is repeated with
several seeds. Two models are compared on the same clients and the same bootstrap
replicates of them, so that what makes both right or wrong together cancels out.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from training.evaluation.paired import (
    PairedDifference,
    paired_difference,
    repeated_estimate,
)
from training.learners import Learner, Matrix, Outcomes
from training.learners.cross_validation import OutOfFold, out_of_fold

__all__ = [
    "HELD_OUT_SHARE",
    "PairedDifference",
    "paired_difference",
    "repeated_estimate",
    "repeated_out_of_fold",
    "split_held_out",
]

HELD_OUT_SHARE = 0.2


def split_held_out(client_ids: ArrayLike) -> NDArray[np.bool_]:
    """Choose the clients that no decision may be taken on.

    Parameters
    ----------
    client_ids : array-like of shape (n_clients,), int

    Returns
    -------
    ndarray of shape (n_clients,), bool
        True for about a fifth of any clients.
    """
    hashed = _mixed(np.asarray(client_ids).astype(np.uint64))
    return hashed < np.uint64(HELD_OUT_SHARE * 2**64)


def _mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Hash integers by SplitMix64's finaliser (Steele, Lea and Flood, OOPSLA 2014)."""
    z = numbers + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def repeated_out_of_fold(
    learner: Learner,
    matrix: Matrix,
    is_default: Outcomes,
    folds: int,
    seeds: Sequence[int],
    workers: int = 1,
) -> tuple[OutOfFold, ...]:
    """Cross-validate once per seed, with other folds and another learner's seed.

    Parameters
    ----------
    learner : Learner
    matrix : ndarray of shape (n_clients, n_features)
        Of the development part.
    is_default : ndarray of shape (n_clients,)
    folds : int
    seeds : sequence of int
    workers : int, default=1
        Folds trained at the same time; the result is the same.

    Returns
    -------
    tuple of OutOfFold
        One per seed.

    Raises
    ------
    FeatureTableError
        If an outcome is too rare for so many folds.
    """
    return tuple(
        out_of_fold(learner, matrix, is_default, folds, seed, workers) for seed in seeds
    )
