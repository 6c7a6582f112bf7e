"""What an explanation of a logged decision answers."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field

from function_app.schemas.base import Answer, Language
from function_app.schemas.score import SCORE_EXAMPLE, Reason

EXPLANATION_EXAMPLE: dict[str, Any] = {
    "decision_id": SCORE_EXAMPLE["decision_id"],
    "client_id": SCORE_EXAMPLE["client_id"],
    "model_version": SCORE_EXAMPLE["model_version"],
    "points": SCORE_EXAMPLE["points"],
    "base_points": SCORE_EXAMPLE["base_points"],
    "contributions": [
        {
            "theme": "payment_discipline",
            "label": "Payment discipline",
            "points": -41.7,
            "is_untold": False,
            "features": [
                {
                    "feature": "installments_days_late_max_12m",
                    "label": "Longest delay of an instalment in the last 12 months",
                    "value": "38 days",
                    "typical": "2 days",
                    "points": -41.7,
                }
            ],
        },
        {
            "theme": "personal_situation",
            "label": "Personal situation",
            "points": 8.5,
            "is_untold": True,
            "features": [
                {
                    "feature": None,
                    "label": "Data that is never cited as a reason",
                    "value": None,
                    "typical": None,
                    "points": 8.5,
                }
            ],
        },
    ],
    "reasons": SCORE_EXAMPLE["reasons"],
    "language": "en",
}


class FeatureContribution(Answer):
    """What one feature adds to the score, or a theme's protected ones together."""

    feature: Annotated[
        str | None,
        Field(description="None for protected features, which are never named."),
    ]
    label: Annotated[str, Field(description="In the language asked for.")]
    value: Annotated[
        str | None, Field(description="The client's value, written in the language.")
    ]
    typical: Annotated[
        str | None,
        Field(description="The usual value of granted clients, where there is one."),
    ]
    points: Annotated[
        float, Field(description="Points added; negative lowers the score.")
    ]


class ThemeContribution(Answer):
    """What one theme adds to the score, and through which features."""

    theme: Annotated[str, Field(description="Code of the theme.")]
    label: Annotated[str, Field(description="The theme in the language asked for.")]
    points: Annotated[
        float, Field(description="Points added: the sum of its features' points.")
    ]
    is_untold: Annotated[
        bool,
        Field(
            description="Whether it weighs as much as a reason and is none, since "
            "protected features carry it."
        ),
    ]
    features: Annotated[
        list[FeatureContribution],
        Field(description="What moves the score most first."),
    ]


class ExplanationAnswer(Answer):
    """A decision of the log, explained in either language down to its features."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXPLANATION_EXAMPLE]})

    decision_id: Annotated[UUID, Field(description="Identifier in the decision log.")]
    client_id: Annotated[int, Field(description="The client's number.")]
    model_version: Annotated[str, Field(description="The model that decided.")]
    points: Annotated[int, Field(description="Score, as it was decided.")]
    base_points: Annotated[
        float,
        Field(
            description="Score before any contribution; with all contributions added "
            "it is the score before rounding."
        ),
    ]
    contributions: Annotated[
        list[ThemeContribution], Field(description="One per theme.")
    ]
    reasons: Annotated[
        list[Reason], Field(description="At most four against and two in favour.")
    ]
    language: Annotated[Language, Field(description="Language of labels and reasons.")]
