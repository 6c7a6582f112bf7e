"""Edges of bins and bands for a variable's distribution."""

from __future__ import annotations

import math
from collections.abc import Sequence

WHOLE_UNITS = frozenset({"count", "flag"})


def bin_edges(low: float, high: float, unit: str, limit: int) -> list[float]:
    """Return the edges of at most `limit` bins that cover a span.

    Counts and flags get bins centred on whole numbers, so that a bar never
    stands between two possible values.

    Parameters
    ----------
    low, high : float
        Ends of the span, low <= high.
    unit : str
        The variable's unit in the feature catalogue.
    limit : int
        Most bins, at least 1.
    """
    if unit in WHOLE_UNITS:
        first, last = math.floor(low + 0.5), math.floor(high + 0.5)
        width = math.ceil((last - first + 1) / limit)
        bins = math.ceil((last - first + 1) / width)
        return [first - 0.5 + width * step for step in range(bins + 1)]
    if high <= low:
        margin = max(abs(low) * 0.05, 1e-6)
        return [low - margin, low + margin]
    step_width = (high - low) / limit
    return [low + step_width * step for step in range(limit)] + [high]


def band_edges(quantiles: Sequence[float], unit: str) -> list[float]:
    """Return the inner edges of bands that hold about equally many clients.

    Repeated quantiles, as many clients with the value 0 make them, give fewer
    bands. Whole numbers are cut half-way, so that a value lies in one band.
    """
    if unit in WHOLE_UNITS:
        quantiles = [math.floor(edge + 0.5) + 0.5 for edge in quantiles]
    return sorted(set(quantiles))


def fewer_quantiles(
    quantiles: Sequence[float], member_count: int, least: int
) -> Sequence[float]:
    """Leave every other quantile out until bands hold enough members on average.

    Parameters
    ----------
    quantiles : sequence of float
        One less than a power of two, evenly spaced.
    member_count, least : int
        Members of all bands, and how many one band should hold.
    """
    while quantiles and member_count < least * (len(quantiles) + 1):
        quantiles = quantiles[1::2]
    return quantiles
