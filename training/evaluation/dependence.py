"""How a feature moves the score along its values, beside the observed default rate."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring import Feature, Language, format_value
from training.evaluation.bootstrap import wilson_interval

Column = NDArray[np.float32]
Flags = NDArray[np.bool_]

_BINS = 8
# Fewer clients have no rate worth showing.
_LEAST_CLIENTS = 20
_MIDDLE = (10, 90)
_NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


def dependence(
    feature: Feature,
    column: Column,
    is_default: Flags,
    sample: NDArray[np.intp],
    points: NDArray[np.float64],
) -> dict[str, Any]:
    """Summarise a feature by bins of its values.

    Parameters
    ----------
    feature : Feature
    column : ndarray of shape (n_clients,)
        Values, NaN where missing, indices of categories where categorical.
    is_default : ndarray of shape (n_clients,)
    sample : ndarray of shape (n_sampled,)
        Rows whose contributions are known.
    points : ndarray of shape (n_sampled,)
        The feature's contributions to their scores.

    Returns
    -------
    dict
        Labels, and per bin of at least twenty clients: its share of the clients, the
        observed default rate with interval, and the mean and the middle eight tenths of
        the points (None where no sampled client is in it). The last bin may hold the
        missing values.
    """
    is_sampled = np.zeros(column.size, dtype=bool)
    is_sampled[sample] = True
    all_points = np.full(column.size, np.nan)
    all_points[sample] = points
    bins = []
    for label_fr, label_en, inside in _bins(feature, column):
        clients, defaults = int(inside.sum()), int((inside & is_default).sum())
        if clients < _LEAST_CLIENTS:
            continue
        bins.append(
            {
                "label_fr": label_fr,
                "label_en": label_en,
                "share": clients / column.size,
                "default_rate": defaults / clients,
                "ci": list(wilson_interval(defaults, clients) or ()),
                **_summary(all_points[inside & is_sampled]),
            }
        )
    return {
        "name": feature.name,
        "label_fr": feature.label_fr,
        "label_en": feature.label_en,
        "bins": bins,
    }


def _summary(points: NDArray[np.float64]) -> dict[str, float | None]:
    if points.size == 0:
        return {"points": None, "points_low": None, "points_high": None}
    low, high = np.percentile(points, _MIDDLE)
    return {
        "points": float(points.mean()),
        "points_low": float(low),
        "points_high": float(high),
    }


def _bins(feature: Feature, column: Column) -> Iterator[tuple[str, str, Flags]]:
    """Yield labels and members of every bin that has members."""
    is_known = ~np.isnan(column)
    if feature.categories:
        yield from _categories(feature, column)
    elif is_known.any():
        yield from _intervals(feature, column, column[is_known])
    if not is_known.all():
        yield (
            format_value(feature, None, "fr"),
            format_value(feature, None, "en"),
            ~is_known,
        )


def _categories(feature: Feature, column: Column) -> Iterator[tuple[str, str, Flags]]:
    counts = [int((column == index).sum()) for index in range(len(feature.categories))]
    frequent = np.argsort(-np.array(counts), kind="stable")[:_BINS]
    for index in frequent:
        if counts[index]:
            category = feature.categories[int(index)]
            yield category.label_fr, category.label_en, column == index


def _intervals(
    feature: Feature, column: Column, known: Column
) -> Iterator[tuple[str, str, Flags]]:
    levels = np.linspace(0, 1, _BINS + 1)[1:-1]
    # Edges are values that occur: a bin is what lies above one and up to the next.
    edges = np.unique(np.quantile(known, levels, method="lower"))
    place = np.searchsorted(edges, column, side="left")
    place[np.isnan(column)] = -1
    for index in range(edges.size + 1):
        inside = place == index
        if inside.any():
            low, high = float(column[inside].min()), float(column[inside].max())
            yield (
                _range(feature, low, high, "fr"),
                _range(feature, low, high, "en"),
                inside,
            )


def _range(feature: Feature, low: float, high: float, language: Language) -> str:
    first, last = (format_value(feature, value, language) for value in (low, high))
    if first == last:
        return first
    # The unit once: "10 to 424 days".
    _, _, unit = last.partition(_NO_BREAK_SPACE)
    if unit and first.endswith(unit):
        first = first.removesuffix(unit).rstrip(_NO_BREAK_SPACE)
    return f"{first} \N{EN DASH} {last}"
