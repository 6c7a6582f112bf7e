"""The bootstrap of clients as matrix products.

Most figures are made of sums over clients: costs, rates, mean losses. Their replicates
are one product of weights and columns, hundreds of times faster than a loop. Row 0 of
every result is the data as they are; a figure computed from the rows is then its value
and its replicates at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.evaluation.bootstrap import Estimate, replicate_chunks

Floats = NDArray[np.float64]

# Drawn counts that are widened to eight bytes at a time.
_BATCH_CELLS = 4_000_000


@dataclass(frozen=True)
class Replicates:
    """How often each replicate drew each client; row 0 drew everyone once.

    Attributes
    ----------
    counts : ndarray of shape (1 + n_replicates, n_clients), uint8
        A byte each: 61 MB for 300,000 clients.
    """

    counts: NDArray[np.uint8]

    @classmethod
    def drawn(cls, is_default: NDArray[np.bool_], seed: int) -> "Replicates":
        """Draw replicates that hold both outcomes."""
        once = np.ones((1, is_default.size), dtype=np.uint8)
        drawn = [chunk.astype(np.uint8) for chunk in replicate_chunks(is_default, seed)]
        return cls(np.concatenate([once, *drawn]))

    def batches(self) -> Iterator[Floats]:
        """Yield the weights, shape (n_in_batch, n_clients), many rows at a time."""
        step = max(1, _BATCH_CELLS // self.counts.shape[1])
        for start in range(0, len(self.counts), step):
            yield self.counts[start : start + step].astype(np.float64)

    def sums(self, columns: Floats) -> Floats:
        """Sum columns over the clients of each replicate.

        Parameters
        ----------
        columns : ndarray of shape (n_clients, n_columns)

        Returns
        -------
        ndarray of shape (1 + n_replicates, n_columns)
        """
        return np.concatenate([weights @ columns for weights in self.batches()])

    def means(self, columns: Floats) -> Floats:
        """Average columns over the clients of each replicate."""
        return np.asarray(self.sums(columns) / self.counts.shape[1])


def estimate(resampled: Floats) -> Estimate:
    """Read a figure from its rows: the first is the value, the others the spread."""
    return Estimate.from_replicates(float(resampled[0]), resampled[1:])


def estimate_or_none(resampled: Floats) -> dict[str, float | None]:
    """Do the same for a rate that some replicates may not have.

    Returns
    -------
    dict
        ``value``, ``low``, ``high``; None where the data themselves do not have it.
    """
    known = resampled[1:][np.isfinite(resampled[1:])]
    if not np.isfinite(resampled[0]) or known.size == 0:
        return {"value": None, "low": None, "high": None}
    return dict(Estimate.from_replicates(float(resampled[0]), known).to_dict())


def ratio(numerator: Floats, denominator: Floats) -> Floats:
    """Divide sums; NaN where there is nothing to divide by."""
    found = np.full(numerator.shape, np.nan)
    np.divide(numerator, denominator, out=found, where=denominator > 0)
    return found
