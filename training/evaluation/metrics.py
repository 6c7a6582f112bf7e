"""Measures of a model, prepared once and then taken over many draws of clients.

A metric is given outcomes and scores and returns a function of weights: of shape
``(n_replicates, n_clients)``, how often each client was drawn, to ``(n_replicates,)``
values. What does not depend on the draw, such as the order of the scores, is computed
once.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring import ClientCosts, CostMatrix
from training.evaluation.ranking import (
    Confusion,
    RankedScores,
    area_under_curve,
    average_precision,
    kolmogorov_smirnov,
)

Floats = NDArray[np.float64]
Weighted = Callable[[Floats], Floats]
Metric = Callable[[NDArray[np.bool_], Floats], Weighted]


def auc(is_default: NDArray[np.bool_], score: Floats) -> Weighted:
    """How often a defaulter scores above a good client."""
    return _of_ranks(area_under_curve, is_default, score)


def ks(is_default: NDArray[np.bool_], score: Floats) -> Weighted:
    """Largest distance between the distributions of good and bad clients."""
    return _of_ranks(kolmogorov_smirnov, is_default, score)


def precision(is_default: NDArray[np.bool_], score: Floats) -> Weighted:
    """Average precision over the recall gained at each cut."""
    return _of_ranks(average_precision, is_default, score)


def brier(is_default: NDArray[np.bool_], probability: Floats) -> Weighted:
    """Mean squared distance of probabilities from outcomes."""
    return _mean_of((probability - is_default) ** 2)


def log_loss(is_default: NDArray[np.bool_], probability: Floats) -> Weighted:
    """Mean surprise at the outcomes."""
    return _mean_of(-np.log(np.where(is_default, probability, 1 - probability)))


def cost_at_threshold(costs: CostMatrix) -> Metric:
    """Return the metric of the cost per client at the threshold of these costs."""

    def cost(is_default: NDArray[np.bool_], probability: Floats) -> Weighted:
        of_clients = ClientCosts.constant(costs, is_default.size)
        is_refused = probability >= costs.threshold
        return _mean_of(of_clients.of_decisions(is_default, is_refused))

    return cost


def mean_over_seeds(
    metric: Metric, scores: ArrayLike, is_default: NDArray[np.bool_]
) -> Weighted:
    """Prepare the mean of a metric over the seeds of one model.

    Parameters
    ----------
    metric : Metric
    scores : array-like of shape (n_seeds, n_clients) or (n_clients,)
    is_default : ndarray of shape (n_clients,)
    """
    of_seeds = [
        metric(is_default, row)
        for row in np.atleast_2d(np.asarray(scores, dtype=np.float64))
    ]
    return lambda weights: np.mean([value(weights) for value in of_seeds], axis=0)


def _mean_of(loss: Floats) -> Weighted:
    return lambda weights: (weights @ loss) / weights.sum(axis=-1)


def _of_ranks(
    measure: Callable[[Confusion], Floats],
    is_default: NDArray[np.bool_],
    score: Floats,
) -> Weighted:
    ranked = RankedScores(is_default, score)
    return lambda weights: measure(ranked.confusion(weights))
