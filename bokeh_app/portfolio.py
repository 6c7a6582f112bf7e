"""One manager's session: the portfolio, and what the model does to it."""

from __future__ import annotations

from bokeh_app.page.desk import text_of
from bokeh_app.page.session import Actions, PageSession, Request
from bokeh_app.parts.activity import ActivityPart
from bokeh_app.parts.costs import CostsPart
from bokeh_app.parts.drift import DriftPart
from bokeh_app.parts.export import ExportPart
from bokeh_app.parts.fairness import FairnessPart
from bokeh_app.parts.spread import SpreadPart
from bokeh_app.queries.activity import PERIODS

FIRST_PERIOD = 30


class Portfolio:
    """Brings the parts together.

    Parameters
    ----------
    page : PageSession
    """

    def __init__(self, page: PageSession) -> None:
        self._page = page
        desk = page.desk
        self._activity = ActivityPart(desk, FIRST_PERIOD)
        self._drift = DriftPart(desk, FIRST_PERIOD)
        self._costs = CostsPart(desk)
        self._parts = (
            self._activity,
            SpreadPart(desk),
            self._drift,
            self._costs,
            FairnessPart(desk),
        )
        self._export = ExportPart(
            desk, {part.region: part.sheets for part in self._parts}
        )

    def start(self) -> None:
        """Open the page and load all parts."""
        roots = [root for part in self._parts for root in part.roots]
        self._page.start(roots, self._actions, self._load)
        for part in self._parts:
            part.load()

    def _actions(self) -> Actions:
        return {
            "period": self._choose_period,
            "costs": self._costs.choose,
            "export": self._export.export,
        }

    def _choose_period(self, request: Request) -> None:
        days = text_of(request, "days")
        if days in map(str, PERIODS):
            self._activity.days = self._drift.days = int(days)
            self._activity.load()
            self._drift.load()

    def _load(self, region: str) -> None:
        for part in self._parts:
            if part.region == region:
                part.load()
