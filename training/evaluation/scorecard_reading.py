"""The scorecard beside the trees: what each of them moves, and by which rule."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from scoring import Feature, Language, format_value

_INTERVAL = re.compile(r"\[(?P<low>\S+), (?P<high>\S+)\)")
_MISSING = "missing"
_FEATURES = 10


class Card(Protocol):
    """A trained scorecard, as ``training.learners.scorecard`` makes it."""

    def table(self) -> list[dict[str, Any]]:
        """Return one row per bin."""

    def importances(self) -> list[dict[str, Any]]:
        """Return one row per feature."""


def scorecard_reading(
    card: Card, features: Sequence[Feature], tree_points: Mapping[str, float]
) -> dict[str, Any]:
    """Lay out a scorecard for people, with the trees' importance beside it.

    Parameters
    ----------
    card : Card
    features : sequence of Feature
        Of all columns, for labels and units.
    tree_points : mapping of str to float
        Mean absolute points by feature in the shipped trees.

    Returns
    -------
    dict
        ``features``, at most ten by falling mean absolute points in the card: labels,
        coefficient, range of points, mean absolute points in the card and in the trees,
        and ``bins`` with label, share, default rate, WoE and points; ``more_features``,
        how many the card has beyond; ``tree_features``, how many the trees use.
    """
    by_name = {feature.name: feature for feature in features}
    bins: dict[str, list[dict[str, Any]]] = {}
    for row in card.table():
        bins.setdefault(row["feature"], []).append(_bin(row, by_name[row["feature"]]))
    rows = [
        {
            "name": row["feature"],
            "label_fr": by_name[row["feature"]].label_fr,
            "label_en": by_name[row["feature"]].label_en,
            "coefficient": row["coefficient"],
            "points_range": row["points_range"],
            "mean_absolute_points": row["mean_absolute_points"],
            "tree_points": tree_points.get(row["feature"], 0.0),
            "bins": bins[row["feature"]],
        }
        for row in sorted(
            card.importances(), key=lambda row: -row["mean_absolute_points"]
        )
    ]
    return {
        "features": rows[:_FEATURES],
        "more_features": max(0, len(rows) - _FEATURES),
        "tree_features": sum(points > 0 for points in tree_points.values()),
    }


def _bin(row: Mapping[str, Any], feature: Feature) -> dict[str, Any]:
    return {
        "label_fr": _label(row["bin"], feature, "fr"),
        "label_en": _label(row["bin"], feature, "en"),
        "share": row["share"],
        "default_rate": row["default_rate"],
        "woe": row["woe"],
        "points": row["points"],
    }


def _label(text: str, feature: Feature, language: Language) -> str:
    if text == _MISSING:
        return format_value(feature, None, language)
    interval = _INTERVAL.fullmatch(text)
    if interval is None:
        labels = {category.code: category for category in feature.categories}
        # A code may hold a comma: what is no list of codes is left as it is.
        codes = text.split(", ")
        if not all(code in labels for code in codes):
            return text
        return ", ".join(labels[code].label(language) for code in codes)
    low, high = (
        None if "∞" in end else format_value(feature, float(end), language)
        for end in (interval["low"], interval["high"])
    )
    return _between(low, high, language)


def _between(low: str | None, high: str | None, language: Language) -> str:
    if low is None and high is None:
        return "toute valeur" if language == "fr" else "any value"
    if low is None:
        return f"moins de {high}" if language == "fr" else f"below {high}"
    if high is None:
        return f"à partir de {low}" if language == "fr" else f"from {low}"
    return f"{low} à {high}" if language == "fr" else f"{low} to {high}"
