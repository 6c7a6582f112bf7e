"""Sorted scores, so that hundreds of bootstrap replicates need no further sorting."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring import CostMatrix

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Confusion:
    """Weighted counts at every cut; everyone from the cut upwards is refused.

    Attributes
    ----------
    refused_bad, refused_good, granted_bad, granted_good : ndarray
        Of shape (..., n_cuts), one row per row of weights:
        true positives, false positives, false negatives, true negatives.
    """

    refused_bad: Floats
    refused_good: Floats
    granted_bad: Floats
    granted_good: Floats

    @property
    def total(self) -> Floats:
        """Weight of all clients, at every cut."""
        return (
            self.refused_bad + self.refused_good + self.granted_bad + self.granted_good
        )

    @property
    def recall(self) -> Floats:
        """Share of the defaulters who are refused."""
        return self.refused_bad / (self.refused_bad + self.granted_bad)

    @property
    def false_positive_rate(self) -> Floats:
        """Share of the good clients who are refused."""
        return self.refused_good / (self.refused_good + self.granted_good)

    @property
    def precision(self) -> Floats:
        """Share of defaulters among the refused; 0 where nobody is refused."""
        refused = self.refused_bad + self.refused_good
        return np.divide(
            self.refused_bad, refused, out=np.zeros_like(refused), where=refused > 0
        )

    @property
    def accuracy(self) -> Floats:
        """Share of right decisions."""
        return (self.refused_bad + self.granted_good) / self.total

    def f_score(self, beta: float) -> Floats:
        """Weigh recall ``beta`` times as much as precision."""
        weight = beta**2
        return ((1 + weight) * self.refused_bad) / (
            (1 + weight) * self.refused_bad
            + weight * self.granted_bad
            + self.refused_good
        )

    def cost(self, costs: CostMatrix) -> Floats:
        """Mean cost per client."""
        return (
            costs.false_positive_cost * self.refused_good
            + costs.false_negative_cost * self.granted_bad
        ) / self.total


class RankedScores:
    """Outcomes in the order of their scores; ties are kept together.

    Parameters
    ----------
    is_default : array-like of shape (n_clients,)
    probability : array-like of shape (n_clients,)
        Higher for riskier.
    """

    def __init__(self, is_default: ArrayLike, probability: ArrayLike) -> None:
        outcome = np.asarray(is_default, dtype=np.float64)
        score = np.asarray(probability, dtype=np.float64)
        self._order = np.argsort(score, kind="stable")
        ordered = score[self._order]
        self._is_bad = outcome[self._order]
        self._starts = np.flatnonzero(np.concatenate(([True], np.diff(ordered) > 0)))
        self.distinct = ordered[self._starts]
        self._outcome, self._score = outcome, score

    @cached_property
    def thresholds(self) -> Floats:
        """Thresholds that make every distinct set of refusals, increasing."""
        return CostMatrix().curve(self._outcome, self._score).thresholds

    def confusion(self, weights: ArrayLike | None = None) -> Confusion:
        """Count outcomes on both sides of every cut.

        Parameters
        ----------
        weights : array-like of shape (..., n_clients), optional
            In the original order of the clients; 1 each when absent.

        Returns
        -------
        Confusion
            One cut below each distinct score and one above all: as many as
            ``thresholds``.
        """
        bad, good = self._by_score(weights)
        granted_bad, granted_good = _cumulated(bad), _cumulated(good)
        return Confusion(
            refused_bad=granted_bad[..., -1:] - granted_bad,
            refused_good=granted_good[..., -1:] - granted_good,
            granted_bad=granted_bad,
            granted_good=granted_good,
        )

    def cut_of(self, threshold: float) -> int:
        """Return the cut at which everyone at or above the threshold is refused."""
        return int(np.searchsorted(self.distinct, threshold, side="left"))

    def _by_score(self, weights: ArrayLike | None) -> tuple[Floats, Floats]:
        if weights is None:
            weight = np.ones_like(self._is_bad)
        else:
            weight = np.asarray(weights, dtype=np.float64)[..., self._order]
        bad = weight * self._is_bad
        good = weight - bad
        if self._starts.size == self._is_bad.size:
            return bad, good
        return (
            np.add.reduceat(bad, self._starts, axis=-1),
            np.add.reduceat(good, self._starts, axis=-1),
        )


def _cumulated(counts: Floats) -> Floats:
    cumulated = np.zeros((*counts.shape[:-1], counts.shape[-1] + 1))
    np.cumsum(counts, axis=-1, out=cumulated[..., 1:])
    return cumulated


def area_under_curve(confusion: Confusion) -> Floats:
    """Return the AUC: how often a defaulter scores above a good client."""
    area = np.trapezoid(confusion.recall, confusion.false_positive_rate, axis=-1)
    return -np.asarray(area)


def kolmogorov_smirnov(confusion: Confusion) -> Floats:
    """Return the largest distance between the two groups' distributions."""
    distance = np.abs(confusion.recall - confusion.false_positive_rate)
    return np.asarray(distance.max(axis=-1))


def average_precision(confusion: Confusion) -> Floats:
    """Return the precision averaged over the recall gained at each cut."""
    gained = -np.diff(confusion.recall, axis=-1)
    return np.asarray((gained * confusion.precision[..., :-1]).sum(axis=-1))
