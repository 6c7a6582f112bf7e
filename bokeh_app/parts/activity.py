"""Decisions by day, of the model and of the advisors."""

from __future__ import annotations

from bokeh_app.charts.stacked import StackedChart
from bokeh_app.page.desk import Desk
from bokeh_app.queries.activity import read_activity
from bokeh_app.views.activity import OWN_DECISIONS, ActivityView, view_activity
from bokeh_app.views.exports import Sheet
from bokeh_app.views.find import DECISIONS
from bokeh_app.views.portfolio_sheets import activity_sheet


class ActivityPart:
    """Counts of the last days.

    Parameters
    ----------
    desk : Desk
    """

    region = "activity"

    def __init__(self, desk: Desk, days: int) -> None:
        self._desk = desk
        self.days = days
        self._decisions = StackedChart(desk.texts, "decision_days", DECISIONS)
        self._reviews = StackedChart(desk.texts, "review_days", OWN_DECISIONS)
        self.roots = (self._decisions.root, self._reviews.root)

    def load(self) -> None:
        """Count again."""
        desk, days = self._desk, self.days

        def question() -> ActivityView:
            activity = read_activity(desk.services.warehouse, days)
            return view_activity(desk.texts, activity)

        desk.ask(self.region, question, self._show, self._clear)

    def sheets(self) -> dict[str, Sheet]:
        """Return the days as a table; asks, as a question does."""
        activity = read_activity(self._desk.services.warehouse, self.days)
        return {self.region: activity_sheet(self._desk.texts, activity)}

    def _clear(self) -> None:
        self._decisions.clear()
        self._reviews.clear()

    def _show(self, view: ActivityView) -> None:
        desk, render = self._desk, self._desk.fragments.render
        self._decisions.show(view.decisions, view.ticks)
        self._reviews.show(view.reviews, view.ticks)
        desk.fill(
            self.region,
            {
                "activity-words": render("plain", text=view.words),
                "review-words": render("plain", text=view.review_words),
                "activity-table": render("activity_table", view=view),
            },
            announcement=view.words,
        )
