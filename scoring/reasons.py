"""The principal reasons of a score, as sentences.

A theme is a reason when it moves the score by a few points, when features that may be
cited carry at least half of that (else the sentence would hide that a protected one
did), and when the score agrees: with the usual values of granted clients in its place,
it moves the way that the sentence says. It is told through a citable feature that
pushes the same way: the strongest, or one nearly as strong whose value tells more,
since it is known, not the usual one, on a scale that people know, and its replacement,
too, moves the score the way that the sentence says. The sign of a sentence is the sign
of the theme's contribution.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, SupportsFloat, cast

import numpy as np
from numpy.typing import NDArray

from scoring.explanation import Explainer, Explanation
from scoring.feature import Feature, Language, Theme
from scoring.formatting import format_number, format_value

MAX_REASONS_AGAINST = 4
MAX_REASONS_IN_FAVOUR = 2
MIN_REASON_POINTS = 3.0
"""About five per cent of the odds: less is no principal reason."""
MIN_CITABLE_SHARE = 0.5
MIN_TOLD_SHARE = 0.4
"""Least push, as a share of the strongest feature's, of one told in its place."""

AdvantagesOf = Callable[[NDArray[np.intp]], NDArray[np.float64]]
"""Points that a client would lose with the usual value of each of these features, or
the usual values of each of these themes."""

Direction = Literal["against", "in_favour"]


@dataclass(frozen=True, slots=True)
class Reason:
    """One principal reason.

    Attributes
    ----------
    theme, label : str
        Code of the theme and its name in the language asked for.
    direction : {"against", "in_favour"}
    contribution : float
        Points of the theme; negative lowers the client's score.
    feature, feature_label : str
        The feature that the sentence tells of.
    value, typical : str or None
        The client's value and the granted clients' usual one, written for people;
        ``typical`` is None where there is no usual value.
    sentence : str
    """

    theme: str
    label: str
    direction: Direction
    contribution: float
    feature: str
    feature_label: str
    value: str
    typical: str | None
    sentence: str


class ReasonWriter:
    """Choose and write the reasons of a score.

    Parameters
    ----------
    features : sequence of Feature
    themes : sequence of Theme
    explainer : Explainer
        Of the same features and themes.
    """

    def __init__(
        self,
        features: Sequence[Feature],
        themes: Sequence[Theme],
        explainer: Explainer,
    ) -> None:
        self._features = tuple(features)
        self._themes = tuple(themes)
        self._explainer = explainer
        self._is_citable = np.array([not f.is_protected for f in features], dtype=bool)

    def write(
        self,
        explanation: Explanation,
        advantages_of_themes: AdvantagesOf,
        advantages_of: AdvantagesOf,
        row: Mapping[str, object],
        language: Language,
    ) -> tuple[Reason, ...]:
        """Write the reasons against, strongest first, then those in favour.

        Parameters
        ----------
        explanation : Explanation
        advantages_of_themes : callable
            Points that the client would lose (negative: win) with the usual values of
            granted clients in the place of each of these themes.
        advantages_of : callable
            The same for single features, by their positions.
        row : mapping of str to object
            The feature row that was scored.
        language : {"fr", "en"}

        Returns
        -------
        tuple of Reason
            At most four against and two in favour, each of another theme.
        """
        citable_points = np.where(self._is_citable, explanation.feature_points, 0.0)
        theme_points = explanation.theme_points
        is_reason = _weighs(theme_points) & self._is_citable_theme(explanation)
        candidates = np.flatnonzero(is_reason)
        is_reason[candidates] = (
            _asked(advantages_of_themes, candidates) * theme_points[candidates] > 0
        )
        by_points = np.argsort(theme_points, kind="stable")
        against = [t for t in by_points if is_reason[t] and theme_points[t] < 0]
        in_favour = [t for t in by_points[::-1] if is_reason[t] and theme_points[t] > 0]
        chosen = against[:MAX_REASONS_AGAINST] + in_favour[:MAX_REASONS_IN_FAVOUR]
        strong = [
            self._strong_features(
                np.where(
                    self._explainer.theme_of_feature == theme,
                    np.sign(theme_points[theme]) * citable_points,
                    -np.inf,
                )
            )
            for theme in chosen
        ]
        told = self._told_features(
            strong, explanation.feature_points, advantages_of, row
        )
        return tuple(
            self._reason(int(theme), float(theme_points[theme]), feature, row, language)
            for theme, feature in zip(chosen, told, strict=True)
        )

    def untold(
        self, explanation: Explanation, reasons: Sequence[Reason]
    ) -> frozenset[str]:
        """Return the themes that protected features alone keep from being reasons.

        Others that are not told weigh less, or the score does not agree.

        Parameters
        ----------
        explanation : Explanation
        reasons : sequence of Reason
            Written from it.
        """
        theme_points = explanation.theme_points
        is_silent = _weighs(theme_points) & ~self._is_citable_theme(explanation)
        limits = {"against": MAX_REASONS_AGAINST, "in_favour": MAX_REASONS_IN_FAVOUR}
        told: dict[str, list[float]] = {direction: [] for direction in limits}
        for reason in reasons:
            told[reason.direction].append(abs(reason.contribution))

        def weighs_as_much(points: float) -> bool:
            direction = "against" if points < 0 else "in_favour"
            weights = told[direction]
            return len(weights) < limits[direction] or abs(points) > min(weights)

        return frozenset(
            self._themes[theme].code
            for theme in np.flatnonzero(is_silent)
            if weighs_as_much(float(theme_points[theme]))
        )

    def _is_citable_theme(self, explanation: Explanation) -> NDArray[np.bool_]:
        """Tell of each theme whether features that may be cited move most of it."""
        citable = self._explainer.by_theme(
            np.where(self._is_citable, explanation.feature_points, 0.0)
        )
        points = explanation.theme_points
        return citable * np.sign(points) >= MIN_CITABLE_SHARE * np.abs(points)

    def _strong_features(self, push: NDArray[np.float64]) -> list[int]:
        """Return the features that may tell of a theme, strongest first."""
        strong = np.flatnonzero(push >= MIN_TOLD_SHARE * push.max())
        by_push = strong[np.argsort(-push[strong], kind="stable")]
        return [int(index) for index in by_push]

    def _told_features(
        self,
        strong: Sequence[Sequence[int]],
        feature_points: NDArray[np.float64],
        advantages_of: AdvantagesOf,
        row: Mapping[str, object],
    ) -> list[Feature]:
        """Return for each theme the feature whose value explains it best.

        Most often it is the first whose value tells, so the score is asked of those
        alone, and of the others only where it disagrees.
        """
        ranks = [[self._telling(index, row) for index in some] for some in strong]

        def ask(places: Sequence[tuple[int, int]]) -> None:
            positions = np.array([strong[t][c] for t, c in places], dtype=np.intp)
            pushes = _asked(advantages_of, positions) * feature_points[positions]
            for (theme, candidate), agrees in zip(places, pushes > 0, strict=True):
                ranks[theme][candidate] = _TELLS_TRULY if agrees else _MISLEADS

        ask([(t, some.index(_TELLS)) for t, some in enumerate(ranks) if _TELLS in some])
        ask(
            [
                (theme, candidate)
                for theme, some in enumerate(ranks)
                if _TELLS_TRULY not in some
                for candidate, rank in enumerate(some)
                if rank == _TELLS
            ]
        )
        # index() finds the first, that is the strongest, among equals.
        return [
            self._features[some[rank.index(max(rank))]]
            for some, rank in zip(strong, ranks, strict=True)
        ]

    def _telling(self, index: int, row: Mapping[str, object]) -> int:
        feature = self._features[index]
        return _telling(feature, row[feature.name])

    def _reason(
        self,
        theme_index: int,
        points: float,
        feature: Feature,
        row: Mapping[str, object],
        language: Language,
    ) -> Reason:
        theme = self._themes[theme_index]
        stored = stored_value(row[feature.name])
        value = format_value(feature, stored, language)
        typical = (
            None
            if feature.typical is None
            else format_value(feature, feature.typical, language)
        )
        return Reason(
            theme=theme.code,
            label=theme.label(language),
            direction="against" if points < 0 else "in_favour",
            contribution=points,
            feature=feature.name,
            feature_label=feature.label(language),
            value=value,
            typical=typical,
            sentence=_sentence(
                feature.label(language),
                value if stored is not None else f"{value}, {_NO_TRACE[language]}",
                typical,
                theme.label(language),
                points,
                language,
            ),
        )


