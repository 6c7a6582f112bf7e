"""From the booster's margin to calibrated log-odds of default.

The map is monotone and piecewise linear, given by knots; beyond the end knots it goes
on in the direction of the nearest segment. Two knots are a straight line, which is
Platt's method; more knots hold an isotonic or any other monotone calibration.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring.errors import ScoringError


def log_odds_of(probability: float) -> float:
    """Return the log-odds of a probability strictly between 0 and 1."""
    return float(np.log(probability / (1.0 - probability)))


def probability_of(log_odds: ArrayLike) -> NDArray[np.float64]:
    """Return the probabilities that belong to log-odds, without overflow."""
    values = np.asarray(log_odds, dtype=np.float64)
    small = np.exp(-np.abs(values))
    return np.where(values >= 0, 1.0, small) / (1.0 + small)


@dataclass(frozen=True)
class Calibrator:
    """Monotone piecewise-linear map of margins to log-odds of default.

    Parameters
    ----------
    knots : tuple of (margin, log_odds)
        At least two; margins strictly increasing, log-odds never decreasing.

    Raises
    ------
    ScoringError
        If the knots are too few, not finite or not monotone.
    """

    knots: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        """Refuse knots that make no monotone map."""
        margins, log_odds = self._columns
        if len(self.knots) < 2:
            raise ScoringError("A calibrator needs at least two knots.")
        if not (np.isfinite(margins).all() and np.isfinite(log_odds).all()):
            raise ScoringError("The calibrator's knots must be finite numbers.")
        if (np.diff(margins) <= 0).any() or (np.diff(log_odds) < 0).any():
            raise ScoringError(
                "The calibrator must be monotone: margins strictly increasing and "
                "log-odds never decreasing from knot to knot."
            )

    @classmethod
    def line(
        cls, slope: float, intercept: float, *, between: tuple[float, float]
    ) -> "Calibrator":
        """Build Platt's line ``slope * margin + intercept`` from two knots.

        Parameters
        ----------
        slope, intercept : float
        between : tuple of float
            The two margins at which the knots are put.
        """
        return cls.from_knots((x, slope * x + intercept) for x in between)

    @classmethod
    def from_knots(cls, knots: Iterable[tuple[float, float]]) -> "Calibrator":
        """Build a calibrator from any iterable of (margin, log-odds)."""
        return cls(tuple((float(x), float(y)) for x, y in knots))

    @cached_property
    def _columns(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        table = np.array(self.knots, dtype=np.float64).reshape(-1, 2)
        return table[:, 0], table[:, 1]

    @cached_property
    def _slopes(self) -> NDArray[np.float64]:
        margins, log_odds = self._columns
        return np.diff(log_odds) / np.diff(margins)

    @property
    def is_linear(self) -> bool:
        """Whether the map is one straight line."""
        return len(self.knots) == 2

    def log_odds(self, margins: ArrayLike) -> NDArray[np.float64]:
        """Map margins to calibrated log-odds, element by element."""
        x = np.asarray(margins, dtype=np.float64)
        knot_margins, knot_log_odds = self._columns
        segment = self._segment(x)
        return knot_log_odds[segment] + self._slopes[segment] * (
            x - knot_margins[segment]
        )

    def probability(self, margins: ArrayLike) -> NDArray[np.float64]:
        """Map margins to calibrated probabilities, element by element."""
        return probability_of(self.log_odds(margins))

    def slope_between(self, start: float, end: float) -> float:
        """Return the mean slope of the map between two margins.

        It is the slope of the line where the map is a line; of the segment itself
        when both margins are the same.
        """
        if self.is_linear or start == end:
            return float(self._slopes[self._segment(np.asarray(start))])
        rise = self.log_odds([start, end])
        return float((rise[1] - rise[0]) / (end - start))

    def _segment(self, margins: NDArray[np.float64]) -> NDArray[np.intp]:
        inner_knots = self._columns[0][1:-1]
        return np.searchsorted(inner_knots, margins, side="right")
