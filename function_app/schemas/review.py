"""What a review takes and answers."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

MAX_MOTIVE = 2000
MAX_ADVISOR = 100
# Something that can be read; PostgreSQL's text holds no NUL.
_READABLE = r"^[^\x00]*[^\x00\s][^\x00]*$"

_REQUEST_EXAMPLE: dict[str, Any] = {
    "decision": "grant",
    "motive": "Steady income since the file was made; payslips seen.",
    "advisor": "A. Martin",
}
REVIEW_EXAMPLE: dict[str, Any] = {
    "review_id": "6d0cf1ab-9c55-4a2e-8e43-4c6c4a0c9e52",
    "decision_id": "0b8f1f0e-6f0b-4d39-9a57-5f5d1f6f6a11",
    "reviewed_at": "2025-03-02T10:05:00.123456Z",
    **_REQUEST_EXAMPLE,
}

OwnDecision = Annotated[
    Literal["grant", "refuse"],
    Field(description="What the advisor decides; it may differ from the model."),
]
Motive = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_MOTIVE,
        pattern=_READABLE,
        description="Why, in words that an auditor can follow.",
    ),
]
Advisor = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_ADVISOR,
        pattern=_READABLE,
        description="Who decides, by the name or number the bank knows.",
    ),
]


class ReviewRequest(BaseModel):
    """An advisor's own decision."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [_REQUEST_EXAMPLE]}
    )

    decision: OwnDecision
    motive: Motive
    advisor: Advisor


class ReviewAnswer(BaseModel):
    """A review as it is kept."""

    model_config = ConfigDict(
        frozen=True, json_schema_extra={"examples": [REVIEW_EXAMPLE]}
    )

    review_id: Annotated[UUID, Field(description="Identifier of the review.")]
    decision_id: Annotated[UUID, Field(description="The decision it is about.")]
    reviewed_at: Annotated[datetime, Field(description="When, in UTC.")]
    decision: OwnDecision
    motive: Motive
    advisor: Advisor


class ClientReviewsAnswer(BaseModel):
    """What advisors decided on one client, whichever decision it was about."""

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={
            "examples": [{"client_id": 100002, "reviews": [REVIEW_EXAMPLE]}]
        },
    )

    client_id: Annotated[int, Field(description="The client's number.")]
    reviews: Annotated[
        list[ReviewAnswer], Field(description="The latest ones, the last one first.")
    ]
