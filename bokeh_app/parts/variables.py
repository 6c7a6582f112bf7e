"""The lists of variables and of filters to choose from."""

from __future__ import annotations

from collections.abc import Iterable

from bokeh_app.desk import Desk
from bokeh_app.errors import DashboardError
from bokeh_app.queries.catalogue import Catalogue, Variable
from bokeh_app.texts import Language
from bokeh_app.views.find import filter_choices

Options = list[tuple[str, str]]


class VariablesPart:
    """Fills the lists from the feature catalogue.

    Parameters
    ----------
    desk : Desk
    """

    region = "catalogue"

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def load(self) -> None:
        """Fill the lists; the variables cited for the client come first."""
        desk = self._desk
        desk.courier.ask(self.region, desk.services.catalogue, self._show, self._fail)

    def _fail(self, error: DashboardError) -> None:
        """Say it among the filters; the other parts say it for themselves."""
        desk = self._desk
        message = desk.texts(error.text_key)
        problem = desk.fragments.render("problem", region="matches", message=message)
        desk.outbox.put(problems={"matches": problem})

    def _show(self, catalogue: Catalogue) -> None:
        desk = self._desk
        choice, language = desk.choice.settled(catalogue), desk.texts.language
        variables = list(catalogue.variables.values())
        numeric = [variable for variable in variables if variable.is_numeric]
        cited = [
            catalogue.variables[name]
            for name in choice.cited
            if name in catalogue.variables
        ]

        def options(offered: list[Variable], chosen: str, first: list[Variable]) -> str:
            others = [variable for variable in offered if variable not in first]
            return desk.fragments.render(
                "variables",
                cited=first,
                groups=by_theme(others, language),
                chosen=chosen,
            )

        fragments = {
            "comparison-variable": options(variables, choice.variable, cited),
            "density-x": options(numeric, choice.x, []),
            "density-y": options(numeric, choice.y, []),
        }
        for name, choices in filter_choices(desk.writer(catalogue)).items():
            fragments[f"filter-{name}"] = desk.fragments.render(
                "options", options=choices
            )
        desk.outbox.put(fragments=fragments, problems={"matches": ""})


def by_theme(variables: Iterable[Variable], language: Language) -> dict[str, Options]:
    """Group variables under the labels of their themes, by label within each."""
    groups: dict[str, Options] = {}
    for variable in variables:
        options = groups.setdefault(variable.theme_label(language), [])
        options.append((variable.name, variable.label(language)))
    return {
        theme: sorted(options, key=lambda option: option[1])
        for theme, options in groups.items()
    }
