"""The variables to search in, and the lists of filters to choose from."""

from __future__ import annotations

from typing import Any

from bokeh_app.errors import DashboardError
from bokeh_app.page.desk import Desk, text_of
from bokeh_app.queries.catalogue import Catalogue
from bokeh_app.views.find import group_choices
from bokeh_app.views.variables import FoundVariables, find_variables, labels_of_themes

# Fields of the page that search the variables, and whether they take numbers alone.
FIELDS = {"comparison-variable": False, "density-x": True, "density-y": True}


class VariablesPart:
    """Fills the lists from the feature catalogue, and searches it.

    Parameters
    ----------
    desk : Desk
    """

    region = "catalogue"

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def load(self) -> None:
        """Fill the lists."""
        desk = self._desk
        # Where it fails, the parts that ask for the catalogue too say so.
        desk.courier.ask(
            self.region, desk.services.catalogue, self._show, lambda _error: None
        )

    def search(self, request: dict[str, Any]) -> None:
        """Find the variables that a text means, for one of the fields."""
        desk = self._desk
        field, text = text_of(request, "field"), text_of(request, "text")
        if field not in FIELDS:
            return
        cited, language = desk.choice.cited, desk.texts.language

        def question() -> FoundVariables:
            offered = [
                variable
                for variable in desk.services.catalogue().variables.values()
                if variable.is_numeric or not FIELDS[field]
            ]
            return find_variables(desk.texts, offered, text, cited, language)

        def deliver(found: FoundVariables) -> None:
            html = desk.fragments.render(
                "found_variables", field=field, groups=found.groups
            )
            shown = {"html": html.strip(), "note": found.note, "count": found.count}
            desk.outbox.put(found_variables={field: shown})

        def fail(error: DashboardError) -> None:
            desk.outbox.put(announcement=desk.texts(error.text_key))

        desk.courier.ask(f"search-{field}", question, deliver, fail)

    def _show(self, catalogue: Catalogue) -> None:
        desk = self._desk
        render = desk.fragments.render
        fragments = {
            "client-data-theme": render(
                "theme_options", themes=labels_of_themes(catalogue, desk.texts.language)
            )
        }
        for name, choices in group_choices(desk.writer(catalogue)).items():
            fragments[f"group-{name}"] = render("options", options=choices)
        desk.outbox.put(fragments=fragments)
