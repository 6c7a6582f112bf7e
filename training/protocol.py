"""The protocol that every model is judged by: what is held out, repeated and paired.

A fifth of the labelled clients is held out, chosen by their number alone: the same
clients whatever the seed and whoever is appended later. All choices are made on the
others, the development part, by a stratified cross-validation that is repeated with
several seeds. Two models are compared on the same clients and the same bootstrap
replicates of them, so that what makes both right or wrong together cancels out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from training.cross_validation import OutOfFold, out_of_fold
from training.evaluation.bootstrap import Estimate, replicate_chunks
from training.evaluation.metrics import Metric
from training.learners import Learner, Matrix, Outcomes

Floats = NDArray[np.float64]

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


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """A measure of two models on the same clients.

    Attributes
    ----------
    reference, candidate : float
        Means over their seeds.
    difference : Estimate
        Candidate less reference, with its 95 % interval.
    """

    reference: float
    candidate: float
    difference: Estimate

    @property
    def is_certain(self) -> bool:
        """Whether the interval of the difference excludes zero."""
        return self.difference.low > 0 or self.difference.high < 0

    def to_dict(self) -> dict[str, Any]:
        """Return the parts by name."""
        return {
            "reference": self.reference,
            "candidate": self.candidate,
            "difference": self.difference.to_dict(),
        }


def repeated_estimate(
    metric: Metric, scores: ArrayLike, is_default: Outcomes, seed: int = 0
) -> Estimate:
    """Measure a model: the mean over its seeds, and the interval of that mean.

    Parameters
    ----------
    metric : Metric
        Of ``training.evaluation.metrics``.
    scores : array-like of shape (n_seeds, n_clients) or (n_clients,)
    is_default : ndarray of shape (n_clients,)
    seed : int, default=0
        Of the bootstrap of clients; a drawn client comes with all their seeds.
    """
    mean = _mean_over_seeds(metric, scores, is_default)
    everyone = np.ones((1, is_default.size))
    return Estimate.from_replicates(
        float(mean(everyone)[0]),
        np.concatenate([mean(chunk) for chunk in replicate_chunks(is_default, seed)]),
    )


def paired_difference(
    metric: Metric,
    reference: ArrayLike,
    candidate: ArrayLike,
    is_default: Outcomes,
    seed: int = 0,
) -> PairedDifference:
    """Compare two models on the same clients and the same replicates of them.

    Parameters
    ----------
    metric : Metric
        Of ``training.evaluation.metrics``.
    reference, candidate : array-like of shape (n_seeds, n_clients) or (n_clients,)
        Out-of-fold scores; the numbers of seeds may differ.
    is_default : ndarray of shape (n_clients,)
    seed : int, default=0
        Of the bootstrap of clients.
    """
    means = [
        _mean_over_seeds(metric, scores, is_default)
        for scores in (reference, candidate)
    ]
    everyone = np.ones((1, is_default.size))
    first, second = (float(mean(everyone)[0]) for mean in means)
    replicates = [
        means[1](chunk) - means[0](chunk)
        for chunk in replicate_chunks(is_default, seed)
    ]
    return PairedDifference(
        first,
        second,
        Estimate.from_replicates(second - first, np.concatenate(replicates)),
    )


def _mean_over_seeds(
    metric: Metric, scores: ArrayLike, is_default: Outcomes
) -> Callable[[Floats], Floats]:
    of_seeds = [
        metric(is_default, row)
        for row in np.atleast_2d(np.asarray(scores, dtype=np.float64))
    ]
    return lambda weights: np.mean([value(weights) for value in of_seeds], axis=0)
