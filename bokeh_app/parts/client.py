"""Who the client is."""

from __future__ import annotations

from bokeh.plotting import figure

from bokeh_app.errors import NotFoundError
from bokeh_app.page.desk import Desk
from bokeh_app.queries.profile import read_profile
from bokeh_app.views.client import ClientView, view_client


class ClientPart:
    """The client's description in plain words.

    Parameters
    ----------
    desk : Desk
    """

    region = "client"
    roots: tuple[figure, ...] = ()

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def load(self) -> None:
        """Load the description of the client shown."""
        desk = self._desk
        client_id, services = desk.client_id(), desk.services

        def question() -> ClientView:
            profile = read_profile(services.warehouse, client_id)
            if profile is None:
                raise NotFoundError("The marts have no such client.")
            return view_client(desk.writer(services.catalogue()), profile)

        def deliver(view: ClientView) -> None:
            render = desk.fragments.render
            desk.fill(
                self.region,
                {
                    "client-facts": render("client", view=view),
                    "client-summary": render("plain", text=view.summary),
                },
            )

        desk.ask(self.region, question, deliver)
