"""Whether groups of clients are decided upon alike."""

from __future__ import annotations

from bokeh_app.page.desk import Desk
from bokeh_app.parts.costs import evidence_of
from bokeh_app.views.exports import Sheet
from bokeh_app.views.fairness import GroupsView, view_fairness
from bokeh_app.views.portfolio_sheets import fairness_sheet


class FairnessPart:
    """Rates by gender and by age, as training has measured them.

    Parameters
    ----------
    desk : Desk
    """

    region = "fairness"
    roots = ()

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def load(self) -> None:
        """Ask again."""
        desk = self._desk

        def question() -> tuple[GroupsView, ...]:
            evidence = evidence_of(desk.services.current_model())
            return view_fairness(desk.texts, desk.services.catalogue(), evidence)

        desk.ask(self.region, question, self._show)

    def sheets(self) -> dict[str, Sheet]:
        """Return the groups as a table; asks, as a question does."""
        services = self._desk.services
        evidence = evidence_of(services.current_model())
        sheet = fairness_sheet(self._desk.texts, services.catalogue(), evidence)
        return {self.region: sheet}

    def _show(self, views: tuple[GroupsView, ...]) -> None:
        body = self._desk.fragments.render("fairness", views=views)
        self._desk.fill(self.region, {"fairness-body": body})
