"""From clients' numbers to decisions in the log, in one place and in this order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID, uuid4

from function_app.errors import UnknownClientError, UnknownDecisionError
from function_app.metrics import Metrics
from function_app.model.champion import Champion, ServedModel
from function_app.records.decision_log import (
    DecisionRecord,
    Entry,
    LoggedDecision,
    select_decision,
)
from function_app.records.decision_writer import DecisionWriter
from function_app.records.idempotent_calls import Answers, Claim, select_calls
from function_app.schemas.base import Language
from function_app.schemas.score import ScoreAnswer
from function_app.services.answers import explained
from function_app.warehouse.connection_pool import ConnectionPool
from function_app.warehouse.feature_table import (
    FeatureRow,
    fitting_the_model,
)
from function_app.web.security import Caller
from scoring import Score


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Call:
    """Who asks for decisions, and how they are to be answered.

    Attributes
    ----------
    kind : {"score", "scores"}
    caller : Caller
    request_id : str
    language : Language
    explain : bool
        Whether to compute contributions and reasons.
    idempotency_key : str, optional
        Under which the same request gets the same decisions again.
    """

    kind: Literal["score", "scores"]
    caller: Caller
    request_id: str
    language: Language
    explain: bool
    idempotency_key: str | None = None

    def claim(self, client_ids: Sequence[int]) -> Claim | None:
        """Return the claim of the key for these clients, None without a key."""
        if self.idempotency_key is None:
            return None
        asked = [self.kind, list(client_ids), self.language, self.explain]
        return Claim.of(self.caller.name, self.idempotency_key, asked)


@dataclass(frozen=True)
class ScoringService:
    """Scores clients and reads decisions.

    Attributes
    ----------
    pool : ConnectionPool
    champion : Champion
    writer : DecisionWriter
    metrics : Metrics
    clock : callable
        Gives the time of a decision, in UTC.
    """

    pool: ConnectionPool
    champion: Champion
    writer: DecisionWriter
    metrics: Metrics
    clock: Callable[[], datetime] = _now

    def decide(self, client_id: int, call: Call) -> str:
        """Decide on one client, and return the answer once the log has it.

        Returns
        -------
        str
            A :class:`ScoreAnswer` as JSON, the very text that was logged.

        Raises
        ------
        UnknownClientError
            If the feature table has no such client.
        IdempotencyKeyReusedError
            If the key was sent with another request.
        UnavailableError
            If the database or the model is away. Then nothing was answered.
        """
        [answer] = self.decide_many([client_id], call)
        if answer is None:
            raise UnknownClientError("No client has this number.")
        return answer

    def decide_many(self, client_ids: Sequence[int], call: Call) -> Answers:
        """Decide on several clients with one model, whole or not at all.

        Returns
        -------
        sequence of str or None
            In the order of the clients, each as of :meth:`decide`; None for those that
            the feature table has not.

        Raises
        ------
        IdempotencyKeyReusedError, UnavailableError
            As of :meth:`decide`.
        """
        claim = call.claim(client_ids)
        return self._answered(claim) or self._decided(client_ids, call, claim)

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

    def _answered(self, claim: Claim | None) -> Answers | None:
        """Return what was answered under the key before."""
        if claim is None:
            return None
        calls = self.pool.run(lambda cursor: select_calls(cursor, [claim]))
        return calls[claim.key].answers_to(claim) if claim.key in calls else None

    def _decided(
        self, client_ids: Sequence[int], call: Call, claim: Claim | None
    ) -> Answers:
        served = self.champion.get()
        rows, scores = self._scored(served, client_ids, call)
        records = {
            client_id: self._record(client_id, score, rows[client_id], served, call)
            for client_id, score in scores.items()
        }
        entry = Entry([records.get(client_id) for client_id in client_ids], claim)
        if records:
            call_with_key = self.writer.write(entry)
            if claim is not None and call_with_key is not None:
                earlier = call_with_key.answers_to(claim)
                if earlier is not None:
                    return earlier
        for record in records.values():
            self.metrics.decision(
                served.model,
                decision=record.decision,
                probability=record.probability,
                inputs=record.inputs,
            )
        return [
            None if record is None else record.response_json
            for record in entry.decisions
        ]

    def _scored(
        self, served: ServedModel, client_ids: Sequence[int], call: Call
    ) -> tuple[dict[int, FeatureRow], dict[int, Score]]:
        with fitting_the_model():
            rows = self.pool.run(
                lambda cursor: served.features.read(cursor, client_ids)
            )
            scores = served.model.score_many(
                list(rows.values()), explain=call.explain, language=call.language.value
            )
        return rows, dict(zip(rows, scores, strict=True))

    def _record(
        self,
        client_id: int,
        score: Score,
        inputs: FeatureRow,
        served: ServedModel,
        call: Call,
    ) -> DecisionRecord:
        answer = ScoreAnswer(
            **explained(
                score,
                client_id=client_id,
                model_version=served.model.version,
                language=call.language,
            ),
            decision_id=uuid4(),
            scored_at=self.clock(),
        )
        return DecisionRecord(
            decision_id=answer.decision_id,
            client_id=client_id,
            model_version=answer.model_version,
            decided_at=answer.scored_at,
            decision=answer.decision,
            probability=answer.probability,
            points=answer.points,
            rating=answer.rating,
            threshold=answer.threshold,
            language=call.language.value,
            inputs=inputs,
            response_json=answer.model_dump_json(),
            caller=call.caller.name,
            request_id=call.request_id,
        )
