"""How the scores of all clients are spread."""

from __future__ import annotations

from bokeh_app.charts.stacked import StackedChart
from bokeh_app.errors import NotScoredAllError
from bokeh_app.page.desk import Desk
from bokeh_app.queries.scores import ScoreSpread
from bokeh_app.sources.scoring_client import ModelCard
from bokeh_app.views.exports import Sheet
from bokeh_app.views.find import DECISIONS
from bokeh_app.views.portfolio_sheets import spread_sheet
from bokeh_app.views.spread import SpreadView, view_spread


class SpreadPart:
    """All clients by points and by rating.

    Parameters
    ----------
    desk : Desk
    """

    region = "spread"

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._chart = StackedChart(desk.texts, "spread", DECISIONS)
        self.roots = (self._chart.root,)

    def load(self) -> None:
        """Count again."""
        desk = self._desk

        def question() -> tuple[SpreadView, float]:
            model = desk.services.current_model()
            return view_spread(desk.texts, self._read(model)), model.points.base

        desk.ask(
            self.region, question, lambda reply: self._show(*reply), self._chart.clear
        )

    def sheets(self) -> dict[str, Sheet]:
        """Return the counts as a table; asks, as a question does."""
        spread = self._read(self._desk.services.current_model())
        return {self.region: spread_sheet(self._desk.texts, spread)}

    def _read(self, model: ModelCard) -> ScoreSpread:
        spread = self._desk.services.score_spread(model.version)
        if spread is None:
            raise NotScoredAllError("No scores of all clients by this model.")
        return spread

    def _show(self, view: SpreadView, threshold: float) -> None:
        desk, render = self._desk, self._desk.fragments.render
        self._chart.show(view.stacks, threshold=threshold)
        desk.fill(
            self.region,
            {
                "spread-words": render("plain", text=view.words),
                "spread-note": render("plain", text=view.note),
                "spread-table": render("spread_table", view=view),
            },
        )
