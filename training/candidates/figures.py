"""Figures of all candidates on the same bootstrap replicates of clients."""

from collections.abc import Callable, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from scoring import CostMatrix, log_odds_of, probability_of
from training.candidates.measurement import Measurement
from training.evaluation import metrics
from training.evaluation.bootstrap import Estimate, replicate_chunks
from training.evaluation.calibration import (
    PlattLine,
    fit_platt_line,
    fit_platt_lines,
)
from training.evaluation.metrics import Weighted
from training.evaluation.ranking import (
    RankedScores,
    area_under_curve,
    average_precision,
    kolmogorov_smirnov,
)
from training.learners import Outcomes

Floats = NDArray[np.float64]
Figures = Callable[[Floats], dict[str, Floats]]

_GROUPS = 10
# Of log-odds, below which everybody is told much the same.
_LEAST_SPREAD = 0.05
# What cannot be told from 1 in a double has no log-odds either.
_SMALLEST_PROBABILITY = 1e-12


def raw_probability(measurement: Measurement) -> Floats:
    """Return the probabilities that the candidate itself gives."""
    found = probability_of(measurement.margins)
    return np.clip(found, _SMALLEST_PROBABILITY, 1 - _SMALLEST_PROBABILITY)


def recalibrated_probability(measurement: Measurement, is_default: Outcomes) -> Floats:
    """Return probabilities by the Platt line of the other folds.

    Scores that do not tell bad from good there give everybody the mean rate.
    """
    log_odds = np.empty_like(measurement.margins)
    for number in np.unique(measurement.fold):
        here = measurement.fold == number
        margins, outcomes = measurement.margins[~here], is_default[~here]
        line = PlattLine(0.0, log_odds_of(float(outcomes.mean())))
        if margins.std() >= _LEAST_SPREAD:
            fitted = fit_platt_line(margins, outcomes)
            line = fitted if fitted.slope > 0 else line
        log_odds[here] = line.log_odds(measurement.margins[here])
    return probability_of(log_odds)


def figures_of(is_default: Outcomes, probability: Floats, costs: CostMatrix) -> Figures:
    """Prepare the columns of the table for one candidate and one seed.

    Parameters
    ----------
    is_default : ndarray of shape (n_clients,)
    probability : ndarray of shape (n_clients,)
    costs : CostMatrix

    Returns
    -------
    callable
        From weights of shape (n_replicates, n_clients) to figures by name, each of
        shape (n_replicates,).
    """
    ranked = RankedScores(is_default, probability)
    # Halfway between the scores on both sides of a cut.
    edges = np.concatenate(([0.0], ranked.distinct, [1.0]))
    cuts = (edges[:-1] + edges[1:]) / 2
    of_probabilities = {
        "brier": metrics.brier(is_default, probability),
        "log_loss": metrics.log_loss(is_default, probability),
        "cost_per_client": metrics.cost_at_threshold(costs)(is_default, probability),
        "expected_calibration_error": calibration_error(is_default, probability),
        "calibration_slope": calibration_slope(is_default, probability),
        "mean_probability": mean_probability(is_default, probability),
    }

    def figures(weights: Floats) -> dict[str, Floats]:
        confusion = ranked.confusion(weights)
        cost = confusion.cost(costs)
        return {
            "auc": area_under_curve(confusion),
            "average_precision": average_precision(confusion),
            "ks": kolmogorov_smirnov(confusion),
            "optimal_threshold": cuts[np.argmin(cost, axis=-1)],
            "least_cost": np.min(cost, axis=-1),
        } | {name: figure(weights) for name, figure in of_probabilities.items()}

    return figures


def mean_probability(is_default: Outcomes, probability: Floats) -> Weighted:
    """Return the mean prediction; right where it is the default rate."""
    return lambda weights: (weights @ probability) / weights.sum(axis=-1)


def calibration_error(is_default: Outcomes, probability: Floats) -> Weighted:
    """Mean distance of predicted and observed rates over tenths of the clients."""
    order = np.argsort(probability, kind="stable")
    groups = np.zeros((probability.size, _GROUPS))
    for number, group in enumerate(np.array_split(order, _GROUPS)):
        groups[group, number] = probability[group] - is_default[group]
    return lambda weights: np.abs(weights @ groups).sum(axis=-1) / weights.sum(axis=-1)


def calibration_slope(is_default: Outcomes, probability: Floats) -> Weighted:
    """Slope of the outcomes' log-odds on the predicted ones; 1 is right.

    Not a number where everybody is told much the same.
    """
    log_odds = np.log(probability) - np.log1p(-probability)
    if log_odds.std() < _LEAST_SPREAD:
        return lambda weights: np.full(weights.shape[:-1], np.nan)
    line = fit_platt_line(log_odds, is_default)
    return lambda weights: np.array(
        [one.slope for one in fit_platt_lines(log_odds, is_default, weights, line)]
    )


class Replicates:
    """Figures of one candidate: of all clients first, then of each replicate.

    Parameters
    ----------
    probability : sequence of ndarray of shape (n_clients,)
        One per seed; a figure is its mean over the seeds.
    is_default : ndarray of shape (n_clients,)
    costs : CostMatrix
    seed : int
        Of the bootstrap: the same replicates for the same seed.
    """

    def __init__(
        self,
        probability: Sequence[Floats],
        is_default: Outcomes,
        costs: CostMatrix,
        seed: int = 0,
    ) -> None:
        prepared = [figures_of(is_default, one, costs) for one in probability]
        everyone = np.ones((1, is_default.size))
        chunks = [
            _means([figures(weights) for figures in prepared])
            for weights in chain([everyone], replicate_chunks(is_default, seed))
        ]
        self._values = {
            name: np.concatenate([chunk[name] for chunk in chunks])
            for name in chunks[0]
        }

    def estimates(self) -> dict[str, dict[str, float] | None]:
        """Return each figure with its interval."""
        return {name: _estimate(values) for name, values in self._values.items()}

    def less(self, reference: "Replicates") -> dict[str, dict[str, float] | None]:
        """Return each figure less the reference's, with the paired interval."""
        return {
            name: _estimate(values - reference._values[name])
            for name, values in self._values.items()
        }


def _means(of_seeds: Sequence[dict[str, Floats]]) -> dict[str, Floats]:
    return {
        name: np.mean([figures[name] for figures in of_seeds], axis=0)
        for name in of_seeds[0]
    }


def _estimate(values: Floats) -> dict[str, float] | None:
    if np.isnan(values[0]):
        return None
    return Estimate.from_replicates(float(values[0]), values[1:]).to_dict()
