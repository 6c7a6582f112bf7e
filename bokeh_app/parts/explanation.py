"""The decision in detail, and how the model thinks in general."""

from __future__ import annotations

from bokeh_app.errors import or_none
from bokeh_app.page.desk import Desk
from bokeh_app.sources.case_client import Explanation
from bokeh_app.sources.scoring_client import ModelCard
from bokeh_app.views.explanation import view_explanation, view_weights


class ExplanationPart:
    """What opens below the reasons and the chart of themes.

    Parameters
    ----------
    desk : Desk
    """

    region = "explanation"

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def load(self) -> None:
        """Explain the decision shown; without one there is nothing to explain."""
        desk = self._desk
        decision_id, services = desk.choice.decision_id, desk.services
        language = desk.texts.language
        if not decision_id:
            desk.courier.forget(self.region)
            self._clear()
            return

        def question() -> tuple[Explanation, ModelCard | None]:
            explanation = services.cases.explanation(decision_id, language)
            # It is worth showing without how the model thinks in general.
            version = explanation.model_version
            return explanation, or_none(lambda: services.model(version))

        desk.ask(self.region, question, lambda reply: self._show(*reply), self._clear)

    def _show(self, explanation: Explanation, model: ModelCard | None) -> None:
        desk = self._desk
        texts, render = desk.texts, desk.fragments.render
        view = view_explanation(texts, explanation)
        weights = view_weights(texts, model) if model else ()
        desk.fill(
            self.region,
            {
                "reasons-untold": render("untold", sentences=view.untold),
                "explanation-themes": render("explanation", view=view),
                "model-weights": render("model_weights", weights=weights),
            },
        )

    def _clear(self) -> None:
        names = ("reasons-untold", "explanation-themes", "model-weights")
        self._desk.fill(self.region, dict.fromkeys(names, ""))
