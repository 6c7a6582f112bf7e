"""What the scoring function tells and takes around one decision.

The decision itself comes from `scoring_client`; here is what an advisor does with it:
explain it in detail, try another request, keep an own decision.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from bokeh_app.sources.scoring_client import (
    Answer,
    Contribution,
    Decision,
    Reason,
    Score,
    ScoringClient,
    read_answer,
)

OwnDecision = Literal["grant", "refuse"]
Value = float | bool | str | None

IDEMPOTENCY_HEADER = "Idempotency-Key"


class FeatureContribution(Answer):
    """Points of one variable, or of those together that are never cited."""

    feature: str | None
    label: str
    value: str | None
    typical: str | None
    points: float


class ThemeContribution(Contribution):
    """Points of one theme, and of the variables that they come from.

    Attributes
    ----------
    is_untold
        Whether the theme would be a reason, did it not rest on what is never cited.
    """

    is_untold: bool
    features: tuple[FeatureContribution, ...]


class Explanation(Answer):
    """A decision taken apart, and its reasons, in the language asked for."""

    decision_id: str
    model_version: str
    points: int
    base_points: float
    contributions: tuple[ThemeContribution, ...]
    reasons: tuple[Reason, ...]


class NumberField(Answer):
    """A number of the request, and the bounds of what can be tried."""

    kind: Literal["number"]
    field: str
    current: float | None
    minimum: float
    maximum: float


class ChoiceField(Answer):
    """A code of the request, and those that can be tried."""

    kind: Literal["choice"]
    field: str
    current: str | None
    choices: tuple[str, ...]


class FlagField(Answer):
    """A yes or no of the request."""

    kind: Literal["flag"]
    field: str
    current: bool | None


RequestField = Annotated[
    NumberField | ChoiceField | FlagField, Field(discriminator="kind")
]


class CreditRequest(Answer):
    """What the client asks for, and what of it can be tried otherwise."""

    client_id: int
    fields: tuple[RequestField, ...]


class Outcome(Answer):
    """What the model makes of one request."""

    probability: float
    points: int
    rating: str
    decision: Decision


class Change(Answer):
    """One value that a simulation replaced."""

    field: str
    before: Value
    after: Value


class Simulation(Outcome):
    """What would be decided on another request."""

    client_id: int
    is_simulation: Literal[True]
    base_points: float
    contributions: tuple[Contribution, ...]
    current: Outcome
    changes: tuple[Change, ...]
    model_version: str


class Proposal(Answer):
    """Another request that would be decided better."""

    overrides: dict[str, float]
    decision: Literal["grant", "review"]
    points: int
    sentence: str


class Advice(Answer):
    """What the client could ask for instead, if anything helps."""

    client_id: int
    advice: tuple[Proposal, ...]
    statement: str
    tried: int


class Review(Answer):
    """An advisor's own decision, as it is kept."""

    review_id: str
    decision_id: str
    reviewed_at: datetime
    decision: OwnDecision
    motive: str
    advisor: str


class ClientReviews(Answer):
    """All reviews of one client's decisions, the last one first."""

    client_id: int
    reviews: tuple[Review, ...]


class LoggedScore(Score):
    """A decision's answer, with the language of its reasons."""

    language: Literal["fr", "en"]


class LoggedDecision(Answer):
    """A decision of the log, as it was answered, and on which inputs."""

    answer: LoggedScore
    inputs: dict[str, float | str | None]


class CaseClient:
    """Asks around one decision; safe to share between threads.

    Parameters
    ----------
    scoring : ScoringClient

    Notes
    -----
    Every call raises the errors of `ScoringClient.call`.
    """

    def __init__(self, scoring: ScoringClient) -> None:
        self._scoring = scoring

    def decision(self, decision_id: str) -> LoggedDecision:
        """Read a decision of the log again."""
        answer = self._scoring.call("GET", f"decisions/{decision_id}")
        return read_answer(LoggedDecision, answer)

    def explanation(self, decision_id: str, language: str) -> Explanation:
        """Explain a decision from its own inputs.

        Raises
        ------
        ModelReplacedError
            If another model is served by now.
        """
        answer = self._scoring.call(
            "GET", f"decisions/{decision_id}/explanation", parameters={"lang": language}
        )
        return read_answer(Explanation, answer)

    def request(self, client_id: int) -> CreditRequest:
        """Ask what a client asks for."""
        answer = self._scoring.call("GET", f"clients/{client_id}/request")
        return read_answer(CreditRequest, answer)

    def simulate(
        self, client_id: int, overrides: Mapping[str, Value], language: str
    ) -> Simulation:
        """Ask what would be decided on another request.

        Raises
        ------
        InvalidRequestError
            If the values contradict each other or the client.
        """
        answer = self._scoring.call(
            "POST",
            f"clients/{client_id}/simulations",
            parameters={"lang": language},
            body={"overrides": dict(overrides)},
        )
        return read_answer(Simulation, answer)

    def advice(self, client_id: int, language: str) -> Advice:
        """Ask what the client could ask for instead."""
        answer = self._scoring.call(
            "GET", f"clients/{client_id}/advice", parameters={"lang": language}
        )
        return read_answer(Advice, answer)

    def reviews(self, client_id: int) -> ClientReviews:
        """Read what advisors decided on a client."""
        answer = self._scoring.call("GET", f"clients/{client_id}/reviews")
        return read_answer(ClientReviews, answer)

    def review(
        self,
        decision_id: str,
        decision: OwnDecision,
        motive: str,
        *,
        advisor: str,
        key: str,
    ) -> Review:
        """Keep an advisor's own decision.

        Parameters
        ----------
        decision_id : str
        decision : {"grant", "refuse"}
        motive : str
        advisor : str
            Their login.
        key : str
            The same for every attempt to keep this decision, another for the next.
        """
        answer = self._scoring.call(
            "POST",
            f"decisions/{decision_id}/reviews",
            body={"decision": decision, "motive": motive, "advisor": advisor},
            headers={IDEMPOTENCY_HEADER: key},
        )
        return read_answer(Review, answer)
