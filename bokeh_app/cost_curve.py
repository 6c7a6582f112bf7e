"""What each threshold would have cost, from counts of good and bad clients."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bokeh_app.sources.scoring_client import Outcomes

Floats = NDArray[np.float64]

HIGHEST_THRESHOLD = 0.5


@dataclass(frozen=True)
class Consequences:
    """What refusing from one threshold on leads to.

    Attributes
    ----------
    threshold : float
        Probability of default.
    granted_share : float
        Of all clients.
    default_share : float or None
        Of the clients granted; None where nobody is.
    refused_good_share : float
        Of the clients who pay.
    cost : float
        Per client, a refused good client being 1.
    money : float or None
        Lost per 1,000 clients, in the currency of the credits; None if not known.
    """

    threshold: float
    granted_share: float
    default_share: float | None
    refused_good_share: float
    cost: float
    money: float | None


@dataclass(frozen=True)
class CostCurve:
    """Costs by threshold for one ratio of a default to a refused good client.

    Attributes
    ----------
    thresholds, costs : ndarray of shape (n_thresholds,)
    """

    ratio: float
    thresholds: Floats
    costs: Floats
    _granted: Floats
    _defaults: Floats
    _refused_good: Floats
    _money: Floats | None
    _good: float
    _clients: float

    @classmethod
    def of(cls, outcomes: Outcomes, ratio: float) -> CostCurve:
        """Compute the cost of every edge of the bins as a threshold."""
        good, bad = np.array(outcomes.good), np.array(outcomes.bad)
        kept = np.array(outcomes.edges) <= HIGHEST_THRESHOLD
        granted_bad = _before(bad)[kept]
        refused_good = _from(good)[kept]
        clients = float(good.sum() + bad.sum())
        money = None
        if outcomes.lost_margin is not None and outcomes.lost_credit is not None:
            lost = _from(np.array(outcomes.lost_margin)) + _before(
                np.array(outcomes.lost_credit)
            )
            money = lost[kept]
        return cls(
            ratio=ratio,
            thresholds=np.array(outcomes.edges)[kept],
            costs=(refused_good + ratio * granted_bad) / clients,
            _granted=(_before(good) + _before(bad))[kept],
            _defaults=granted_bad,
            _refused_good=refused_good,
            _money=money,
            _good=float(good.sum()),
            _clients=clients,
        )

    @property
    def closed_form(self) -> float:
        """The cheapest threshold on calibrated probabilities."""
        return 1 / (1 + self.ratio)

    def nearest(self, threshold: float) -> int:
        """Return the place of the threshold that lies nearest."""
        return int(np.abs(self.thresholds - threshold).argmin())

    def at(self, place: int) -> Consequences:
        """Tell what one threshold leads to."""
        granted = float(self._granted[place])
        return Consequences(
            threshold=float(self.thresholds[place]),
            granted_share=granted / self._clients,
            default_share=float(self._defaults[place]) / granted if granted else None,
            refused_good_share=float(self._refused_good[place]) / self._good,
            cost=float(self.costs[place]),
            money=None
            if self._money is None
            else 1000 * float(self._money[place]) / self._clients,
        )


def _before(counts: Floats) -> Floats:
    """Sum, at each edge, the bins below it."""
    return np.concatenate(([0.0], np.cumsum(counts)))


def _from(counts: Floats) -> Floats:
    """Sum, at each edge, the bins from it on."""
    return np.asarray(counts.sum() - _before(counts))
