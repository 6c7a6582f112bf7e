"""What simulations and advice take and answer."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from function_app.schemas.base import Answer, Language, Probability
from function_app.schemas.overrides import Overrides
from function_app.schemas.score import SCORE_EXAMPLE, Explained, Outcome

ADVICE_EXAMPLE: dict[str, Any] = {
    "kind": "amount",
    "overrides": {"credit_amount": 325200.0, "annuity_amount": 19755.54},
    "decision": "review",
    "probability": 0.0893,
    "points": 601,
    "sentence": (
        "Borrowing 325,200 instead of 406,598 (annuity of 19,756 instead of 24,701), "
        "the decision would be: a person's review."
    ),
}
STATEMENT_EXAMPLE = (
    "Each proposal was computed by the model that decides; a new request would be "
    "decided anew. Terms leave interest aside."
)
OUTCOME_EXAMPLE: dict[str, Any] = {
    "probability": 0.1432,
    "points": 571,
    "rating": "D",
    "decision": "refuse",
}
_SCORED = (
    "client_id",
    *OUTCOME_EXAMPLE,
    "threshold",
    "model_version",
    "base_points",
    "contributions",
    "reasons",
    "language",
)
SIMULATION_EXAMPLE: dict[str, Any] = {
    "is_simulation": True,
    **{name: SCORE_EXAMPLE[name] for name in _SCORED},
    "changes": [
        {"field": "credit_amount", "before": 406597.5, "after": 300000.0},
        {"field": "annuity_amount", "before": 24700.5, "after": 12500.0},
    ],
    "current": OUTCOME_EXAMPLE,
    "advice": [ADVICE_EXAMPLE],
}
REQUEST_EXAMPLE: dict[str, Any] = {
    "client_id": 100002,
    "fields": [
        {
            "field": "credit_amount",
            "kind": "number",
            "description": "Amount borrowed.",
            "current": 406597.5,
            "minimum": 10000.0,
            "maximum": 10000000.0,
        },
        {
            "field": "has_realty",
            "kind": "flag",
            "description": "Owns a house or flat.",
            "current": True,
        },
    ],
}
ADVICES_EXAMPLE: dict[str, Any] = {
    "client_id": 100002,
    "model_version": SCORE_EXAMPLE["model_version"],
    "current": OUTCOME_EXAMPLE,
    "advice": [ADVICE_EXAMPLE],
    "statement": STATEMENT_EXAMPLE,
    "tried": 62,
    "language": "en",
}


class SimulationRequest(BaseModel):
    """The answers to try in place of the client's own."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"overrides": {"credit_amount": 300000, "term_months": 24}}]
        },
    )

    overrides: Annotated[
        Overrides, Field(description="By name; none gives the client's own score.")
    ]


class _Field(Answer):
    field: Annotated[str, Field(description="Name of the answer.")]
    description: Annotated[str, Field(description="What it is.")]


class NumberField(_Field):
    """A number that a simulation may replace."""

    kind: Literal["number"] = "number"
    current: Annotated[float | None, Field(description="What the application says.")]
    minimum: Annotated[float, Field(description="Least that a simulation takes.")]
    maximum: Annotated[float, Field(description="Most that a simulation takes.")]


class ChoiceField(_Field):
    """A code that a simulation may replace."""

    kind: Literal["choice"] = "choice"
    current: Annotated[str | None, Field(description="What the application says.")]
    choices: Annotated[list[str], Field(description="Codes to choose from.")]


class FlagField(_Field):
    """A yes or no that a simulation may replace."""

    kind: Literal["flag"] = "flag"
    current: Annotated[bool | None, Field(description="What the application says.")]


RequestField = NumberField | ChoiceField | FlagField


class RequestAnswer(Answer):
    """What a client asked for, and what of it a simulation may change."""

    model_config = ConfigDict(json_schema_extra={"examples": [REQUEST_EXAMPLE]})

    client_id: Annotated[int, Field(description="The client's number.")]
    fields: Annotated[
        list[Annotated[RequestField, Field(discriminator="kind")]],
        Field(description="In the order of the application."),
    ]


class Change(Answer):
    """One answer of the application that was replaced."""

    field: Annotated[str, Field(description="Name of the answer.")]
    before: Annotated[
        float | bool | str | None, Field(description="What the application says.")
    ]
    after: Annotated[
        float | bool | str | None, Field(description="What was tried instead.")
    ]


class Advice(Answer):
    """Another request that would be decided better, computed by the same model."""

    model_config = ConfigDict(json_schema_extra={"examples": [ADVICE_EXAMPLE]})

    kind: Annotated[
        Literal["amount", "purchase", "term", "amount_and_term"],
        Field(
            description="Less borrowed for the same purchase, a smaller purchase, "
            "another term, or less over another term."
        ),
    ]
    overrides: Annotated[
        dict[str, float],
        Field(description="What a simulation takes to come to the same."),
    ]
    decision: Annotated[
        Literal["grant", "review"], Field(description="What it would be decided as.")
    ]
    probability: Annotated[Probability, Field(description="Of default, then.")]
    points: Annotated[int, Field(description="Score, then.")]
    sentence: Annotated[
        str, Field(description="The advice in words, fit for the client.")
    ]


class AdviceAnswer(Answer):
    """What a client could ask for instead; never logged, since nothing is decided."""

    model_config = ConfigDict(json_schema_extra={"examples": [ADVICES_EXAMPLE]})

    client_id: Annotated[int, Field(description="The client's number.")]
    model_version: Annotated[str, Field(description="The model that computed it.")]
    current: Annotated[Outcome, Field(description="Of the request as it is.")]
    advice: Annotated[
        list[Advice],
        Field(
            description="The smallest change of each kind; empty where the request is "
            "granted or no change that was tried is decided better."
        ),
    ]
    statement: Annotated[str, Field(description="What the search came to, in words.")]
    tried: Annotated[int, Field(description="How many other requests were scored.")]
    language: Annotated[Language, Field(description="Language of the sentences.")]


class SimulationAnswer(Explained):
    """What would be decided with other answers; no decision, and in no log."""

    model_config = ConfigDict(json_schema_extra={"examples": [SIMULATION_EXAMPLE]})

    is_simulation: Annotated[
        Literal[True], Field(description="This decides nothing.")
    ] = True
    changes: Annotated[
        list[Change],
        Field(
            description="What was replaced, and what follows from it; empty where the "
            "overrides are the client's own answers."
        ),
    ]
    current: Annotated[Outcome, Field(description="Of the request as it is.")]
    advice: Annotated[
        list[Advice],
        Field(
            description="What could be asked for instead of this; empty unless "
            "`advice=true`."
        ),
    ]
