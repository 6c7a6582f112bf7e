"""Ways to turn margins into probabilities, each fitted to other clients' outcomes.

References
----------
J. Platt, "Probabilistic outputs for support vector machines", 1999.
B. Zadrozny and C. Elkan, "Transforming classifier scores into accurate multiclass
probability estimates", KDD 2002 (isotonic).
M. Kull, T. Silva Filho and P. Flach, "Beta calibration", AISTATS 2017.
V. Vovk and I. Petej, "Venn-Abers predictors", UAI 2014.
"""

import warnings
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from scoring import probability_of
from training.evaluation.calibration import fit_calibration

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Calibrated = Callable[[Floats], Floats]

# Beyond so many clients Venn-Abers looks at probabilities rounded to so many digits.
_FEW, _ROUNDED_TO = 20_000, 4
_PENALTY, _MAX_STEPS = 1e-6, 50


def uncalibrated(margins: Floats, is_default: Flags) -> Calibrated:
    """Take the margin for the log-odds that it is meant to be."""
    return probability_of


def platt(margins: Floats, is_default: Flags) -> Calibrated:
    """Fit a straight line from margins to log-odds."""
    line = fit_calibration(margins, is_default)
    return lambda values: probability_of(line.log_odds(values))


def isotonic(margins: Floats, is_default: Flags) -> Calibrated:
    """Fit the best function that never decreases."""
    from sklearn.isotonic import IsotonicRegression

    steps = IsotonicRegression(out_of_bounds="clip").fit(margins, is_default)
    return lambda values: _no_certainty(steps.predict(values), margins.size)


def beta(margins: Floats, is_default: Flags) -> Calibrated:
    """Fit log-odds ``a ln p - b ln(1 - p) + c`` with ``a`` and ``b`` not negative."""
    columns = _beta_columns(margins)
    kept = [True, True, True]
    coefficients = _logistic(columns, is_default)
    # A slope below 0 is taken out, as the authors do; both never are.
    for slope in (0, 1):
        if coefficients[slope] < 0:
            kept[slope] = False
            coefficients = np.zeros(3)
            coefficients[kept] = _logistic(columns[:, kept], is_default)
    return lambda values: probability_of(_beta_columns(values) @ coefficients)


def venn_abers(margins: Floats, is_default: Flags) -> Calibrated:
    """Merge the two isotonic fits that each client would make as bad and as good."""
    from venn_abers.venn_abers import VennAbers

    model = VennAbers()
    with warnings.catch_warnings():
        # Its slopes from a point to itself are 0 / 0, which it knows and skips.
        warnings.simplefilter("ignore", RuntimeWarning)
        model.fit(
            _two_columns(margins),
            is_default.astype(int),
            precision=_ROUNDED_TO if margins.size > _FEW else None,
        )

    def calibrated(values: Floats) -> Floats:
        probability, _ = model.predict_proba(_two_columns(values))
        return _no_certainty(np.asarray(probability)[:, 1], margins.size)

    return calibrated


METHODS: dict[str, Callable[[Floats, Flags], Calibrated]] = {
    "none": uncalibrated,
    "platt": platt,
    "isotonic": isotonic,
    "beta": beta,
    "venn_abers": venn_abers,
}


def cross_calibrated(
    method: str, margins: Floats, is_default: Flags, fold: NDArray[np.intp]
) -> Floats:
    """Calibrate each fold by a fit to the other folds.

    Parameters
    ----------
    method : str
        A key of ``METHODS``.
    margins, is_default, fold : ndarray of shape (n_clients,)

    Returns
    -------
    ndarray of shape (n_clients,)
        Probabilities.
    """
    probability = np.empty_like(margins)
    for number in np.unique(fold):
        held_out = fold == number
        fitted = METHODS[method](margins[~held_out], is_default[~held_out])
        probability[held_out] = fitted(margins[held_out])
    return probability


def _no_certainty(probability: Floats, clients: int) -> Floats:
    """Keep steps off 0 and 1: so many clients cannot show more than this (Laplace)."""
    least = 1 / (clients + 2)
    return np.clip(np.asarray(probability, np.float64), least, 1 - least)


def _beta_columns(margins: Floats) -> Floats:
    # ln p and -ln(1 - p) of p = 1 / (1 + exp(-margin)), without overflow.
    return np.stack(
        (-np.logaddexp(0, -margins), np.logaddexp(0, margins), np.ones_like(margins)),
        axis=1,
    )


def _logistic(columns: Floats, is_default: Flags) -> Floats:
    """Fit logistic regression by Newton's steps, barely penalised to be solvable."""
    coefficients = np.zeros(columns.shape[1])
    penalty = np.diag(np.full(columns.shape[1], _PENALTY))
    for _ in range(_MAX_STEPS):
        expected = probability_of(columns @ coefficients)
        gradient = columns.T @ (is_default - expected) - penalty @ coefficients
        certainty = expected * (1 - expected)
        hessian = (columns * certainty[:, None]).T @ columns + penalty
        step = np.linalg.solve(hessian, gradient)
        coefficients += step
        if float(np.abs(step).max()) < 1e-9:
            break
    return coefficients


def _two_columns(margins: Floats) -> Floats:
    probability = probability_of(margins)
    return np.stack((1 - probability, probability), axis=1)
