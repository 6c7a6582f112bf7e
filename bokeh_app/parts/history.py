"""The client's past loans and payments."""

from __future__ import annotations

from bokeh_app.charts.history import HistoryCharts
from bokeh_app.page.desk import Desk
from bokeh_app.queries.history import History, read_history
from bokeh_app.views.exports import Sheet
from bokeh_app.views.history import HistoryView, view_history
from bokeh_app.views.sheets import loans_sheet, payments_sheet


class HistoryPart:
    """Loans and instalments in time.

    Parameters
    ----------
    desk : Desk
    """

    region = "history"

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._charts = HistoryCharts(desk.texts)
        self.roots = self._charts.roots

    def load(self) -> None:
        """Load the past of the client shown."""
        desk = self._desk
        client_id, services = desk.client_id(), desk.services

        def question() -> HistoryView:
            history = self._read(client_id)
            return view_history(desk.writer(services.catalogue()), history)

        def deliver(view: HistoryView) -> None:
            self._charts.show(view)
            render = desk.fragments.render
            desk.fill(
                self.region,
                {
                    "history-words": render("plain", text=view.words),
                    "loans-table": render("loans_table", view=view),
                    "payments-table": render("payments_table", view=view),
                },
                hidden={
                    "loans": not view.loans,
                    "loans-hint": not view.payments,
                    "payments": not view.payments,
                },
            )

        desk.ask(self.region, question, deliver, self._charts.clear)

    def sheets(self) -> dict[str, Sheet]:
        """Return loans and instalments as tables; asks, as a question does."""
        desk = self._desk
        history = self._read(desk.client_id())
        return {
            "loans": loans_sheet(desk.writer(desk.services.catalogue()), history),
            "payments": payments_sheet(desk.texts, history),
        }

    def _read(self, client_id: int) -> History:
        return read_history(self._desk.services.warehouse, client_id)
