"""Measures with intervals, of one model and of two on the same clients."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from training.evaluation.bootstrap import Estimate, replicate_chunks
from training.evaluation.metrics import Metric, mean_over_seeds

Outcomes = NDArray[np.bool_]


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
    mean = mean_over_seeds(metric, scores, is_default)
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
        mean_over_seeds(metric, scores, is_default) for scores in (reference, candidate)
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
