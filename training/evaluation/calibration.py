"""Platt's line on out-of-fold margins, and how far its probabilities can be believed.

References
----------
J. Platt, "Probabilistic outputs for support vector machines", 1999.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring import Calibrator, log_odds_of, probability_of
from training.errors import EvaluationError
from training.evaluation.bootstrap import wilson_interval

Floats = NDArray[np.float64]

_MAX_STEPS = 50
# Newton's error after a step is of the order of the step's square.
_SMALLEST_STEP = 1e-7
_RELIABILITY_BINS = 10
_KNOT_QUANTILES = (0.01, 0.99)


@dataclass(frozen=True, slots=True)
class PlattLine:
    """Log-odds of default as a straight line of the margin."""

    slope: float
    intercept: float

    def log_odds(self, margins: Floats) -> Floats:
        """Map margins to log-odds."""
        return self.slope * margins + self.intercept

    def margin_of(self, probability: float) -> float:
        """Return the margin that stands for a probability."""
        return (log_odds_of(probability) - self.intercept) / self.slope


def fit_platt_line(
    margins: Floats, is_default: NDArray[np.bool_], weights: Floats | None = None
) -> PlattLine:
    """Fit the line by maximum likelihood, with Newton's steps.

    The slope is not positive where the margins do not tell bad from good.

    Parameters
    ----------
    margins : ndarray of shape (n_clients,)
        Out of fold.
    is_default : ndarray of shape (n_clients,)
    weights : ndarray of shape (n_clients,), optional
    """
    weight = np.ones_like(margins) if weights is None else weights
    base_rate = float(np.average(is_default, weights=weight))
    start = PlattLine(0.0, log_odds_of(base_rate))
    return fit_platt_lines(margins, is_default, weight[np.newaxis], start)[0]


def fit_platt_lines(
    margins: Floats, is_default: NDArray[np.bool_], weights: Floats, start: PlattLine
) -> list[PlattLine]:
    """Fit one line per row of weights, all at once.

    Parameters
    ----------
    margins, is_default : ndarray of shape (n_clients,)
    weights : ndarray of shape (n_lines, n_clients)
    start : PlattLine
        Where Newton's steps begin; near the lines they are few.
    """
    centre = float(margins.mean())
    x = margins - centre
    powers = np.stack((np.ones_like(x), x, x * x), axis=1)
    slope = np.full(len(weights), start.slope)
    intercept = np.full(len(weights), start.intercept + start.slope * centre)
    moving = np.arange(len(weights))
    # All begin at one line, so that the first step is one product of matrices.
    expected = probability_of(intercept[0] + slope[0] * x)
    gradient = weights @ ((is_default - expected)[:, np.newaxis] * powers[:, :2])
    curvature = weights @ ((expected * (1 - expected))[:, np.newaxis] * powers)
    for _ in range(_MAX_STEPS):
        up, turn = _newton_step(gradient, curvature)
        intercept[moving] += up
        slope[moving] += turn
        moving = moving[np.maximum(np.abs(up), np.abs(turn)) >= _SMALLEST_STEP]
        if moving.size == 0:
            break
        expected = probability_of(
            intercept[moving, np.newaxis] + slope[moving, np.newaxis] * x
        )
        weight = weights[moving]
        gradient = (weight * (is_default - expected)) @ powers[:, :2]
        curvature = (weight * expected * (1 - expected)) @ powers
    return [
        PlattLine(float(s), float(i - s * centre))
        for s, i in zip(slope, intercept, strict=True)
    ]


def _newton_step(gradient: Floats, curvature: Floats) -> tuple[Floats, Floats]:
    """Return the steps of intercepts and slopes, none where nothing can be told."""
    a, b, c = curvature.T
    determinant = a * c - b * b
    solvable = determinant > np.finfo(float).tiny
    divisor = np.where(solvable, determinant, np.inf)
    up = (c * gradient[:, 0] - b * gradient[:, 1]) / divisor
    turn = (a * gradient[:, 1] - b * gradient[:, 0]) / divisor
    return up, turn


def fit_calibration(margins: Floats, is_default: NDArray[np.bool_]) -> PlattLine:
    """Fit the line that a model is to be calibrated with.

    Raises
    ------
    EvaluationError
        If the slope is not positive: the scores do not tell bad from good.
    """
    line = fit_platt_line(margins, is_default)
    if not line.slope > 0:
        raise EvaluationError(
            "The out-of-fold scores do not tell clients who default from others "
            f"(calibration slope {line.slope:.3f}): nothing can be calibrated on "
            "them. Are there too few clients, or features without information?"
        )
    return line


def calibrator_of(line: PlattLine, margins: Floats) -> Calibrator:
    """Write the line as two knots at the ends of the margins that occur."""
    low, high = np.quantile(margins, _KNOT_QUANTILES)
    return Calibrator.line(
        line.slope, line.intercept, between=(float(low), float(high))
    )


def cross_fitted_log_odds(
    margins: Floats, is_default: NDArray[np.bool_], fold: NDArray[np.intp]
) -> Floats:
    """Calibrate each fold with the line of the other folds.

    Returns
    -------
    ndarray of shape (n_clients,)
        Log-odds to whose calibration the client's own fold has not contributed.
    """
    log_odds = np.empty_like(margins)
    for number in np.unique(fold):
        held_out = fold == number
        line = fit_calibration(margins[~held_out], is_default[~held_out])
        log_odds[held_out] = line.log_odds(margins[held_out])
    return log_odds


def reliability(
    probability: Floats, is_default: NDArray[np.bool_], repeats: int = 1
) -> list[dict[str, Any]]:
    """Compare predicted and observed default rates in ten groups of equal size.

    Parameters
    ----------
    probability, is_default : ndarray of shape (n_rows,)
    repeats : int, default=1
        How many rows are of one client: counts and intervals are those of clients.
    """
    order = np.argsort(probability, kind="stable")
    rows = []
    for group in np.array_split(order, min(_RELIABILITY_BINS, order.size)):
        defaults = int(is_default[group].sum())
        rows.append(
            {
                "clients": group.size / repeats,
                "predicted": float(probability[group].mean()),
                "observed": defaults / group.size,
                "interval": wilson_interval(defaults / repeats, group.size / repeats),
            }
        )
    return rows


def expected_calibration_error(groups: list[dict[str, Any]]) -> float:
    """Return the mean distance between predicted and observed rates."""
    clients = sum(group["clients"] for group in groups)
    distances = (
        group["clients"] * abs(group["predicted"] - group["observed"])
        for group in groups
    )
    return float(sum(distances) / clients)
