"""What wrong decisions cost, and the threshold at which they cost least.

A false positive is a good client who is refused: the bank loses a margin. A false
negative is a client who is granted and defaults: the bank loses a loan. A client is
refused when the probability of default is **at or above** the threshold.

References
----------
C. Elkan, "The Foundations of Cost-Sensitive Learning", IJCAI 2001: with calibrated
probabilities the cheapest threshold depends on the costs alone.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring.errors import ScoringError


@dataclass(frozen=True, slots=True)
class CostCurve:
    """Cost per client of every distinct set of refusals that a threshold can make.

    Attributes
    ----------
    thresholds : ndarray of shape (n_cuts,)
        Increasing; the last one, above every probability, refuses nobody.
    costs : ndarray of shape (n_cuts,)
        Mean cost per client when everyone at or above the threshold is refused.
    """

    thresholds: NDArray[np.float64]
    costs: NDArray[np.float64]

    @property
    def optimum(self) -> tuple[float, float]:
        """Return the cheapest threshold and its cost; the lowest one among equals."""
        cheapest = int(np.argmin(self.costs))
        return float(self.thresholds[cheapest]), float(self.costs[cheapest])


def cost_curve(
    is_default: ArrayLike,
    probability: ArrayLike,
    refusal_cost: ArrayLike,
    default_cost: ArrayLike,
) -> CostCurve:
    """Compute the mean cost at every threshold that changes a decision.

    Parameters
    ----------
    is_default : array-like of shape (n_clients,)
        True for the clients who defaulted.
    probability : array-like of shape (n_clients,)
        Probability of default.
    refusal_cost, default_cost : float or array-like of shape (n_clients,)
        Cost of refusing a good client and of granting a bad one; one figure for all
        clients or one per client.

    Returns
    -------
    CostCurve
        Thresholds lie halfway between neighbouring probabilities.

    Raises
    ------
    ScoringError
        If there is no client.
    """
    outcome = np.asarray(is_default, dtype=bool)
    score = np.asarray(probability, dtype=np.float64)
    if outcome.size == 0:
        raise ScoringError("A cost curve needs at least one client.")
    refusing = np.where(outcome, 0.0, np.broadcast_to(refusal_cost, outcome.shape))
    granting = np.where(outcome, np.broadcast_to(default_cost, outcome.shape), 0.0)
    order = np.argsort(score, kind="stable")
    score, refusing, granting = score[order], refusing[order], granting[order]
    granted_below = np.concatenate(([0.0], np.cumsum(granting)))
    refused_above = np.concatenate((np.cumsum(refusing[::-1])[::-1], [0.0]))
    first_of_value = np.flatnonzero(np.concatenate(([True], np.diff(score) > 0)))
    cuts = np.concatenate((first_of_value, [outcome.size]))
    return CostCurve(
        thresholds=_halfway_thresholds(score[first_of_value]),
        costs=(granted_below + refused_above)[cuts] / outcome.size,
    )


def _halfway_thresholds(distinct: NDArray[np.float64]) -> NDArray[np.float64]:
    between = (distinct[:-1] + distinct[1:]) / 2
    # Halfway between two neighbouring floats rounds to one of them; it must not fall
    # on the lower one, who would then be refused too.
    between = np.where(between > distinct[:-1], between, distinct[1:])
    above_all = np.nextafter(distinct[-1], np.inf)
    return np.concatenate(([distinct[0]], between, [above_all]))


@dataclass(frozen=True, slots=True)
class CostMatrix:
    """Constant costs of the two errors, in any unit; right decisions cost nothing.

    Parameters
    ----------
    false_positive_cost : float, default=1.0
        Cost of refusing a client who would have paid.
    false_negative_cost : float, default=10.0
        Cost of granting a client who defaults.

    Raises
    ------
    ScoringError
        If a cost is not a positive finite number.
    """

    false_positive_cost: float = 1.0
    false_negative_cost: float = 10.0

    def __post_init__(self) -> None:
        """Refuse costs that are not positive."""
        for name in ("false_positive_cost", "false_negative_cost"):
            value = getattr(self, name)
            if not (np.isfinite(value) and value > 0):
                raise ScoringError(f"{name} must be a positive number, not {value!r}.")

    @property
    def threshold(self) -> float:
        """Return the cheapest threshold on calibrated probabilities."""
        total = self.false_positive_cost + self.false_negative_cost
        return self.false_positive_cost / total

    def expected_cost(
        self, is_default: ArrayLike, probability: ArrayLike, threshold: float
    ) -> float:
        """Compute the mean cost per client of refusing at or above ``threshold``.

        Parameters
        ----------
        is_default : array-like of shape (n_clients,)
        probability : array-like of shape (n_clients,)
        threshold : float

        Returns
        -------
        float
            In the unit of the costs, per client.
        """
        outcome = np.asarray(is_default, dtype=bool)
        is_refused = np.asarray(probability, dtype=np.float64) >= threshold
        false_positives = np.count_nonzero(is_refused & ~outcome)
        false_negatives = np.count_nonzero(~is_refused & outcome)
        total = (
            self.false_positive_cost * false_positives
            + self.false_negative_cost * false_negatives
        )
        return float(total / outcome.size)

    def curve(self, is_default: ArrayLike, probability: ArrayLike) -> CostCurve:
        """Compute the mean cost per client at every useful threshold."""
        return cost_curve(
            is_default, probability, self.false_positive_cost, self.false_negative_cost
        )

    def empirical_optimum(
        self, is_default: ArrayLike, probability: ArrayLike
    ) -> tuple[float, float]:
        """Return the threshold that would have cost least, and its cost per client."""
        return self.curve(is_default, probability).optimum
