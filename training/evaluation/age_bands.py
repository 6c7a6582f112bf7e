"""Ages in bands, as groups to be compared."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

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
