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

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Literal, SupportsFloat, cast, get_args

import numpy as np
from numpy.typing import NDArray

from scoring.asking import Answer, Asking, Question
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
        self._usual_values = {
            language: tuple(_usual_value(feature, language) for feature in features)
            for language in get_args(Language)
        }

    def write(
        self,
        explanation: Explanation,
        row: Mapping[str, object],
        language: Language,
    ) -> Asking[tuple[Reason, ...]]:
        """Write the reasons against, strongest first, then those in favour.

        Parameters
        ----------
        explanation : Explanation
        row : mapping of str to object
            The feature row that was scored.
        language : {"fr", "en"}

        Yields
        ------
        Question
            Of that client's score.

        Returns
        -------
        tuple of Reason
            At most four against and two in favour, each of another theme.
        """
        points = explanation.theme_points
        candidates = np.flatnonzero(
            _weighs(points) & self._is_citable_theme(explanation)
        )
        if not candidates.size:
            return ()
        strong = self._strong_features(candidates, explanation)
        # Most often the first feature whose value tells is true: the score is asked of
        # it together with its theme, and of the others only where it disagrees.
        telling = {
            theme: self._telling_features(some, row) for theme, some in strong.items()
        }
        leaders = {theme: next(some, None) for theme, some in telling.items()}
        first = _positions(leader for leader in leaders.values() if leader is not None)
        answer = yield Question(candidates, first)
        by_theme, by_feature = np.split(answer, [candidates.size])
        themes = _principal_themes(
            candidates[by_theme * points[candidates] > 0], points
        )
        true = _truthful(first, by_feature, explanation)
        others = _positions(
            feature
            for theme in themes
            if leaders[theme] not in true
            for feature in telling[theme]
        )
        if others.size:
            answer = yield Question(_positions(()), others)
            true |= _truthful(others, answer, explanation)
        return tuple(
            self._reason(
                theme,
                float(points[theme]),
                self._best(strong[theme], true, row),
                row,
                language,
            )
            for theme in themes
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

    def _strong_features(
        self, themes: NDArray[np.intp], explanation: Explanation
    ) -> dict[int, list[int]]:
        """Return the features that may tell of each theme, strongest first."""
        theme_of_feature = self._explainer.theme_of_feature
        direction = np.sign(explanation.theme_points)[theme_of_feature]
        push = direction * explanation.feature_points
        push[~self._is_citable] = -np.inf
        strongest = np.full(len(self._themes), -np.inf)
        np.maximum.at(strongest, theme_of_feature, push)
        least = np.full(len(self._themes), np.inf)
        least[themes] = MIN_TOLD_SHARE * strongest[themes]
        features = np.flatnonzero(push >= least[theme_of_feature])
        by_push = features[np.argsort(-push[features], kind="stable")]
        strong: dict[int, list[int]] = {theme: [] for theme in themes.tolist()}
        for theme, feature in zip(
            theme_of_feature[by_push].tolist(), by_push.tolist(), strict=True
        ):
            strong[theme].append(feature)
        return strong

    def _telling_features(
        self, features: Sequence[int], row: Mapping[str, object]
    ) -> Iterator[int]:
        """Find those whose value tells, one by one: most often one is enough."""
        return (f for f in features if self._telling(f, row) == _TELLS)

    def _best(
        self, strong: Sequence[int], true: Set[int], row: Mapping[str, object]
    ) -> int:
        """Return the first that tells and is true, or else the one that tells most.

        One that tells what is not true comes last.
        """
        for feature in strong:
            if feature in true:
                return feature

        def worth(feature: int) -> int:
            telling = self._telling(feature, row)
            return _MISLEADS if telling == _TELLS else telling

        # max() finds the first, that is the strongest, among equals.
        return max(strong, key=worth)

    def _telling(self, index: int, row: Mapping[str, object]) -> int:
        """Rank a value: unknown tells least, then the usual one, then any other.

        An index never tells more than a usual value does.
        """
        feature = self._features[index]
        value = stored_value(row[feature.name])
        if value is None:
            return _UNKNOWN
        if feature.unit == "index" or value == feature.typical:
            return _USUAL
        # As people read them: what is rounded to the usual value is the usual value.
        shown = format_value(feature, value, "en")
        return _USUAL if shown == self._usual_values["en"][index] else _TELLS

    def _reason(
        self,
        theme_index: int,
        points: float,
        feature_index: int,
        row: Mapping[str, object],
        language: Language,
    ) -> Reason:
        theme, feature = self._themes[theme_index], self._features[feature_index]
        stored = stored_value(row[feature.name])
        value = format_value(feature, stored, language)
        typical = self._usual_values[language][feature_index]
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
_UNKNOWN = 0
_USUAL = 1
_TELLS = 2


def _weighs(theme_points: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.abs(theme_points) >= MIN_REASON_POINTS


def _principal_themes(
    agreed: NDArray[np.intp], points: NDArray[np.float64]
) -> list[int]:
    """Return the themes to tell of, those against first, the strongest first."""
    by_points = agreed[np.argsort(points[agreed], kind="stable")]
    against = by_points[points[by_points] < 0]
    in_favour = by_points[points[by_points] > 0][::-1]
    return [
        *against[:MAX_REASONS_AGAINST].tolist(),
        *in_favour[:MAX_REASONS_IN_FAVOUR].tolist(),
    ]


def _truthful(
    features: NDArray[np.intp], advantages: Answer, explanation: Explanation
) -> set[int]:
    """Return those features that move the score the way that they push it."""
    agrees = advantages * explanation.feature_points[features] > 0
    return set(features[agrees].tolist())


def _positions(indices: Iterable[int]) -> NDArray[np.intp]:
    return np.fromiter(indices, np.intp)


def _usual_value(feature: Feature, language: Language) -> str | None:
    if feature.typical is None:
        return None
    return format_value(feature, feature.typical, language)


def stored_value(value: object) -> float | str | None:
    """Return a value of a feature row as it is known, None where it is not."""
    if value is None or isinstance(value, str):
        return value
    number = float(cast(SupportsFloat, value))
    return number if math.isfinite(number) else None


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
