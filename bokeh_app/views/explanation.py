"""A decision in detail: variable by variable, and how the model thinks in general."""

from __future__ import annotations

from dataclasses import dataclass

from bokeh_app.sources.case_client import (
    Explanation,
    FeatureContribution,
    ThemeContribution,
)
from bokeh_app.sources.scoring_client import ModelCard
from bokeh_app.texts import Texts
from bokeh_app.texts.formats import round_to_total

# Of a point: fine enough for a variable, coarse enough to be read.
TENTHS = 10
MOST_VARIABLES = 12


@dataclass(frozen=True)
class VariableRow:
    """One variable: the client's value, the usual one, and its points."""

    label: str
    value: str
    typical: str
    points: str


@dataclass(frozen=True)
class ThemeDetail:
    """A theme that opens into its variables."""

    label: str
    points: str
    direction: str
    rows: tuple[VariableRow, ...]


@dataclass(frozen=True)
class ExplanationView:
    """All themes in detail; the numbers shown add up exactly.

    Attributes
    ----------
    untold : tuple of str
        Sentences on themes that weigh as much as a reason, yet are not cited.
    sum_text : str
        From the start through all themes to the score, before it is rounded.
    """

    themes: tuple[ThemeDetail, ...]
    untold: tuple[str, ...]
    sum_text: str


@dataclass(frozen=True)
class ThemeWeight:
    """How much a theme counts in general; `share` is of the heaviest, in percent."""

    label: str
    points: str
    share: float


def view_explanation(texts: Texts, explanation: Explanation) -> ExplanationView:
    """Order themes and variables by what lowers the score most, in tenths of points."""
    ordered = sorted(explanation.contributions, key=lambda part: part.points)
    exact = explanation.base_points + sum(part.points for part in ordered)
    base, *rounded = _tenths([explanation.base_points, *(p.points for p in ordered)])
    return ExplanationView(
        themes=tuple(
            _theme(texts, part, tenths)
            for part, tenths in zip(ordered, rounded, strict=True)
        ),
        untold=tuple(
            texts.plural(
                "explanation.untold",
                abs(round(part.points)),
                theme=part.label,
                points=texts.format.number(part.points, signed=True),
            )
            for part in sorted(ordered, key=lambda part: -abs(part.points))
            if part.is_untold
        ),
        sum_text=texts(
            "explanation.sum",
            start=_written(texts, base),
            themes=_written(texts, sum(rounded), signed=True),
            exact=_written(texts, base + sum(rounded)),
            points=texts.format.number(round(exact)),
        ),
    )


def view_weights(texts: Texts, model: ModelCard) -> tuple[ThemeWeight, ...]:
    """Order the themes by how far they move scores; none where that is not known."""
    known = [
        (name.fr if texts.language == "fr" else name.en, name.importance)
        for name in model.themes.values()
        if name.importance is not None
    ]
    most = max((points for _, points in known), default=0.0) or 1.0
    return tuple(
        ThemeWeight(label, texts.format.number(points, 1), round(100 * points / most))
        for label, points in sorted(known, key=lambda pair: -pair[1])
    )


def _theme(texts: Texts, part: ThemeContribution, tenths: int) -> ThemeDetail:
    shown, rest = part.features[:MOST_VARIABLES], part.features[MOST_VARIABLES:]
    if len(rest) == 1:
        shown, rest = part.features, ()
    amounts = [one.points for one in shown]
    if rest:
        amounts.append(sum(one.points for one in rest))
    *rounded, last = _tenths(amounts, tenths) if amounts else (0,)
    whole = [*rounded, last]
    rows = [_row(texts, one, points) for one, points in zip(shown, whole, strict=False)]
    if rest:
        label = texts.plural("explanation.others", len(rest))
        rows.append(VariableRow(label, "", "", _written(texts, last, signed=True)))
    return ThemeDetail(
        label=part.label,
        points=_written(texts, tenths, signed=True),
        direction="lowers" if tenths < 0 else "raises" if tenths > 0 else "level",
        rows=tuple(rows),
    )


def _row(texts: Texts, one: FeatureContribution, tenths: int) -> VariableRow:
    return VariableRow(
        label=one.label,
        value=one.value or "",
        typical=one.typical or "",
        points=_written(texts, tenths, signed=True),
    )


def _tenths(points: list[float], total: int | None = None) -> list[int]:
    scaled = [TENTHS * one for one in points]
    return round_to_total(scaled, round(sum(scaled)) if total is None else total)


def _written(texts: Texts, tenths: int, *, signed: bool = False) -> str:
    return texts.format.number(tenths / TENTHS, 1, signed=signed)
