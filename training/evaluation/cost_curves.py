"""Cost against threshold, and where it is least, over bootstrap replicates."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from scoring import ClientCosts, cost_curve
from training.evaluation.bootstrap import Estimate
from training.evaluation.resampling import estimate
from training.evaluation.scored import Scored

Floats = NDArray[np.float64]

_LAST_DRAWN = 0.75
# Replicates look for their cheapest threshold among as many quantiles of the scores.
_CANDIDATES = 500


@dataclass(frozen=True)
class ResampledCurve:
    """Mean cost per client at some thresholds, and the cheapest threshold.

    Attributes
    ----------
    thresholds : ndarray of shape (n_points,)
    cost : ndarray of shape (1 + n_replicates, n_points)
    optimum : Estimate
        Of all thresholds; seeds taken together.
    least_cost : float
    """

    thresholds: Floats
    cost: Floats
    optimum: Estimate
    least_cost: float

    def to_dict(self) -> dict[str, list[float]]:
        """Return the curve and its pointwise 95 % interval."""
        low, high = np.percentile(self.cost[1:], [2.5, 97.5], axis=0)
        return {
            "threshold": self.thresholds.tolist(),
            "value": self.cost[0].tolist(),
            "low": low.tolist(),
            "high": high.tolist(),
        }


def resampled_curve(
    scored: Scored, costs: ClientCosts, points: int = 121
) -> ResampledCurve:
    """Compute the cost at many thresholds, for the data and for every replicate.

    Parameters
    ----------
    scored : Scored
    costs : ClientCosts
    points : int, default=121
        Thresholds of the curve that is drawn, evenly from 0.
    """
    seeds = len(scored.probability)
    exact = cost_curve(
        np.tile(scored.is_default, seeds),
        scored.probability.ravel(),
        np.tile(costs.refusal, seeds),
        np.tile(costs.default, seeds),
    )
    threshold, least_cost = exact.optimum
    grid = np.linspace(0.0, min(_LAST_DRAWN, float(scored.probability.max())), points)
    candidates = np.unique(
        np.quantile(scored.probability, np.linspace(0, 1, _CANDIDATES))
    )
    found = candidates[_costs_at(scored, costs, candidates).argmin(axis=1)]
    return ResampledCurve(
        thresholds=grid,
        cost=_costs_at(scored, costs, grid),
        optimum=estimate(np.concatenate(([threshold], found[1:]))),
        least_cost=least_cost,
    )


def _costs_at(scored: Scored, costs: ClientCosts, thresholds: Floats) -> Floats:
    """Return the mean cost of each replicate at increasing thresholds."""
    seeds, clients = scored.probability.shape
    # The first threshold at which a client is granted; none for the riskiest.
    granted_from = np.searchsorted(thresholds, scored.probability, side="right")
    # What granting a client instead of refusing changes.
    change = np.where(scored.is_default, costs.default, -costs.refusal) / seeds
    table = csr_array(
        (
            np.tile(change, seeds),
            (np.tile(np.arange(clients), seeds), granted_from.ravel()),
        ),
        shape=(clients, thresholds.size + 1),
    )
    refusing_all = np.where(scored.is_default, 0.0, costs.refusal)
    rows = [
        np.cumsum(weights @ table, axis=1)[:, :-1] + (weights @ refusing_all)[:, None]
        for weights in scored.replicates.batches()
    ]
    return np.asarray(np.concatenate(rows) / clients)
