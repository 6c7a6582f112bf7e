"""What was decided of late, in counts by day."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias

from bokeh_app.sources.warehouse import Warehouse

DayCounts: TypeAlias = Counter[tuple[date, str]]

PERIODS = (7, 30, 90)


@dataclass(frozen=True)
class DecisionDay:
    """How often the model decided so on one day."""

    day: date
    decision: str
    decision_count: int


@dataclass(frozen=True)
class ReviewDay:
    """How often advisors decided so on one day, and what the model had decided."""

    day: date
    model_decision: str
    decision: str
    review_count: int


@dataclass(frozen=True)
class Activity:
    """Decisions of the model and of advisors, from one day to another.

    Days are those of UTC; days without any decision have no rows.
    """

    first: date
    last: date
    decisions: tuple[DecisionDay, ...]
    reviews: tuple[ReviewDay, ...]

    @property
    def days(self) -> list[date]:
        """Every day of the period."""
        count = (self.last - self.first).days + 1
        return [self.first + timedelta(days=number) for number in range(count)]

    def decided(self) -> DayCounts:
        """Count the model's decisions by day and kind."""
        counts: DayCounts = Counter()
        for made in self.decisions:
            counts[made.day, made.decision] += made.decision_count
        return counts

    def reviewed(self) -> DayCounts:
        """Count the advisors' decisions by day and kind."""
        counts: DayCounts = Counter()
        for own in self.reviews:
            counts[own.day, own.decision] += own.review_count
        return counts


def read_activity(warehouse: Warehouse, days: int) -> Activity:
    """Read what was decided on the last days, today among them."""
    parameters = {"days": days}
    span = warehouse.row(
        """
        select
            (now() at time zone 'UTC')::date - %(days)s + 1 as first,
            (now() at time zone 'UTC')::date as last
        """,
        parameters,
    )
    decisions = warehouse.rows(
        """
        select decided_on as day, decision, sum(decision_count)::int as decision_count
        from ops.decision_day
        where decided_on > (now() at time zone 'UTC')::date - %(days)s
        group by decided_on, decision
        order by decided_on, decision
        """,
        parameters,
    )
    reviews = warehouse.rows(
        """
        select
            reviewed_on as day,
            model_decision,
            decision,
            sum(review_count)::int as review_count
        from ops.review_day
        where reviewed_on > (now() at time zone 'UTC')::date - %(days)s
        group by reviewed_on, model_decision, decision
        order by reviewed_on, model_decision, decision
        """,
        parameters,
    )
    assert span is not None
    return Activity(
        first=span["first"],
        last=span["last"],
        decisions=tuple(DecisionDay(**row) for row in decisions),
        reviews=tuple(ReviewDay(**row) for row in reviews),
    )
