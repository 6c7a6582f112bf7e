"""Intervals by resampling clients."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

CONFIDENCE = 0.95
_SMALL_DATA_REPLICATES = 1000
_LARGE_DATA_REPLICATES = 200
_LARGE_DATA_ROWS = 50_000
# Small enough for a processor's own cache, which is what makes blocks fast.
_CHUNK_ELEMENTS = 1 << 15


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and its 95 % interval."""

    value: float
    low: float
    high: float

    @classmethod
    def from_replicates(cls, value: float, replicates: ArrayLike) -> "Estimate":
        """Take the interval from the percentiles of bootstrap replicates."""
        low, high = percentile_interval(replicates)
        return cls(float(value), low, high)

    def to_dict(self) -> dict[str, float]:
        """Return the three numbers by name."""
        return {"value": self.value, "low": self.low, "high": self.high}


def percentile_interval(replicates: ArrayLike) -> tuple[float, float]:
    """Return the 2.5th and the 97.5th percentile."""
    tail = 100 * (1 - CONFIDENCE) / 2
    low, high = np.percentile(np.asarray(replicates, np.float64), [tail, 100 - tail])
    return float(low), float(high)


def replicate_chunks(
    is_default: NDArray[np.bool_], seed: int
) -> Iterator[NDArray[np.float64]]:
    """Draw as many clients again, with replacement, many times.

    Parameters
    ----------
    is_default : ndarray of shape (n_clients,)
        A draw without both outcomes is drawn again.
    seed : int

    Yields
    ------
    ndarray of shape (n_replicates, n_clients)
        How often each client was drawn; as many replicates at a time as memory that a
        processor holds near allows.
    """
    rng = np.random.default_rng(seed)
    size = is_default.size
    is_large = size > _LARGE_DATA_ROWS
    left = _LARGE_DATA_REPLICATES if is_large else _SMALL_DATA_REPLICATES
    while left:
        count = min(left, max(1, _CHUNK_ELEMENTS // size))
        drawn = rng.integers(0, size, (count, size))
        drawn += size * np.arange(count)[:, np.newaxis]
        counted = np.bincount(drawn.ravel(), minlength=count * size)
        weights = counted.reshape(count, size).astype(np.float64)
        defaults = weights @ is_default
        weights = weights[(defaults > 0) & (defaults < size)]
        left -= len(weights)
        if len(weights):
            yield weights


def wilson_interval(successes: float, trials: float) -> tuple[float, float] | None:
    """Return Wilson's 95 % interval of a share; None without trials.

    Trials that count one client several times are to be given as clients: what is
    repeated tells nothing new.

    References
    ----------
    E. B. Wilson, "Probable inference, the law of succession, and statistical
    inference", JASA 22, 1927.
    """
    if trials == 0:
        return None
    z = 1.959963984540054
    share = successes / trials
    centre = share + z**2 / (2 * trials)
    half = z * np.sqrt(share * (1 - share) / trials + z**2 / (4 * trials**2))
    scale = 1 + z**2 / trials
    return float(max(0.0, (centre - half) / scale)), float(
        min(1.0, (centre + half) / scale)
    )
