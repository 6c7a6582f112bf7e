"""Thresholds compared by what they cost: the bank's optimum is no F-score's.

The business threshold follows from the costs alone and was not chosen on these
clients; its rivals are the best of their kind on these very clients, which flatters
them. Each is compared with it on the same bootstrap replicates.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring import CostMatrix
from training.evaluation.bootstrap import Estimate
from training.evaluation.ranking import Confusion, RankedScores

Floats = NDArray[np.float64]

BUSINESS = "business"
EMPIRICAL = "empirical"

_RIVALS: dict[str, Callable[[Confusion], Floats]] = {
    "f1": lambda confusion: confusion.f_score(1),
    "f2": lambda confusion: confusion.f_score(2),
    "accuracy": lambda confusion: confusion.accuracy,
}


def thresholds_to_compare(ranked: RankedScores, costs: CostMatrix) -> dict[str, float]:
    """Return every named threshold.

    Returns
    -------
    dict of str to float
        ``business`` (closed form), ``empirical`` (least cost on these clients), ``f1``,
        ``f2``, ``accuracy``, ``half`` (probability 0.5) and ``everyone`` (refuses
        nobody).
    """
    confusion = ranked.confusion()
    chosen = {
        BUSINESS: costs.threshold,
        EMPIRICAL: _threshold_at(ranked, -confusion.cost(costs)),
    }
    for name, quality in _RIVALS.items():
        chosen[name] = _threshold_at(ranked, quality(confusion))
    return chosen | {"half": 0.5, "everyone": float(ranked.thresholds[-1])}


def _threshold_at(ranked: RankedScores, quality: Floats) -> float:
    return float(ranked.thresholds[int(np.argmax(quality))])


class ThresholdComparison:
    """Collect the costs of named thresholds over bootstrap replicates.

    Parameters
    ----------
    ranked : RankedScores
    costs : CostMatrix
    """

    def __init__(self, ranked: RankedScores, costs: CostMatrix) -> None:
        self._ranked = ranked
        self._costs = costs
        self._thresholds = thresholds_to_compare(ranked, costs)
        self._cuts = {name: ranked.cut_of(t) for name, t in self._thresholds.items()}
        self._replicates: dict[str, list[float]] = {name: [] for name in self._cuts}
        self._optima: list[float] = []

    def add_replicates(self, confusion: Confusion) -> None:
        """Take the confusion of further replicates, one row each."""
        cost = confusion.cost(self._costs)
        for name, cut in self._cuts.items():
            self._replicates[name] += cost[:, cut].tolist()
        optima = self._ranked.thresholds[np.argmin(cost, axis=-1)]
        self._optima += optima.tolist()

    def empirical_optimum(self) -> Estimate:
        """Return the threshold that would have cost least, with its interval."""
        return Estimate.from_replicates(self._thresholds[EMPIRICAL], self._optima)

    def business_cost(self) -> Estimate:
        """Return the cost per client at the business threshold."""
        cost = self._ranked.confusion().cost(self._costs)[self._cuts[BUSINESS]]
        return Estimate.from_replicates(cost, self._replicates[BUSINESS])

    def table(self) -> list[dict[str, Any]]:
        """Return one row per threshold: what it decides and what it costs."""
        confusion = self._ranked.confusion()
        return [self._row(name, cut, confusion) for name, cut in self._cuts.items()]

    def _row(self, name: str, cut: int, confusion: Confusion) -> dict[str, Any]:
        cost = confusion.cost(self._costs)
        refused = confusion.refused_bad[cut] + confusion.refused_good[cut]
        business = np.array(self._replicates[BUSINESS])
        extra = np.array(self._replicates[name]) - business
        business_cost = float(cost[self._cuts[BUSINESS]])
        extra_cost = float(cost[cut]) - business_cost
        return {
            "name": name,
            "threshold": self._thresholds[name],
            "cost_per_client": float(cost[cut]),
            "extra_cost": Estimate.from_replicates(extra_cost, extra).to_dict(),
            "extra_cost_share": Estimate.from_replicates(
                extra_cost / business_cost, extra / business
            ).to_dict(),
            "refused_share": float(refused / confusion.total[cut]),
            "recall": float(confusion.recall[cut]),
            "false_positive_rate": float(confusion.false_positive_rate[cut]),
            "precision": float(confusion.precision[cut]),
            "f1": float(confusion.f_score(1)[cut]),
            "f2": float(confusion.f_score(2)[cut]),
            "accuracy": float(confusion.accuracy[cut]),
        }

    def curve(self, points: int = 200) -> dict[str, list[float]]:
        """Return cost and F-score against threshold, thin enough to draw."""
        grid = np.linspace(0.0, min(0.6, float(self._ranked.distinct[-1])), points)
        cuts = np.searchsorted(self._ranked.distinct, grid, side="left")
        confusion = self._ranked.confusion()
        return {
            "threshold": grid.tolist(),
            "cost_per_client": confusion.cost(self._costs)[cuts].tolist(),
            "f1": confusion.f_score(1)[cuts].tolist(),
            "refused_share": (
                (confusion.refused_bad + confusion.refused_good)[cuts]
                / confusion.total[cuts]
            ).tolist(),
        }
