"""The client among others."""

from __future__ import annotations

from typing import Any

from bokeh_app.charts.comparison import ComparisonCharts
from bokeh_app.page.choice import Choice
from bokeh_app.page.desk import Desk, text_of
from bokeh_app.queries.groups import CRITERIA, GROUPS
from bokeh_app.views.comparison import ComparisonView, view_comparison
from bokeh_app.views.exports import Sheet
from bokeh_app.views.groups import group_in_words
from bokeh_app.views.sheets import comparison_sheet


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
            criteria={name: text_of(request, name) for name in CRITERIA},
        )
        self.load()

    def load(self) -> None:
        """Load the comparison of the client shown."""
        desk = self._desk
        client_id, services, chosen = desk.client_id(), desk.services, desk.choice

        def question() -> tuple[ComparisonView, Choice, str]:
            catalogue = services.catalogue()
            choice = chosen.settled(catalogue)
            variable = catalogue.variable(choice.variable)
            population, writer = services.population, desk.writer(catalogue)
            members = population.members(
                catalogue, choice.group, client_id, choice.criteria
            )
            view = view_comparison(
                writer,
                variable,
                population.standing(variable, members, client_id),
                population.counted(variable, members),
                group_in_words(writer, choice.group, members),
            )
            return view, choice, variable.label(desk.texts.language)

        def deliver(reply: tuple[ComparisonView, Choice, str]) -> None:
            view, choice, label = reply
            desk.choose(variable=choice.variable)
            self._charts.show(view)
            render = desk.fragments.render
            desk.fill(
                self.region,
                {
                    "comparison-words": render("comparison_words", view=view),
                    "comparison-table": render("comparison_table", view=view),
                },
                chosen_variables={
                    "comparison-variable": {"name": choice.variable, "label": label}
                },
                hidden={
                    "default-rates-chart": not view.rates,
                    "default-rates-none": bool(view.rates),
                },
            )

        desk.ask(self.region, question, deliver, self._charts.clear)

    def sheets(self) -> dict[str, Sheet]:
        """Return what is compared as a table; asks, as a question does."""
        desk = self._desk
        catalogue, population = desk.services.catalogue(), desk.services.population
        choice = desk.choice.settled(catalogue)
        variable = catalogue.variable(choice.variable)
        members = population.members(
            catalogue, choice.group, desk.client_id(), choice.criteria
        )
        counted = population.counted(variable, members)
        sheet = comparison_sheet(desk.writer(catalogue), variable, counted)
        return {self.region: sheet}
