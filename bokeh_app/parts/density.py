"""Two variables at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bokeh_app.charts.density import DensityCharts
from bokeh_app.page.desk import Desk, text_of
from bokeh_app.queries.catalogue import Variable
from bokeh_app.queries.density import Density
from bokeh_app.views.exploration import DensityView, density_cells, view_density
from bokeh_app.views.exports import Sheet
from bokeh_app.views.selection import (
    Region,
    band_labels,
    band_number,
    band_span,
    view_selection,
    within,
)
from bokeh_app.views.sheets import density_sheet
from bokeh_app.views.values import ValueWriter


@dataclass(frozen=True)
class Shown:
    """What the charts show: a selection is computed from it, without asking."""

    writer: ValueWriter
    x: Variable
    y: Variable
    density: Density | None
    view: DensityView


class DensityPart:
    """A density map of all clients with the client marked, and linked rates.

    Parameters
    ----------
    desk : Desk
    """

    region = "density"

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._charts = DensityCharts(desk.texts, self._select)
        self._shown: Shown | None = None
        self.roots = self._charts.roots

    def choose(self, request: dict[str, Any]) -> None:
        """Look at another pair of variables."""
        self._desk.choose(x=text_of(request, "x"), y=text_of(request, "y"))
        self.load()

    def choose_bins(self, request: dict[str, Any]) -> None:
        """Select the bins that the page's lists name; without any, nothing."""
        if self._shown is None or self._shown.density is None:
            return
        density = self._shown.density
        self._show_selection(
            Region(
                band_span(density.x_edges, text_of(request, "x_bin")),
                band_span(density.y_edges, text_of(request, "y_bin")),
            )
        )

    def load(self) -> None:
        """Load the map around the client shown."""
        desk = self._desk
        client_id, services, chosen = desk.client_id(), desk.services, desk.choice
        before = self._shown

        def question() -> Shown:
            catalogue = services.catalogue()
            choice = chosen.settled(catalogue)
            x, y = catalogue.variable(choice.x), catalogue.variable(choice.y)
            writer, population = desk.writer(catalogue), services.population
            density = population.density(x, y)
            position = population.position(x, y, client_id)
            cells = (
                before.view.cells
                if before is not None and before.density is density
                else density_cells(writer, x, y, density)
            )
            view = view_density(writer, x, y, density, position, cells)
            return Shown(writer, x, y, density, view)

        desk.ask(self.region, question, self._deliver, self._clear)

    def sheets(self) -> dict[str, Sheet]:
        """Return the map as a table."""
        shown = self._shown
        if shown is None:
            return {}
        sheet = density_sheet(self._desk.texts, shown.x, shown.y, shown.density)
        return {self.region: sheet}

    def _deliver(self, shown: Shown) -> None:
        desk, x, y, view = self._desk, shown.x, shown.y, shown.view
        before, self._shown = self._shown, shown
        is_same_map = before is not None and before.density is shown.density
        desk.choose(x=x.name, y=y.name)
        render, language = desk.fragments.render, desk.texts.language
        fragments = {"density-words": render("density_words", view=view)}
        if is_same_map:  # and so are its selection and its tables
            self._charts.mark(view.client)
            desk.fill(self.region, fragments)
            return
        self._charts.show(view, x, y)
        fragments["density-table"] = render("density_table", view=view)
        if shown.density is not None:
            for axis, variable, edges in (
                ("x", x, shown.density.x_edges),
                ("y", y, shown.density.y_edges),
            ):
                labels = band_labels(shown.writer, variable, edges)
                fragments[f"region-{axis}"] = render("bins", labels=labels)
        desk.fill(
            self.region,
            fragments,
            chosen_variables={
                f"density-{axis}": {
                    "name": variable.name,
                    "label": variable.label(language),
                }
                for axis, variable in (("x", x), ("y", y))
            },
        )
        self._show_selection(Region(), is_told=False)

    def _select(self, region: Region) -> None:
        """Select what the advisor drew in one of the figures."""
        if self._shown is not None and self._shown.density is not None:
            self._show_selection(within(region, self._shown.density))

    def _show_selection(self, region: Region, *, is_told: bool = True) -> None:
        shown, desk = self._shown, self._desk
        if shown is None or shown.density is None:
            return
        selection = view_selection(
            shown.writer, shown.x, shown.y, shown.density, region
        )
        self._charts.show_selection(selection)
        words = desk.fragments.render("plain", text=selection.words)
        told = {"announcement": selection.words} if is_told else {}
        chosen = {
            "region-x": band_number(shown.density.x_edges, region.x),
            "region-y": band_number(shown.density.y_edges, region.y),
        }
        desk.outbox.put(fragments={"region-words": words}, selected=chosen, **told)

    def _clear(self) -> None:
        self._shown = None
        self._charts.clear()
