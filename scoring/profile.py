"""One column of a population in counts: what a later one is compared with."""

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.errors import ArtefactError

Column = Sequence[Any] | NDArray[np.floating[Any]]

_BINS = 10


@dataclass(frozen=True, slots=True)
class Profile:
    """How many clients had which values; no client can be told from it.

    Attributes
    ----------
    counts : tuple of int
        By bin; of a categorical column also of all other codes; last, of clients of
        whom nothing is known.
    edges : tuple of float
        Of a numeric column: where its bins meet, rising. A value on an edge lies in the
        bin above.
    codes : tuple of str
        Of a categorical column; empty for a numeric one.
    """

    counts: tuple[int, ...]
    edges: tuple[float, ...] = ()
    codes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse counts that are not of these bins."""
        if len(self.counts) != max(len(self.edges), len(self.codes)) + 2:
            raise ArtefactError("A profile has other counts than bins.")
        if min(self.counts) < 0 or sum(self.counts) == 0:
            raise ArtefactError("A profile counts nobody.")
        if any(not lower < upper for lower, upper in pairwise(self.edges)):
            raise ArtefactError("A profile's edges must rise.")

    @classmethod
    def of_numbers(cls, column: Column) -> "Profile":
        """Count numbers over their own deciles.

        Parameters
        ----------
        column : sequence of float
            None, or not finite, where nothing is known.
        """
        numbers = _numbers(column)
        known = numbers[np.isfinite(numbers)]
        inner = np.linspace(0, 1, _BINS + 1)[1:-1]
        found = np.unique(np.quantile(known, inner)) if known.size else np.empty(0)
        edges = tuple(found.tolist())
        return cls(counts=tuple(_counted(numbers, edges)), edges=edges)

    @classmethod
    def of_codes(cls, column: Sequence[str | None], codes: Sequence[str]) -> "Profile":
        """Count codes, None where nothing is known."""
        return cls(counts=tuple(_tallied(column, codes)), codes=tuple(codes))

    def count(self, column: Column) -> list[int]:
        """Count another column over the same bins, shaped as ``counts``."""
        if self.codes:
            return _tallied(column, self.codes)
        return _counted(_numbers(column), self.edges)

    def bin_of(self, value: float | str | None) -> int:
        """Return the place in ``counts`` of one value."""
        last = len(self.counts) - 1
        if value is None:
            return last
        if isinstance(value, str):
            return self.codes.index(value) if value in self.codes else last - 1
        number = float(np.float32(value))
        return bisect_right(self.edges, number) if math.isfinite(number) else last

    @property
    def missing_share(self) -> float:
        """Share of clients of whom nothing is known."""
        return self.counts[-1] / sum(self.counts)

    def to_dict(self) -> dict[str, Any]:
        """Return the document that ``from_dict`` reads."""
        counts = list(self.counts)
        if self.codes:
            return {"counts": counts, "codes": list(self.codes)}
        return {"counts": counts, "edges": list(self.edges)}

    @classmethod
    def from_dict(cls, document: dict[str, Any]) -> "Profile":
        """Read a profile.

        Raises
        ------
        ArtefactError
            If its parts do not fit each other.
        KeyError, TypeError, ValueError
            If one is absent or of another type.
        """
        return cls(
            counts=tuple(map(int, document["counts"])),
            edges=tuple(map(float, document.get("edges", ()))),
            codes=tuple(map(str, document.get("codes", ()))),
        )


def _numbers(column: Column) -> NDArray[np.float64]:
    """Round to the feature table's precision: 0.1 of a log is its 0.1, on no edge."""
    with np.errstate(over="ignore"):
        return np.array(column, dtype=np.float32).astype(np.float64)


def _counted(numbers: NDArray[np.float64], edges: Sequence[float]) -> list[int]:
    known = numbers[np.isfinite(numbers)]
    bins = np.searchsorted(np.asarray(edges, dtype=np.float64), known, side="right")
    counts: list[int] = np.bincount(bins, minlength=len(edges) + 1).tolist()
    return [*counts, numbers.size - known.size]


def _tallied(column: Column, codes: Sequence[str]) -> list[int]:
    found = Counter(column)
    missing = found.pop(None, 0)
    counts = [found.pop(code, 0) for code in codes]
    return [*counts, found.total(), missing]
