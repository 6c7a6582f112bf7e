"""Whether groups are decided upon alike; gender is known here and nowhere else."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from training.evaluation.bootstrap import wilson_interval

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_AGE_LIMITS = (30, 40, 50, 60)
AGE_BANDS = (
    f"<{_AGE_LIMITS[0]}",
    *(f"{low}-{high - 1}" for low, high in pairwise(_AGE_LIMITS)),
    f"≥{_AGE_LIMITS[-1]}",
)
_UNKNOWN = "unknown"


def age_bands(ages: Floats) -> NDArray[np.object_]:
    """Return the age band of each client, as ``30-39``."""
    bands = np.array(AGE_BANDS, dtype=np.object_)[np.digitize(ages, _AGE_LIMITS)]
    bands[np.isnan(ages)] = _UNKNOWN
    return bands


def group_audit(
    groups: ArrayLike,
    probability: Floats,
    is_default: Flags,
    threshold: float,
    order: Sequence[str] = (),
    repeats: int = 1,
) -> list[dict[str, Any]]:
    """Compare decisions and errors between groups, at the threshold.

    The review band is left aside: what a person will decide there is not known.

    Parameters
    ----------
    groups : array-like of shape (n_rows,)
        Names of groups; None where unknown.
    probability : ndarray of shape (n_rows,)
        Calibrated, out of fold.
    is_default : ndarray of shape (n_rows,)
    threshold : float
    order : sequence of str, optional
        Groups to name first, in this order; the others follow by name.
    repeats : int, default=1
        How many rows are of one client: counts and intervals are those of clients.

    Returns
    -------
    list of dict
        One per group: clients, default rate, predicted rate; approval rate,
        true-positive rate (defaulters refused) and false-positive rate (good clients
        refused), each as value and interval.
    """
    labels = np.array(
        [_UNKNOWN if name is None else str(name) for name in np.asarray(groups)],
        dtype=np.object_,
    )
    is_refused = probability >= threshold
    rows = []
    present = set(labels)
    ordered = [name for name in order if name in present]
    for name in ordered + sorted(present - set(ordered)):
        inside = labels == name
        bad, good = inside & is_default, inside & ~is_default
        rows.append(
            {
                "group": name,
                "clients": int(inside.sum()) / repeats,
                "default_rate": _rate(is_default, inside, repeats),
                "predicted_rate": float(probability[inside].mean()),
                "approval_rate": _rate(~is_refused, inside, repeats),
                "true_positive_rate": _rate(is_refused, bad, repeats),
                "false_positive_rate": _rate(is_refused, good, repeats),
            }
        )
    return rows


def _rate(event: Flags, population: Flags, repeats: int) -> dict[str, float | None]:
    trials = int(population.sum()) / repeats
    successes = int((event & population).sum()) / repeats
    low, high = wilson_interval(successes, trials) or (None, None)
    return {
        "value": successes / trials if trials else None,
        "low": low,
        "high": high,
    }
