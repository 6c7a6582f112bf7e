"""Whether the clients decided on are still those of training."""

from __future__ import annotations

from bokeh_app.page.desk import Desk
from bokeh_app.sources.scoring_client import Drift
from bokeh_app.views.drift import view_drift
from bokeh_app.views.exports import Sheet
from bokeh_app.views.portfolio_sheets import drift_sheet


class DriftPart:
    """What the scoring function tells of drift.

    Parameters
    ----------
    desk : Desk
    """

    region = "drift"
    roots = ()

    def __init__(self, desk: Desk, days: int) -> None:
        self._desk = desk
        self.days = days
        self._shown: Drift | None = None

    def load(self) -> None:
        """Ask again."""
        desk, days = self._desk, self.days

        def question() -> Drift:
            return desk.services.scoring.drift(days)

        desk.ask(self.region, question, self._show)

    def sheets(self) -> dict[str, Sheet]:
        """Return what is shown as a table; to ask for it again would take seconds."""
        if self._shown is None:
            return {}
        return {self.region: drift_sheet(self._desk.texts, self._shown)}

    def _show(self, drift: Drift) -> None:
        self._shown = drift
        view = view_drift(self._desk.texts, drift)
        body = self._desk.fragments.render("drift", view=view)
        self._desk.fill(self.region, {"drift-body": body})
