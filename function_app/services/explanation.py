"""Explain a logged decision from the inputs that it was made on."""

import json
from dataclasses import dataclass
from uuid import UUID

from function_app.errors import ModelReplacedError, UnknownDecisionError
from function_app.model.champion import Champion
from function_app.records.decision_log import select_decision
from function_app.schemas.base import Language
from function_app.schemas.explanation import ExplanationAnswer, ThemeContribution
from function_app.schemas.score import Reason
from function_app.warehouse.connection_pool import ConnectionPool
from function_app.warehouse.feature_table import fitting_the_model


@dataclass(frozen=True)
class ExplanationService:
    """Explains decisions as long as the model that made them is served.

    Attributes
    ----------
    pool : ConnectionPool
    champion : Champion
    """

    pool: ConnectionPool
    champion: Champion

    def explain(self, decision_id: UUID, language: Language) -> ExplanationAnswer:
        """Take one decision apart; nothing is decided anew.

        Raises
        ------
        UnknownDecisionError
            If the log has no such decision.
        ModelReplacedError
            If another model is served by now.
        UnavailableError
            If the database or the model is away.
        """
        served = self.champion.get()
        logged = self.pool.run(lambda cursor: select_decision(cursor, decision_id))
        if logged is None:
            raise UnknownDecisionError("No decision has this identifier.")
        answered = json.loads(logged.response_json)
        if answered["model_version"] != served.model.version:
            raise ModelReplacedError(
                "Another model is served than the one that decided."
            )
        inputs = json.loads(logged.inputs_json)
        with fitting_the_model():
            detail = served.model.detail(inputs, language=language.value)
        return ExplanationAnswer(
            decision_id=decision_id,
            client_id=answered["client_id"],
            model_version=served.model.version,
            points=answered["points"],
            base_points=detail.base_points,
            contributions=[
                ThemeContribution.model_validate(part, from_attributes=True)
                for part in detail.themes
            ],
            reasons=[
                Reason.model_validate(reason, from_attributes=True)
                for reason in detail.reasons
            ],
            language=language,
        )