_NO_TRACE = {
    "fr": "le dossier n\u2019en dit rien",
    "en": "the file says nothing of it",
}
_MISLEADS = -1
_TELLS = 2
_TELLS_TRULY = 3


def _weighs(theme_points: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.abs(theme_points) >= MIN_REASON_POINTS


def _asked(
    advantages_of: AdvantagesOf, positions: NDArray[np.intp]
) -> NDArray[np.float64]:
    return advantages_of(positions) if positions.size else np.zeros(0)


def _telling(feature: Feature, value: object) -> int:
    """Rank a value: unknown tells least, then the usual one, then any other.

    An index never tells more than a usual value does.
    """
    stored = stored_value(value)
    if stored is None:
        return 0
    if feature.unit == "index":
        return 1
    if feature.typical is None:
        return _TELLS
    # As people read them: what is rounded to the usual value is the usual value.
    shown = format_value(feature, stored, "en")
    return 1 if shown == format_value(feature, feature.typical, "en") else _TELLS


def stored_value(value: object) -> float | str | None:
    """Return a value of a feature row as it is known, None where it is not."""
    if value is None or isinstance(value, str):
        return value
    number = float(cast(SupportsFloat, value))
    return number if np.isfinite(number) else None


def _sentence(
    feature_label: str,
    value: str,
    typical: str | None,
    theme_label: str,
    points: float,
    language: Language,
) -> str:
    # No reason is worth less than MIN_REASON_POINTS: the plural always fits.
    number = format_number(abs(round(points)), language)
    told = f"{value}{_comparison(value, typical, language)}"
    # A usual value moves nothing by itself: it is the theme that does.
    is_usual = value == typical
    if language == "fr":
        subject = "Pris dans son ensemble, le thème" if is_usual else "Le thème"
        verb = "retire" if points < 0 else "ajoute"
        return (
            f"{feature_label}\u00a0: {told}. {subject} «\u00a0{theme_label}\u00a0» "
            f"{verb} {number}\u00a0points au score."
        )
    subject = "As a whole, the theme" if is_usual else "The theme"
    verb, side = ("takes", "off") if points < 0 else ("adds", "to")
    return (
        f"{feature_label}: {told}. {subject} “{theme_label}” {verb} {number} points "
        f"{side} the score."
    )


def _comparison(value: str, typical: str | None, language: Language) -> str:
    if typical is None:
        return ""
    if language == "fr":
        if value == typical:
            return ", la valeur habituelle des clients acceptés"
        return f" (valeur habituelle des clients acceptés\u00a0: {typical})"
    if value == typical:
        return ", the usual value of granted clients"
    return f" (usual value of granted clients: {typical})"
