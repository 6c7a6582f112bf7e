"""Two variables at once."""

from __future__ import annotations

from typing import Any

from bokeh_app.charts.density import DensityChart
from bokeh_app.desk import Desk, text_of
from bokeh_app.queries.catalogue import Variable
from bokeh_app.views.exploration import DensityView, view_density


class DensityPart:
    """A density map of all clients with the client marked.

    Parameters
    ----------
    desk : Desk
    """

    region = "density"

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._chart = DensityChart(desk.texts)
        self.roots = (self._chart.root,)

    def choose(self, request: dict[str, Any]) -> None:
        """Look at another pair of variables."""
        self._desk.choose(x=text_of(request, "x"), y=text_of(request, "y"))
        self.load()

    def load(self) -> None:
        """Load the map around the client shown."""
        desk = self._desk
        client_id, services, chosen = desk.client_id(), desk.services, desk.choice

        def question() -> tuple[DensityView, Variable, Variable]:
            catalogue = services.catalogue()
            choice = chosen.settled(catalogue)
            x, y = catalogue.variable(choice.x), catalogue.variable(choice.y)
            view = view_density(
                desk.writer(catalogue),
                x,
                y,
                services.population.density(x, y),
                services.population.position(x, y, client_id),
            )
            return view, x, y

        def deliver(reply: tuple[DensityView, Variable, Variable]) -> None:
            view, x, y = reply
            desk.choose(x=x.name, y=y.name)
            self._chart.show(view, x, y)
            render = desk.fragments.render
            desk.fill(
                self.region,
                {
                    "density-words": render("density_words", view=view),
                    "density-table": render("density_table", view=view),
                },
                selected={"density-x": x.name, "density-y": y.name},
            )

        desk.ask(self.region, question, deliver, self._chart.clear)
