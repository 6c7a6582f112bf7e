"""Platt's line of every bootstrap replicate, in one Newton step from the data's line.

The sums of that step are linear in the replicate's weights, so that all replicates cost
one matrix product. The step leaves an error far below the spread between replicates.

References
----------
A. Davison and D. Hinkley, "Bootstrap Methods and their Application", 1997, section 2.7
(linear approximation of a statistic).
"""

import numpy as np
from numpy.typing import NDArray

from scoring import probability_of
from training.evaluation.calibration import fit_platt_line
from training.evaluation.resampling import Replicates

Floats = NDArray[np.float64]


def platt_replicates(
    margins: Floats, is_default: NDArray[np.bool_], replicates: Replicates
) -> Floats:
    """Fit the line to the data and to each replicate.

    Parameters
    ----------
    margins : ndarray of shape (n_clients,)
    is_default : ndarray of shape (n_clients,)
    replicates : Replicates

    Returns
    -------
    ndarray of shape (1 + n_replicates, 2)
        Slope and intercept; row 0 is that of the data.
    """
    line = fit_platt_line(margins, is_default)
    centre = float(margins.mean())
    x = margins - centre
    expected = probability_of(line.log_odds(margins))
    missed, certainty = is_default - expected, expected * (1 - expected)
    columns = (missed, missed * x, certainty, certainty * x, certainty * x * x)
    level, tilt, first, cross, second = replicates.sums(np.stack(columns, axis=1)).T
    determinant = first * second - cross**2
    slope = line.slope + (first * tilt - cross * level) / determinant
    at_centre = line.slope * centre + line.intercept
    at_centre = at_centre + (second * level - cross * tilt) / determinant
    return np.stack((slope, at_centre - slope * centre), axis=1)
