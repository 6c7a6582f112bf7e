"""What thresholds cost, for any ratio of the two errors."""

from __future__ import annotations

from typing import Any

from bokeh_app.charts.costs import CostChart
from bokeh_app.cost_curve import CostCurve
from bokeh_app.errors import NoEvidenceError
from bokeh_app.page.desk import Desk, text_of
from bokeh_app.sources.scoring_client import Evidence, ModelCard
from bokeh_app.views.costs import view_costs
from bokeh_app.views.exports import Sheet
from bokeh_app.views.portfolio_sheets import costs_sheet

LOWEST_RATIO, HIGHEST_RATIO = 5, 20


class CostsPart:
    """The cost curve under two sliders; a move of them asks nobody.

    Parameters
    ----------
    desk : Desk
    """

    region = "costs"

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._chart = CostChart(desk.texts)
        self._model: ModelCard | None = None
        self._curve: CostCurve | None = None
        self._place = 0
        self._answered = 0  # number of the last request
        self.roots = (self._chart.root,)

    def load(self) -> None:
        """Ask for the counts, and begin with the bank's own ratio and threshold."""
        desk = self._desk

        def question() -> tuple[ModelCard, Evidence]:
            model = desk.services.current_model()
            return model, evidence_of(model)

        desk.ask(self.region, question, lambda reply: self._begin(*reply))

    def choose(self, request: dict[str, Any]) -> None:
        """Move a slider, or put both back."""
        if self._model is None or self._curve is None or not self._model.evidence:
            return
        number = request.get("number")
        self._answered = number if isinstance(number, int) else self._answered
        chosen = text_of(request, "choice")
        if chosen == "own":
            self._begin(self._model, self._model.evidence)
            return
        if chosen == "best":
            self._place = self._curve.nearest(self._curve.closed_form)
        elif chosen == "ratio":
            ratio = _whole(request, LOWEST_RATIO, HIGHEST_RATIO, self._curve.ratio)
            self._curve = CostCurve.of(self._model.evidence.outcomes, ratio)
        elif chosen == "threshold":
            last = len(self._curve.thresholds) - 1
            self._place = int(_whole(request, 0, last, self._place))
        self._show()

    def sheets(self) -> dict[str, Sheet]:
        """Return the curve as a table, for the ratio that the sliders stand at."""
        if self._curve is None:
            return {}
        return {self.region: costs_sheet(self._desk.texts, self._curve)}

    def _begin(self, model: ModelCard, evidence: Evidence) -> None:
        ratio = min(max(model.cost_matrix.ratio, LOWEST_RATIO), HIGHEST_RATIO)
        self._model = model
        self._curve = CostCurve.of(evidence.outcomes, ratio)
        self._place = self._curve.nearest(model.threshold)
        self._show()

    def _show(self) -> None:
        assert self._model is not None
        assert self._curve is not None
        desk, render = self._desk, self._desk.fragments.render
        view = view_costs(desk.texts, self._model, self._curve, self._place)
        self._chart.show(self._curve, self._place)
        desk.fill(
            self.region,
            {
                "costs-words": render("plain", text=view.words),
                "costs-table": render("costs_table", view=view),
            },
            costs={
                "ratio": view.ratio,
                "ratio_text": view.ratio_text,
                "place": view.place,
                "last_place": view.last_place,
                "threshold_text": view.threshold_text,
                "answers": self._answered,
            },
        )


def evidence_of(model: ModelCard) -> Evidence:
    """Return what training showed of a model.

    Raises
    ------
    NoEvidenceError
        If an earlier program trained it.
    """
    if model.evidence is None:
        raise NoEvidenceError("The model's card has no evidence.")
    return model.evidence


def _whole(request: dict[str, Any], low: int, high: int, otherwise: float) -> float:
    """Read a whole number of the browser, within its slider's ends."""
    text = text_of(request, "value")
    return min(max(int(text), low), high) if text.isdecimal() else otherwise
