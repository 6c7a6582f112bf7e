"""A score taken apart down to single features, as an advisor may see it.

Protected features are never named: those of one theme stand together, so that the
parts still add up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scoring.explanation import Explanation
from scoring.feature import Feature, Language, Theme
from scoring.formatting import format_value
from scoring.reasons import Reason, stored_value

_NEVER_CITED: Mapping[Language, str] = {
    "fr": "Données jamais citées comme motif",
    "en": "Data that is never cited as a reason",
}


@dataclass(frozen=True, slots=True)
class FeaturePart:
    """Points of one feature, or of a theme's protected features together.

    Attributes
    ----------
    feature : str or None
        None for the protected ones together, which have no values either.
    label : str
    value, typical : str or None
        The client's value and the granted clients' usual one, written for people.
    points : float
    """

    feature: str | None
    label: str
    value: str | None
    typical: str | None
    points: float


@dataclass(frozen=True, slots=True)
class ThemePart:
    """Points of one theme, and the features that they come from.

    Attributes
    ----------
    theme, label : str
    points : float
        The sum of its features' points.
    is_untold : bool
        Whether it would be a reason, did it not rest on protected features.
    features : tuple of FeaturePart
        What moves the score most first.
    """

    theme: str
    label: str
    points: float
    is_untold: bool
    features: tuple[FeaturePart, ...]


@dataclass(frozen=True, slots=True)
class Detail:
    """A whole score in parts: ``base_points`` plus all points is the score.

    Attributes
    ----------
    base_points : float
    themes : tuple of ThemePart
        In the model's order.
    reasons : tuple of Reason
    """

    base_points: float
    themes: tuple[ThemePart, ...]
    reasons: tuple[Reason, ...]


def theme_parts(
    explanation: Explanation,
    features: Sequence[Feature],
    themes: Sequence[Theme],
    untold: frozenset[str],
    row: Mapping[str, object],
    language: Language,
) -> tuple[ThemePart, ...]:
    """Take a score apart by theme and by feature.

    Parameters
    ----------
    explanation : Explanation
    features, themes : sequence
        Of the model, in its order.
    untold : frozenset of str
        Codes of the themes that rest on protected features.
    row : mapping of str to object
        The feature row that was scored.
    language : {"fr", "en"}
    """
    return tuple(
        ThemePart(
            theme=theme.code,
            label=theme.label(language),
            points=points,
            is_untold=theme.code in untold,
            features=_feature_parts(
                [
                    (feature, float(feature_points))
                    for feature, feature_points in zip(
                        features, explanation.feature_points, strict=True
                    )
                    if feature.theme == theme.code
                ],
                row,
                language,
            ),
        )
        for theme, points in zip(themes, explanation.theme_points.tolist(), strict=True)
    )


def _feature_parts(
    parts: Sequence[tuple[Feature, float]],
    row: Mapping[str, object],
    language: Language,
) -> tuple[FeaturePart, ...]:
    named = [
        FeaturePart(
            feature=feature.name,
            label=feature.label(language),
            value=format_value(feature, stored_value(row[feature.name]), language),
            typical=(
                None
                if feature.typical is None
                else format_value(feature, feature.typical, language)
            ),
            points=points,
        )
        for feature, points in parts
        if not feature.is_protected
    ]
    protected = [points for feature, points in parts if feature.is_protected]
    if protected:
        together = float(np.sum(protected))
        named.append(FeaturePart(None, _NEVER_CITED[language], None, None, together))
    return tuple(sorted(named, key=lambda part: -abs(part.points)))
