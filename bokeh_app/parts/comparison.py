"""The client among others."""

from __future__ import annotations

from typing import Any

from bokeh_app.charts.comparison import ComparisonCharts
from bokeh_app.choice import Choice
from bokeh_app.desk import Desk, text_of
from bokeh_app.queries.population import GROUPS
from bokeh_app.views.comparison import ComparisonView, view_comparison


class ComparisonPart:
    """One variable over a group, with the client marked.

    Parameters
    ----------
    desk : Desk
    """

    region = "comparison"

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._charts = ComparisonCharts(desk.texts)
        self.roots = self._charts.roots

    def choose(self, request: dict[str, Any]) -> None:
        """Compare by another variable or with another group."""
        group = text_of(request, "group")
        self._desk.choose(
            variable=text_of(request, "variable"),
            group=next((one for one in GROUPS if one == group), GROUPS[0]),
        )
        self.load()

    def load(self) -> None:
        """Load the comparison of the client shown."""
        desk = self._desk
        client_id, services, chosen = desk.client_id(), desk.services, desk.choice

        def question() -> tuple[ComparisonView, Choice]:
            catalogue = services.catalogue()
            choice = chosen.settled(catalogue)
            variable = catalogue.variable(choice.variable)
            population = services.population
            view = view_comparison(
                desk.writer(catalogue),
                variable,
                choice.group,
                population.standing(variable, choice.group, client_id),
                population.counted(variable, choice.group, client_id),
            )
            return view, choice

        def deliver(reply: tuple[ComparisonView, Choice]) -> None:
            view, choice = reply
            desk.choose(variable=choice.variable)
            self._charts.show(view)
            render = desk.fragments.render
            desk.fill(
                self.region,
                {
                    "comparison-words": render("comparison_words", view=view),
                    "comparison-table": render("comparison_table", view=view),
                },
                selected={"comparison-variable": choice.variable},
                hidden={
                    "default-rates-chart": not view.rates,
                    "default-rates-none": bool(view.rates),
                },
            )

        desk.ask(self.region, question, deliver, self._charts.clear)
