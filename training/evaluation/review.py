"""The review band: where the data cannot tell granting from refusing.

Every bootstrap replicate draws the clients again and calibrates again; the score at
which granting and refusing cost the same moves a little each time. Between the ends of
its 95 % interval the next sample of clients might as well have decided otherwise, so
a person decides. A replicate whose scores do not tell bad from good at all finds such
a point nowhere: it stands for both ends of the scale.
"""

from collections.abc import Sequence

import numpy as np

from scoring import probability_of
from training.evaluation.bootstrap import percentile_interval
from training.evaluation.calibration import PlattLine


def review_band(
    line: PlattLine, replicates: Sequence[PlattLine], threshold: float
) -> tuple[float, float]:
    """Return the band on the scale of the model's own probabilities.

    Parameters
    ----------
    line : PlattLine
        The model's calibration.
    replicates : sequence of PlattLine
        Calibrations of bootstrap replicates.
    threshold : float

    Returns
    -------
    tuple of float
        Probabilities ``(low, high)`` around the threshold.
    """
    telling = [one for one in replicates if one.slope > 0]
    indifferent = np.array([one.margin_of(threshold) for one in telling])
    probabilities = probability_of(line.log_odds(indifferent))
    anywhere = np.repeat([0.0, 1.0], len(replicates) - len(telling))
    low, high = percentile_interval(np.concatenate((probabilities, anywhere)))
    return min(low, threshold), max(high, threshold)
