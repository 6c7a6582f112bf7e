"""All of the client's data, searched by word and theme."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bokeh.plotting import figure

from bokeh_app.page.desk import Desk, text_of
from bokeh_app.queries.catalogue import Catalogue, Variable
from bokeh_app.queries.groups import own_values
from bokeh_app.views.client_data import (
    ClientDataView,
    Own,
    client_data_sheet,
    data_rows,
)
from bokeh_app.views.exports import Sheet
from bokeh_app.views.variables import matching

FIRST_SHOWN = 25
LONGEST_COUNT = 4  # digits


@dataclass(frozen=True)
class Wanted:
    """Which variables are listed."""

    text: str = ""
    theme: str = ""
    only_known: bool = False
    shown: int = FIRST_SHOWN


class ClientDataPart:
    """The list of every variable with the client's and the typical value.

    It is asked for when the advisor opens it, not with each client.

    Parameters
    ----------
    desk : Desk
    """

    region = "client_data"
    roots: tuple[figure, ...] = ()

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._wanted = Wanted()

    def choose(self, request: dict[str, Any]) -> None:
        """List what the advisor searches for."""
        shown = text_of(request, "shown")
        is_number = shown.isdecimal() and len(shown) <= LONGEST_COUNT
        self._wanted = Wanted(
            text_of(request, "text"),
            text_of(request, "theme"),
            bool(text_of(request, "known")),
            int(shown) if is_number else FIRST_SHOWN,
        )
        self.load()

    def load(self) -> None:
        """Load the list for the client shown."""
        desk, wanted = self._desk, self._wanted
        client_id, services = desk.client_id(), desk.services

        def question() -> ClientDataView:
            catalogue = services.catalogue()
            own, found = self._find(catalogue, wanted, client_id)
            shown = found[: wanted.shown]
            population, texts = services.population, desk.texts
            return ClientDataView(
                count=texts.plural("population.data_count", len(found)),
                sample=texts(
                    "population.sample",
                    count=texts.format.number(population.typical.sample_size()),
                ),
                rows=data_rows(
                    desk.writer(catalogue), shown, own, population.typical.of(shown)
                ),
                next_shown=len(shown) + FIRST_SHOWN
                if len(shown) < len(found)
                else None,
            )

        def deliver(view: ClientDataView) -> None:
            listed = desk.fragments.render("client_data", view=view)
            desk.fill(
                self.region, {"client-data-table": listed}, announcement=view.count
            )

        desk.ask(self.region, question, deliver)

    def sheets(self) -> dict[str, Sheet]:
        """Return all that is searched for as a table; asks, as a question does."""
        desk = self._desk
        catalogue = desk.services.catalogue()
        own, found = self._find(catalogue, self._wanted, desk.client_id())
        return {self.region: client_data_sheet(desk.writer(catalogue), found, own)}

    def _find(
        self, catalogue: Catalogue, wanted: Wanted, client_id: int
    ) -> tuple[Own, list[Variable]]:
        desk = self._desk
        variables = list(catalogue.variables.values())
        own = own_values(desk.services.warehouse, variables, client_id)
        found = [
            variable
            for variable in matching(variables, wanted.text, desk.texts.language)
            if wanted.theme in ("", variable.theme)
            and (own[variable.name] is not None or not wanted.only_known)
        ]
        return own, found
