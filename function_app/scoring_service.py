"""From a client's number to a decision in the log, in one place and in this order."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from function_app.champion import Champion
from function_app.connection_pool import ConnectionPool
from function_app.decision_log import (
    DecisionRecord,
    LoggedDecision,
    insert_decision,
    select_decision,
)
from function_app.errors import (
    DatabaseMismatchError,
    UnknownClientError,
    UnknownDecisionError,
)
from function_app.feature_table import FeatureValue, read_row
from function_app.logs import log_event
from function_app.metrics import Metrics
from function_app.schemas import Contribution, Language, Reason, ScoreAnswer
from function_app.security import Caller
from scoring import FeatureRowError, Score


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class ScoringService:
    """Scores clients and reads decisions.

    Attributes
    ----------
    pool : ConnectionPool
    champion : Champion
    metrics : Metrics
    clock : callable
        Gives the time of a decision, in UTC.
    """

    pool: ConnectionPool
    champion: Champion
    metrics: Metrics
    clock: Callable[[], datetime] = _now

    def decide(
        self,
        client_id: int,
        *,
        language: Language,
        explain: bool,
        caller: Caller,
        request_id: str,
    ) -> str:
        """Decide on one client, and return the answer once the log has it.

        Parameters
        ----------
        client_id : int
        language : Language
        explain : bool
            Whether to compute contributions and reasons.
        caller : Caller
        request_id : str

        Returns
        -------
        str
            A :class:`ScoreAnswer` as JSON, the very text that was logged.

        Raises
        ------
        UnknownClientError
            If the feature table has no such client.
        UnavailableError
            If the database or the model is away. Then nothing was decided.
        """
        served = self.champion.get()
        try:
            inputs = self.pool.run(
                lambda cursor: read_row(
                    cursor, served.row_query, served.feature_names, client_id
                )
            )
            if inputs is None:
                raise UnknownClientError("No client has this number.")
            score = served.model.score(inputs, explain=explain, language=language.value)
        except FeatureRowError as error:
            # Its message names features and types, never values.
            log_event(logging.ERROR, "feature_row_refused", reason=str(error))
            raise DatabaseMismatchError(
                "The feature table does not fit the model."
            ) from error
        answer = _answer(
            client_id, score, served.model.version, language, uuid4(), self.clock()
        )
        record = _record(answer, inputs, caller, request_id)
        self.pool.run(lambda cursor: insert_decision(cursor, record))
        self.metrics.decision(
            served.model,
            decision=record.decision,
            probability=record.probability,
            inputs=inputs,
        )
        return record.response_json

    def decision(self, decision_id: UUID) -> LoggedDecision:
        """Return one decision of the log.

        Raises
        ------
        UnknownDecisionError
            If there is none.
        UnavailableError
            If the database is away.
        """
        logged = self.pool.run(lambda cursor: select_decision(cursor, decision_id))
        if logged is None:
            raise UnknownDecisionError("No decision has this identifier.")
        return logged


def _answer(
    client_id: int,
    score: Score,
    model_version: str,
    language: Language,
    decision_id: UUID,
    scored_at: datetime,
) -> ScoreAnswer:
    return ScoreAnswer(
        client_id=client_id,
        probability=score.probability,
        points=score.points,
        rating=score.rating,
        decision=score.decision,
        threshold=score.threshold,
        model_version=model_version,
        base_points=score.base_points,
        contributions=[
            Contribution(theme=part.theme, label=part.label, points=part.points)
            for part in score.contributions
        ],
        reasons=[
            Reason(
                theme=reason.theme,
                label=reason.label,
                direction=reason.direction,
                contribution=reason.contribution,
                feature=reason.feature,
                feature_label=reason.feature_label,
                value=reason.value,
                typical=reason.typical,
                sentence=reason.sentence,
            )
            for reason in score.reasons
        ],
        language=language,
        decision_id=decision_id,
        scored_at=scored_at,
    )


def _record(
    answer: ScoreAnswer,
    inputs: dict[str, FeatureValue],
    caller: Caller,
    request_id: str,
) -> DecisionRecord:
    return DecisionRecord(
        decision_id=answer.decision_id,
        client_id=answer.client_id,
        model_version=answer.model_version,
        decided_at=answer.scored_at,
        decision=answer.decision,
        probability=answer.probability,
        points=answer.points,
        rating=answer.rating,
        threshold=answer.threshold,
        language=answer.language.value,
        inputs=inputs,
        response_json=answer.model_dump_json(),
        caller=caller.name,
        request_id=request_id,
    )
