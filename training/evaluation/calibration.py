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
    outcome = is_default.astype(np.float64)
    centre = float(np.average(margins, weights=weight))
    x = margins - centre
    base_rate = float(np.average(outcome, weights=weight))
    intercept, slope = log_odds_of(base_rate), 0.0
    for _ in range(_MAX_STEPS):
        expected = probability_of(intercept + slope * x)
        residual = weight * (outcome - expected)
        information = weight * expected * (1 - expected)
        gradient = np.array([residual.sum(), residual @ x])
        cross = information @ x
        hessian = np.array([[information.sum(), cross], [cross, information @ (x * x)]])
        try:
            step = np.linalg.solve(hessian, gradient)
        except np.linalg.LinAlgError:
            break
        intercept, slope = intercept + float(step[0]), slope + float(step[1])
        if float(np.abs(step).max()) < 1e-10:
            break
    return PlattLine(slope, intercept - slope * centre)


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
    probability: Floats, is_default: NDArray[np.bool_]
) -> list[dict[str, Any]]:
    """Compare predicted and observed default rates in ten groups of equal size."""
    order = np.argsort(probability, kind="stable")
    rows = []
    for group in np.array_split(order, min(_RELIABILITY_BINS, order.size)):
        defaults = int(is_default[group].sum())
        rows.append(
            {
                "clients": int(group.size),
                "predicted": float(probability[group].mean()),
                "observed": defaults / group.size,
                "interval": wilson_interval(defaults, group.size),
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
