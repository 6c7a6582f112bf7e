"""The decision, its reasons, and the way from the average client to this one."""

from __future__ import annotations

from collections.abc import Callable

from bokeh_app.charts.waterfall import WaterfallChart
from bokeh_app.errors import or_none
from bokeh_app.page.desk import Desk
from bokeh_app.queries.scores import ScoreSpread
from bokeh_app.sources.scoring_client import ModelCard, Score
from bokeh_app.views.decision import USUAL_BASE, view_decision
from bokeh_app.views.reasons import view_reasons, view_waterfall


class DecisionPart:
    """What the scoring function answers.

    Parameters
    ----------
    desk : Desk
    answered : callable
        Called when the answer, or its failure, is shown.
    """

    region = "decision"

    def __init__(self, desk: Desk, answered: Callable[[], None]) -> None:
        self._desk = desk
        self._answered = answered
        self._waterfall = WaterfallChart(desk.texts)
        self.roots = (self._waterfall.root,)

    def load(self) -> None:
        """Ask for the decision about the client shown."""
        desk = self._desk
        client_id, services = desk.client_id(), desk.services
        language = desk.texts.language

        def question() -> tuple[Score, ModelCard | None, ScoreSpread | None]:
            # The decision is worth showing without its scale and its place.
            score = services.score(client_id, language)
            version = score.model_version
            return (
                score,
                or_none(lambda: services.model(version)),
                or_none(lambda: services.score_spread(version)),
            )

        def fail() -> None:
            self._waterfall.clear()
            desk.choose(cited=(), decision_id="")
            self._answered()

        desk.ask(self.region, question, lambda reply: self._show(*reply), fail)

    def _show(
        self, score: Score, model: ModelCard | None, spread: ScoreSpread | None
    ) -> None:
        desk = self._desk
        texts, render = desk.texts, desk.fragments.render
        view = view_decision(texts, score, model, spread)
        waterfall = view_waterfall(texts, score)
        self._waterfall.show(waterfall, model.points.base if model else USUAL_BASE)
        desk.fill(
            self.region,
            {
                "decision-facts": render("decision", view=view),
                "verdict": render("verdict", view=view),
                "reasons-list": render("reasons", view=view_reasons(texts, score)),
                "waterfall-table": render("waterfall", view=waterfall),
            },
            announcement=view.announcement,
        )
        cited = (reason.feature for reason in score.reasons if reason.feature)
        desk.choose(cited=tuple(cited), decision_id=score.decision_id)
        self._answered()
