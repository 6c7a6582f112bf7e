"""Whether the population moved between the labelled clients and the others.

References
----------
N. Siddiqi, "Credit Risk Scorecards", Wiley 2006: a population stability index from
0.10 is to be watched, from 0.25 to be acted upon.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

WATCH, ACT = 0.10, 0.25
_BINS = 10
_SMALLEST_SHARE = 1e-4


def population_stability(
    expected: Floats, actual: Floats, repeats: int = 1
) -> dict[str, Any] | None:
    """Compare two distributions of a score over the first one's deciles.

    Parameters
    ----------
    expected, actual : ndarray of shape (n,)
    repeats : int, default=1
        How many expected scores are of one client.

    Returns
    -------
    dict or None
        ``index``, ``verdict`` (stable, watch or act), and the two shares per bin; None
        when either is empty.
    """
    if expected.size == 0 or actual.size == 0:
        return None
    edges = np.unique(np.quantile(expected, np.linspace(0, 1, _BINS + 1)[1:-1]))
    shares = [_shares(values, edges) for values in (expected, actual)]
    index = float(np.sum((shares[1] - shares[0]) * np.log(shares[1] / shares[0])))
    return {
        "index": index,
        "verdict": "act" if index >= ACT else "watch" if index >= WATCH else "stable",
        "expected_shares": shares[0].tolist(),
        "actual_shares": shares[1].tolist(),
        "expected_clients": expected.size // repeats,
        "actual_clients": int(actual.size),
    }


def _shares(values: Floats, edges: Floats) -> Floats:
    bins = np.searchsorted(edges, values, side="right")
    counts = np.bincount(bins, minlength=edges.size + 1)
    return np.maximum(counts / values.size, _SMALLEST_SHARE)
