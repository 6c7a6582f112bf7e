"""Points that people read: 600 at the threshold, 40 more for odds twice as good."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring.calibration import log_odds_of
from scoring.errors import ScoringError


@dataclass(frozen=True, slots=True)
class PointsScale:
    """Linear scale on the log-odds of default; more points are safer.

    Parameters
    ----------
    threshold : float
        Probability of default that is worth ``base`` points.
    base : float, default=600
    pdo : float, default=40
        Points that double the odds of being repaid.

    References
    ----------
    N. Siddiqi, "Credit Risk Scorecards", Wiley 2006: factor = PDO / ln 2.
    """

    threshold: float
    base: float = 600.0
    pdo: float = 40.0

    def __post_init__(self) -> None:
        """Refuse a scale that cannot be drawn."""
        if not 0.0 < self.threshold < 1.0:
            raise ScoringError(
                f"The threshold must lie between 0 and 1, not {self.threshold!r}."
            )
        if not (math.isfinite(self.base) and self.pdo > 0):
            raise ScoringError("The points need a finite base and a positive PDO.")

    @property
    def factor(self) -> float:
        """Points per unit of log-odds."""
        return self.pdo / math.log(2.0)

    def from_log_odds(self, log_odds: ArrayLike) -> NDArray[np.float64]:
        """Convert log-odds of default to unrounded points."""
        distance = np.asarray(log_odds, dtype=np.float64) - log_odds_of(self.threshold)
        return self.base - self.factor * distance


@dataclass(frozen=True, slots=True)
class RatingBand:
    """One letter of the rating scale.

    Attributes
    ----------
    name : str
        A to E, A the safest.
    min_points : float or None
        Fewest points of the band; None for the last band, which has no floor.
    default_rate : float or None
        Share of defaults observed out of fold; None when the band was empty.
    share : float
        Share of the labelled clients in the band.
    confidence_interval : tuple of float or None
        95 % interval of the default rate.
    """

    name: str
    min_points: float | None
    default_rate: float | None
    share: float
    confidence_interval: tuple[float, float] | None


def rating_of(points: int, bands: Sequence[RatingBand]) -> str:
    """Return the name of the first band, safest first, that the points reach.

    Raises
    ------
    ScoringError
        If no band takes these points.
    """
    for band in bands:
        if band.min_points is None or points >= band.min_points:
            return band.name
    raise ScoringError(f"No rating band takes {points} points.")
