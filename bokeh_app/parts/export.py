"""Files of what the charts show, for the advisor to take away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bokeh_app.errors import DashboardError
from bokeh_app.page.desk import Desk, text_of
from bokeh_app.views.exports import Sheet, as_csv, file_name

Sheets = Callable[[], dict[str, Sheet]]


class ExportPart:
    """Sends a part's table as a CSV file; one about a client is written down.

    Parameters
    ----------
    desk : Desk
    sources : mapping of str to callable
        By the name of a table, what gives it, among others; may ask the database.
    """

    region = "export"

    def __init__(self, desk: Desk, sources: Mapping[str, Sheets]) -> None:
        self._desk = desk
        self._sources = sources

    def export(self, request: dict[str, Any]) -> None:
        """Make the file that the page asks for, and send it."""
        desk = self._desk
        what = text_of(request, "what")
        if what not in self._sources:
            return
        sheets, client_id = self._sources[what], desk.choice.client_id

        def question() -> dict[str, str] | None:
            sheet = sheets().get(what)
            if sheet is None:
                return None
            if client_id is not None:
                desk.views.record("export", [client_id])
            return {
                "name": file_name(client_id, sheet),
                "text": as_csv(sheet, desk.texts.language),
            }

        def deliver(file: dict[str, str] | None) -> None:
            if file is not None:
                told = desk.texts("population.exported", name=file["name"])
                desk.outbox.put(file=file, announcement=told)

        def fail(error: DashboardError) -> None:
            desk.outbox.put(announcement=desk.texts(error.text_key))

        desk.courier.ask(self.region, question, deliver, fail)
