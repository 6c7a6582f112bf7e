"""What the calls answer, as typed and documented documents."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from function_app.review_schemas import ReviewAnswer

# Above it, readers of JSON that keep numbers as doubles would change the number.
MAX_CLIENT_ID = 2**53 - 1

Probability = Annotated[float, Field(ge=0, le=1)]


def _digits(value: object) -> object:
    # int() would also take " 7", "1_000" and "7.0": one client has one address.
    if isinstance(value, str) and not value.removeprefix("-").isdecimal():
        raise PydanticCustomError("client_id", "must be a whole number")
    if isinstance(value, str) and not value.isascii():
        raise PydanticCustomError("client_id", "must be written in digits 0 to 9")
    return value


ClientId = Annotated[int, Field(ge=1, le=MAX_CLIENT_ID), BeforeValidator(_digits)]


class Language(StrEnum):
    """Languages of labels and reasons."""

    FRENCH = "fr"
    ENGLISH = "en"


class Answer(BaseModel):
    """Base of all answers."""

    model_config = ConfigDict(frozen=True, protected_namespaces=())


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

INPUTS_EXAMPLE: dict[str, Any] = {
    "installments_days_late_max_12m": 38.0,
    "bureau_debt_to_credit_ratio": None,
}


class ScoreAnswer(Answer):
    """The decision for one client, as it is answered and logged."""

    model_config = ConfigDict(json_schema_extra={"examples": [SCORE_EXAMPLE]})

    client_id: Annotated[int, Field(description="The client's number.")]
    probability: Annotated[
        Probability, Field(description="Calibrated probability of default.")
    ]
    points: Annotated[
        int,
        Field(
            description="Score: 600 at the threshold; 40 more double the odds of being "
            "repaid."
        ),
    ]
    rating: Annotated[str, Field(description="Rating class from A, the safest, to E.")]
    decision: Annotated[
        Literal["grant", "review", "refuse"],
        Field(description="`review` asks for a person's own decision."),
    ]
    threshold: Annotated[
        Probability,
        Field(description="Probability at which granting and refusing cost the same."),
    ]
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
    decision_id: Annotated[UUID, Field(description="Identifier in the decision log.")]
    scored_at: Annotated[datetime, Field(description="When, in UTC.")]


class DecisionAnswer(Answer):
    """A decision of the log: exactly what was answered, and on which inputs."""

    decision_id: Annotated[UUID, Field(description="Identifier in the decision log.")]
    answer: Annotated[ScoreAnswer, Field(description="The answer, as it was given.")]
    inputs: Annotated[
        dict[str, float | str | None],
        Field(
            description="The client's features at that time, by name.",
            examples=[INPUTS_EXAMPLE],
        ),
    ]
    request_id: Annotated[
        str, Field(description="Identifier of the request that was answered.")
    ]
    reviews: Annotated[
        list[ReviewAnswer],
        Field(description="What advisors decided since, the first one first."),
    ]


class LiveAnswer(Answer):
    """The process is there."""

    status: Annotated[Literal["alive"], Field(examples=["alive"])] = "alive"


class ReadinessCheck(Answer):
    """One thing that scoring needs."""

    name: Annotated[
        Literal["artefact", "database", "decision_log", "features", "process"],
        Field(description="What was looked at."),
    ]
    status: Annotated[
        Literal["ok", "warning", "failed", "unknown"],
        Field(
            description="`unknown` where an earlier failure hides it; a `warning` is "
            "for people, and scoring goes on."
        ),
    ]
    detail: Annotated[
        str | None, Field(description="What is wrong, where something is.")
    ] = None


READY_EXAMPLE: dict[str, Any] = {
    "status": "ready",
    "checks": [
        {"name": "artefact", "status": "ok"},
        {"name": "database", "status": "ok"},
        {"name": "decision_log", "status": "ok"},
        {"name": "features", "status": "ok"},
    ],
}


class ReadyAnswer(Answer):
    """Everything that scoring needs is there."""

    model_config = ConfigDict(json_schema_extra={"examples": [READY_EXAMPLE]})

    status: Literal["ready"] = "ready"
    checks: list[ReadinessCheck]


class CostMatrixAnswer(Answer):
    """What the two wrong decisions cost, relative to each other."""

    false_positive_cost: Annotated[
        float, Field(description="Refusing a client who would have paid.")
    ]
    false_negative_cost: Annotated[
        float, Field(description="Granting to a client who defaults.")
    ]


class PointsAnswer(Answer):
    """How probabilities become points."""

    base: Annotated[float, Field(description="Points at the threshold.")]
    pdo: Annotated[float, Field(description="Points that double the odds.")]


class RatingAnswer(Answer):
    """One rating class, as observed in training."""

    name: str
    min_points: Annotated[
        float | None, Field(description="Lowest score; none for the last class.")
    ]
    default_rate: Annotated[
        float | None, Field(description="Share of defaults in the class.")
    ]
    share: Annotated[float, Field(description="Share of the clients in the class.")]
    ci: Annotated[
        list[float] | None,
        Field(description="Confidence interval of the default rate."),
    ]


class ThemeAnswer(Answer):
    """Name of a family of features."""

    fr: str
    en: str


class CategoryAnswer(Answer):
    """One code of a categorical feature."""

    code: str
    label_fr: str
    label_en: str


class FeatureAnswer(Answer):
    """One input of the model."""

    name: str
    data_type: Literal["numeric", "categorical"]
    label_fr: str
    label_en: str
    theme: str
    unit: str
    is_protected: Annotated[
        bool, Field(description="Whether it is never cited as a reason.")
    ]
    typical: Annotated[
        float | str | None, Field(description="Usual value of granted clients.")
    ]
    categories: list[CategoryAnswer]


MODEL_EXAMPLE: dict[str, Any] = {
    "version": "20250301T101500Z-3f9c2a1b",
    "created_at": "2025-03-01T10:15:00+00:00",
    "git_revision": "3f9c2a1b",
    "data_fingerprint": "sha256:8d1f…",
    "training_rows": {"labelled": 307511},
    "cost_matrix": {"false_positive_cost": 1.0, "false_negative_cost": 10.0},
    "threshold": 0.0909,
    "review_band": [0.085, 0.098],
    "points": {"base": 600.0, "pdo": 40.0},
    "base_value": -2.6,
    "ratings": [
        {
            "name": "A",
            "min_points": 680.0,
            "default_rate": 0.014,
            "share": 0.21,
            "ci": [0.012, 0.016],
        }
    ],
    "metrics": {"auc": {"value": 0.78, "low": 0.77, "high": 0.79}},
    "themes": {"card_use": {"fr": "Usage de la carte", "en": "Card use"}},
    "features": [
        {
            "name": "card_balance_to_limit_ratio_mean_3m",
            "data_type": "numeric",
            "label_fr": "Taux d'utilisation moyen de la carte sur 3 mois",
            "label_en": "Mean use of the card's limit over 3 months",
            "theme": "card_use",
            "unit": "ratio",
            "is_protected": False,
            "typical": 0.21,
            "categories": [],
        }
    ],
}


class ModelAnswer(Answer):
    """What any caller may know of the model that is served."""

    model_config = ConfigDict(
        extra="allow", json_schema_extra={"examples": [MODEL_EXAMPLE]}
    )

    version: Annotated[str, Field(description="Name of the model.")]
    created_at: Annotated[datetime, Field(description="End of the training, in UTC.")]
    git_revision: Annotated[
        str | None, Field(description="Revision of the code that trained it.")
    ]
    data_fingerprint: Annotated[
        str, Field(description="Of the rows that it was trained on.")
    ]
    training_rows: Annotated[
        dict[str, Any], Field(description="How many rows served what.")
    ]
    cost_matrix: CostMatrixAnswer
    threshold: Annotated[
        Probability,
        Field(description="Probability at which granting and refusing cost the same."),
    ]
    review_band: Annotated[
        list[float],
        Field(
            min_length=2,
            max_length=2,
            description="Probabilities between which a person decides.",
        ),
    ]
    points: PointsAnswer
    base_value: Annotated[float, Field(description="Average margin of the trees.")]
    ratings: Annotated[list[RatingAnswer], Field(description="Safest first.")]
    metrics: Annotated[
        dict[str, Any], Field(description="Quality, with confidence intervals.")
    ]
    themes: Annotated[
        dict[str, ThemeAnswer], Field(description="Families of features, by code.")
    ]
    features: Annotated[
        list[FeatureAnswer], Field(description="Inputs, in the model's order.")
    ]
