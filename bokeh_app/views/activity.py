"""What the model and the advisors decided, by day."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from bokeh_app.queries.activity import Activity, DayCounts
from bokeh_app.texts import Texts
from bokeh_app.views.find import DECISIONS
from bokeh_app.views.stack import Stack
from bokeh_app.views.values import counted

OWN_DECISIONS = ("grant", "refuse")
TICKS = 6


@dataclass(frozen=True)
class ActivityView:
    """Sentences, bars of two charts, and the days of the table.

    Attributes
    ----------
    rows : tuple of tuple of str
        Day, then the model's and the advisors' decisions in the order of the charts.
    """

    words: str
    review_words: str
    decisions: tuple[Stack, ...]
    reviews: tuple[Stack, ...]
    ticks: dict[float, str]
    rows: tuple[tuple[str, ...], ...]


def view_activity(texts: Texts, activity: Activity) -> ActivityView:
    """Lay out every day of the period, also those on which nothing was decided."""
    days, decided, reviewed = activity.days, activity.decided(), activity.reviewed()
    step = -(-len(days) // TICKS)
    return ActivityView(
        words=_words(texts, activity),
        review_words=_review_words(texts, activity),
        decisions=_stacks(texts, days, decided, DECISIONS),
        reviews=_stacks(texts, days, reviewed, OWN_DECISIONS),
        ticks={
            float(place): written_day(texts, day)
            for place, day in enumerate(days)
            if (len(days) - 1 - place) % step == 0
        },
        rows=tuple(
            (
                written_day(texts, day),
                *(texts.format.number(decided[day, kind]) for kind in DECISIONS),
                *(texts.format.number(reviewed[day, kind]) for kind in OWN_DECISIONS),
            )
            for day in reversed(days)
        ),
    )


def written_day(texts: Texts, day: date) -> str:
    """Write a day as short as an axis wants it."""
    return day.strftime("%d/%m" if texts.language == "fr" else "%d %b")


def decision_shares(texts: Texts, counts: Counter[str]) -> str:
    """Write what share each decision has; of one at least."""
    return ", ".join(
        texts(
            f"portfolio.activity.share_{kind}",
            share=texts.format.share(counts[kind] / counts.total()),
        )
        for kind in DECISIONS
    )


def _stacks(
    texts: Texts,
    days: list[date],
    counts: DayCounts,
    kinds: tuple[str, ...],
) -> tuple[Stack, ...]:
    return tuple(
        Stack(
            left=place - 0.4,
            right=place + 0.4,
            label=written_day(texts, day),
            counts=tuple(counts[day, kind] for kind in kinds),
        )
        for place, day in enumerate(days)
    )


def _words(texts: Texts, activity: Activity) -> str:
    by_kind: Counter[str] = Counter()
    for made in activity.decisions:
        by_kind[made.decision] += made.decision_count
    total = by_kind.total()
    first = counted(texts, "portfolio.activity.decisions", total)
    if not total:
        return f"{first}."
    shares = decision_shares(texts, by_kind)
    return texts("portfolio.activity.words", decisions=first, shares=shares)


def _review_words(texts: Texts, activity: Activity) -> str:
    total = sum(own.review_count for own in activity.reviews)
    first = counted(texts, "portfolio.activity.reviews", total)
    if not total:
        return f"{first}."
    otherwise = sum(
        own.review_count
        for own in activity.reviews
        if {own.model_decision, own.decision} == set(OWN_DECISIONS)
    )
    return texts(
        "portfolio.activity.review_words",
        reviews=first,
        otherwise=counted(texts, "portfolio.activity.otherwise", otherwise),
    )
