"""Whether the clients decided on are still those of training."""

from __future__ import annotations

from bokeh_app.desk import Desk
from bokeh_app.views.drift import DriftView, view_drift


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

    def load(self) -> None:
        """Ask again."""
        desk, days = self._desk, self.days

        def question() -> DriftView:
            return view_drift(desk.texts, desk.services.scoring.drift(days))

        desk.ask(self.region, question, self._show)

    def _show(self, view: DriftView) -> None:
        body = self._desk.fragments.render("drift", view=view)
        self._desk.fill(self.region, {"drift-body": body})
