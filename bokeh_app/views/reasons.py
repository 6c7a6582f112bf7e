"""The reasons of a decision and the way from the average client to this one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bokeh_app.sources.scoring_client import Reason, Score
from bokeh_app.texts import Texts
from bokeh_app.texts.formats import round_to_total

EXTERNAL_SCORES = "external_scores"
LEAST_TOLD_POINTS = 3.0
"""Themes that weigh less are never told as reasons by the scoring function."""


@dataclass(frozen=True)
class ReasonView:
    """A reason: its theme, the theme's weight in points, and a sentence."""

    theme: str
    sentence: str
    points: str


@dataclass(frozen=True)
class ReasonsView:
    """The reasons on both sides, each list possibly empty, and what a word means."""

    against: tuple[ReasonView, ...]
    in_favour: tuple[ReasonView, ...]
    note: str


@dataclass(frozen=True)
class Step:
    """One row of the waterfall: whole points that add up to the client's."""

    label: str
    points: int
    start: int
    end: int
    points_text: str
    total_text: str

    @property
    def direction(self) -> str:
        """Whether the step lowers or raises the score, or neither."""
        if self.points < 0:
            return "lowers"
        return "raises" if self.points > 0 else "level"


@dataclass(frozen=True)
class Waterfall:
    """From the average client's points through all themes to this client's."""

    start_points: int
    end_points: int
    start_text: str
    end_text: str
    steps: tuple[Step, ...]


def view_reasons(texts: Texts, score: Score) -> ReasonsView:
    """Take the reasons apart by their direction, in the order of the answer."""

    def side(direction: str) -> tuple[ReasonView, ...]:
        return tuple(
            ReasonView(
                reason.label,
                reason.sentence,
                texts.plural(
                    "reasons.points",
                    abs(round(reason.contribution)),
                    points=texts.format.number(reason.contribution, signed=True),
                ),
            )
            for reason in score.reasons
            if reason.direction == direction
        )

    return ReasonsView(
        side("against"), side("in_favour"), words_to_explain(texts, score.reasons)
    )


def words_to_explain(texts: Texts, reasons: Sequence[Reason]) -> str:
    """Say what external scores are, where a reason tells of them."""
    is_told = any(reason.theme == EXTERNAL_SCORES for reason in reasons)
    return texts("reasons.external_note") if is_told else ""


def view_waterfall(texts: Texts, score: Score) -> Waterfall:
    """Order the themes from what lowers the score most to what raises it most.

    Shown whole numbers add up exactly: rounding errors are spread over the start and
    the themes too light for a reason, so that the others read as their sentences do.
    """
    ordered = sorted(score.contributions, key=lambda part: part.points)
    light = [part for part in ordered if abs(part.points) < LEAST_TOLD_POINTS]
    told = {
        part.theme: round(part.points)
        for part in ordered
        if abs(part.points) >= LEAST_TOLD_POINTS
    }
    start, *rest = round_to_total(
        [score.base_points, *(part.points for part in light)],
        score.points - sum(told.values()),
    )
    shown = told | {
        part.theme: points for part, points in zip(light, rest, strict=True)
    }
    steps, total = [], start
    for part in ordered:
        points = shown[part.theme]
        steps.append(
            Step(
                label=part.label,
                points=points,
                start=total,
                end=total + points,
                points_text=texts.format.number(points, signed=True),
                total_text=texts.format.number(total + points),
            )
        )
        total += points
    return Waterfall(
        start_points=start,
        end_points=total,
        start_text=texts.format.number(start),
        end_text=texts.format.number(total),
        steps=tuple(steps),
    )
