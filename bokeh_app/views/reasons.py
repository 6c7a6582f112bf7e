"""The reasons of a decision and the way from the average client to this one."""

from __future__ import annotations

from dataclasses import dataclass

from bokeh_app.formats import round_to_total
from bokeh_app.scoring_client import Contribution, Score
from bokeh_app.texts import Texts

# As many reasons as scoring cites, and the points from which it cites a theme.
MOST_REASONS = {"against": 4, "in_favour": 2}
LEAST_REASON_POINTS = 3.0


@dataclass(frozen=True)
class ReasonView:
    """A reason: its theme, the theme's weight in points, and a sentence."""

    theme: str
    sentence: str
    points: str


@dataclass(frozen=True)
class ReasonsView:
    """The reasons on both sides, each list possibly empty.

    Attributes
    ----------
    untold : tuple of str
        Sentences on themes that weigh as much as the reasons, yet are not cited.
    """

    against: tuple[ReasonView, ...]
    in_favour: tuple[ReasonView, ...]
    untold: tuple[str, ...] = ()


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

    untold = tuple(
        texts.plural(
            "reasons.untold",
            abs(round(part.points)),
            theme=part.label,
            points=texts.format.number(part.points, signed=True),
        )
        for part in untold_themes(score)
    )
    return ReasonsView(side("against"), side("in_favour"), untold)


def untold_themes(score: Score) -> tuple[Contribution, ...]:
    """Return the themes that scoring would have cited, were they not protected.

    A theme is left out of the reasons either because others weigh more or because
    protected attributes move most of it; only the latter are returned, those that
    weigh most first.
    """
    told = {reason.theme for reason in score.reasons}
    weights: dict[str, list[float]] = {side: [] for side in MOST_REASONS}
    for reason in score.reasons:
        weights[reason.direction].append(abs(reason.contribution))

    def is_untold(part: Contribution) -> bool:
        side = "against" if part.points < 0 else "in_favour"
        weight = abs(part.points)
        return (
            part.theme not in told
            and weight >= LEAST_REASON_POINTS
            and (len(weights[side]) < MOST_REASONS[side] or weight > min(weights[side]))
        )

    untold = [part for part in score.contributions if is_untold(part)]
    return tuple(sorted(untold, key=lambda part: -abs(part.points)))


def view_waterfall(texts: Texts, score: Score) -> Waterfall:
    """Order the themes from what lowers the score most to what raises it most.

    Shown whole numbers add up exactly: rounding errors are spread over the steps.
    """
    ordered = sorted(score.contributions, key=lambda part: part.points)
    start, *rounded = round_to_total(
        [score.base_points, *(part.points for part in ordered)], score.points
    )
    steps, total = [], start
    for part, points in zip(ordered, rounded, strict=True):
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
