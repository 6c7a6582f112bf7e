"""Small vectorised draws that the tables of the sample are made of."""

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Texts = NDArray[np.object_]
Column = Bools | Floats | Ints | Texts
Columns = dict[str, Column]
"""Columns of one table by published name, all of one length."""


def choose(rng: Generator, shares: Mapping[str, float], size: int) -> Texts:
    """Draw codes with the given relative shares.

    Parameters
    ----------
    rng : Generator
    shares : mapping of str to float
        Relative frequency by code; the empty code stands for a missing one.
    size : int

    Returns
    -------
    array of object, shape (size,)
        Codes, None where missing.
    """
    return take(shares, cut(rng.random(size), shares))


def cut(uniform: Floats, shares: Mapping[str, float]) -> Ints:
    """Return the index of the code whose share of [0, 1) holds each number."""
    edges = np.cumsum(list(shares.values()), dtype=np.float64)
    return np.minimum(
        np.searchsorted(edges / edges[-1], uniform, side="right"), len(shares) - 1
    ).astype(np.int64)


def take(codes: Mapping[str, float], index: Ints) -> Texts:
    """Return codes by index, None for the empty code."""
    return texts(list(codes))[index]


def texts(values: list[str]) -> Texts:
    """Return an object array of strings, None for empty ones."""
    return np.array([value or None for value in values], dtype=object)


def ranks(scores: Floats) -> Floats:
    """Return ranks scaled to (0, 1), ties broken by position."""
    order = np.argsort(scores, kind="stable")
    result = np.empty(len(scores))
    result[order] = (np.arange(len(scores)) + 0.5) / max(len(scores), 1)
    return result


def top_share(scores: Floats, share: float) -> Bools:
    """Mark the highest scores so that exactly this share is marked (rounded)."""
    marked = np.zeros(len(scores), dtype=bool)
    count = round(share * len(scores))
    if count:
        marked[np.argsort(scores, kind="stable")[-count:]] = True
    return marked


def pick_rare(rng: Generator, candidates: Bools, share: float) -> Ints:
    """Pick positions for a code so rare that a small sample would miss it.

    At least one is picked wherever there are 100 candidates or more.
    """
    positions = np.flatnonzero(candidates)
    count = max(round(share * len(positions)), int(len(positions) >= 100))
    return np.sort(rng.choice(positions, size=count, replace=False))


def hide(rng: Generator, values: ArrayLike, share: float) -> Floats:
    """Return floats of which this share, at random, is missing."""
    result = np.array(values, dtype=np.float64)
    result[rng.random(len(result)) < share] = np.nan
    return result


def sigmoid(values: ArrayLike) -> Floats:
    """Return the logistic function."""
    result: Floats = 1.0 / (1.0 + np.exp(-np.asarray(values, dtype=np.float64)))
    return result


def standardise(values: Floats) -> Floats:
    """Centre on zero with unit spread; missing values become the centre."""
    if not np.isfinite(values).any():
        return np.zeros(len(values))
    spread = float(np.nanstd(values)) or 1.0
    return np.nan_to_num((values - np.nanmean(values)) / spread)


def rounded(values: ArrayLike, decimals: int) -> Floats:
    """Round to so many decimals."""
    result = np.round(np.asarray(values, dtype=np.float64), decimals)
    return np.asarray(result, dtype=np.float64)


def round_to(values: ArrayLike, step: float) -> Floats:
    """Round to the nearest multiple of `step`, without binary residue."""
    return rounded(rounded(np.asarray(values) / step, 0) * step, 4)


def expand(counts: Ints) -> tuple[Ints, Ints]:
    """Give each owner its rows.

    Parameters
    ----------
    counts : array of int, shape (owners,)
        Rows of each owner.

    Returns
    -------
    owner, position : arrays of int, shape (sum of counts,)
        Index of the owner and place within it from 0.
    """
    owner = np.repeat(np.arange(len(counts)), counts)
    starts = np.cumsum(counts) - counts
    return owner, np.arange(int(counts.sum())) - starts[owner]


def mean_by(owner: Ints, values: Floats, size: int) -> Floats:
    """Return the mean of `values` per owner, NaN for owners without rows."""
    counts = np.bincount(owner, minlength=size)
    sums = np.bincount(owner, weights=values, minlength=size)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def annuity(credit: Floats, term_months: ArrayLike, yearly_rate: ArrayLike) -> Floats:
    """Return the constant monthly payment that repays a credit."""
    rate = np.asarray(yearly_rate, dtype=np.float64) / 12.0
    periods = np.asarray(term_months, dtype=np.float64)
    result: Floats = credit * rate / (1.0 - (1.0 + rate) ** -periods)
    return result
