"""What a score is, as a typed and documented document."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from function_app.schemas.base import (
    Answer,
    DecisionKind,
    DefaultProbability,
    Language,
    Points,
    Rating,
    Threshold,
)


class Contribution(Answer):
    """What one theme adds to the score."""

    theme: Annotated[str, Field(description="Code of the theme.")]
    label: Annotated[str, Field(description="The theme in the language asked for.")]
    points: Annotated[
        float, Field(description="Points added; negative lowers the score.")
    ]


class Reason(Answer):
    """One principal reason of the decision."""

    theme: Annotated[str, Field(description="Code of the theme.")]
    label: Annotated[str, Field(description="The theme in the language asked for.")]
    direction: Annotated[
        Literal["against", "in_favour"],
        Field(description="Whether the reason lowers or raises the score."),
    ]
    contribution: Annotated[
        float, Field(description="Points of the theme; its sign is the direction's.")
    ]
    feature: Annotated[
        str, Field(description="The feature that the sentence tells of.")
    ]
    feature_label: Annotated[
        str, Field(description="That feature in the language asked for.")
    ]
    value: Annotated[
        str, Field(description="The client's value, written in the language.")
    ]
    typical: Annotated[
        str | None,
        Field(description="The usual value of granted clients, where there is one."),
    ]
    sentence: Annotated[
        str, Field(description="The reason in words, fit for the client.")
    ]


SCORE_EXAMPLE: dict[str, Any] = {
    "client_id": 100002,
    "probability": 0.1432,
    "points": 571,
    "rating": "D",
    "decision": "refuse",
    "threshold": 0.0909,
    "model_version": "20250301T101500Z-3f9c2a1b",
    "base_points": 604.2,
    "contributions": [
        {
            "theme": "payment_discipline",
            "label": "Payment discipline",
            "points": -41.7,
        },
        {"theme": "credit_request", "label": "Credit request", "points": 8.5},
    ],
    "reasons": [
        {
            "theme": "payment_discipline",
            "label": "Payment discipline",
            "direction": "against",
            "contribution": -41.7,
            "feature": "installments_days_late_max_12m",
            "feature_label": "Longest delay of an instalment in the last 12 months",
            "value": "38 days",
            "typical": "2 days",
            "sentence": (
                "Longest delay of an instalment in the last 12 months: 38 days "
                "(usual value of granted clients: 2 days). The theme “Payment "
                "discipline” takes 42 points off the score."
            ),
        }
    ],
    "language": "en",
    "decision_id": "0b8f1f0e-6f0b-4d39-9a57-5f5d1f6f6a11",
    "scored_at": "2025-03-02T09:30:00.123456Z",
}


class Outcome(Answer):
    """What the model makes of one request."""

    probability: DefaultProbability
    points: Points
    rating: Rating
    decision: DecisionKind


class Explained(Answer):
    """What the model makes of one request, and why."""

    client_id: Annotated[int, Field(description="The client's number.")]
    probability: DefaultProbability
    points: Points
    rating: Rating
    decision: DecisionKind
    threshold: Threshold
    model_version: Annotated[str, Field(description="The model that decided.")]
    base_points: Annotated[
        float,
        Field(
            description="Score before any contribution; with all contributions added "
            "it is the score before rounding."
        ),
    ]
    contributions: Annotated[
        list[Contribution],
        Field(description="One per theme; empty with `explain=false`."),
    ]
    reasons: Annotated[
        list[Reason],
        Field(
            description="At most four against and two in favour; empty with "
            "`explain=false`."
        ),
    ]
    language: Annotated[Language, Field(description="Language of labels and reasons.")]


class ScoreAnswer(Explained):
    """The decision for one client, as it is answered and logged."""

    model_config = ConfigDict(json_schema_extra={"examples": [SCORE_EXAMPLE]})

    decision_id: Annotated[UUID, Field(description="Identifier in the decision log.")]
    scored_at: Annotated[datetime, Field(description="When, in UTC.")]
