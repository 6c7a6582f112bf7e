"""Calibration whose every part is blind to the client it calibrates.

The line of the other folds' margins is not: the models that gave those margins had the
client among their training rows. A line fitted inside the training part, on margins of
inner models, never saw the client in any way.
"""

import numpy as np
from numpy.typing import NDArray

from training.evaluation.calibration import (
    PlattLine,
    fit_calibration,
    fit_platt_line,
)
from training.learners import Outcomes
from training.learners.cross_validation import OutOfFold


def nested_log_odds(found: OutOfFold, is_default: Outcomes) -> NDArray[np.float64]:
    """Calibrate each fold with a line from inside its own training part.

    Parameters
    ----------
    found : OutOfFold
        Where a predictor has no inner margins, or they tell nothing, its fold gets the
        line of the other folds' margins.
    is_default : ndarray of shape (n_clients,)

    Returns
    -------
    ndarray of shape (n_clients,)
        Log-odds of default.
    """
    log_odds = np.empty_like(found.margins)
    for number, predictor in enumerate(found.predictors):
        held_out = found.fold == number
        inner = getattr(predictor, "inner_margins", None)
        log_odds[held_out] = (
            _line_from_inside(inner, is_default[~held_out])
            or fit_calibration(found.margins[~held_out], is_default[~held_out])
        ).log_odds(found.margins[held_out])
    return log_odds


def _line_from_inside(
    inner: NDArray[np.float64] | None, is_default: Outcomes
) -> PlattLine | None:
    if inner is None:
        return None
    known = ~np.isnan(inner)
    line = fit_platt_line(inner[known], is_default[known])
    return line if line.slope > 0 else None
