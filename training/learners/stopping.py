"""When to stop where weights or under-sampling have moved the level of the margins."""

import lightgbm
import numpy as np
from numpy.typing import NDArray

from scoring import log_odds_of, probability_of

Floats = NDArray[np.float64]

_STEPS = 8
_EDGE = 1e-12


def levelled_log_loss(
    predicted: Floats, dataset: lightgbm.Dataset
) -> tuple[str, float, bool]:
    """Return the log loss after the one shift of all log-odds that lowers it most.

    Weights and under-sampling move all predictions to another base rate, which
    calibration undoes afterwards. The plain log loss would see that shift alone and
    stop at the wrong number of trees.

    Parameters
    ----------
    predicted : ndarray of shape (n_rows,)
        Probabilities, as LightGBM gives them to a metric.
    dataset : lightgbm.Dataset
        Holds the outcomes.

    Returns
    -------
    tuple of (str, float, bool)
        Name, value, and that higher is not better.
    """
    outcome = np.asarray(dataset.get_label(), np.float64)
    clipped = np.clip(predicted, _EDGE, 1 - _EDGE)
    margins = np.log(clipped) - np.log1p(-clipped)
    levelled = probability_of(shift_to_rate(margins, float(outcome.mean())))
    likelihood = np.where(outcome > 0, levelled, 1 - levelled)
    return "levelled_logloss", float(-np.log(likelihood).mean()), False


def shift_to_rate(margins: Floats, rate: float) -> Floats:
    """Shift log-odds until their mean probability is the rate.

    The log-odds of the mean follow a shift nearly one to one, so a few steps do.
    """
    target = log_odds_of(rate)
    shifted = margins
    for _ in range(_STEPS):
        mean = float(probability_of(shifted).mean())
        step = target - log_odds_of(mean)
        shifted = shifted + step
        if abs(step) < 1e-9:
            break
    return shifted
