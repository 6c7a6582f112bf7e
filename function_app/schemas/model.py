"""What is told of the model."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from function_app.schemas.base import Answer, Threshold
from function_app.schemas.evidence import EVIDENCE_EXAMPLE, EvidenceAnswer


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
    """Name of a family of features, and how much it counts."""

    fr: str
    en: str
    importance: Annotated[
        float | None,
        Field(
            description="By how many points it moves a client's score on average, "
            "either way; none where training did not measure it."
        ),
    ] = None


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
    "evidence": EVIDENCE_EXAMPLE,
    "themes": {
        "card_use": {"fr": "Usage de la carte", "en": "Card use", "importance": 11.4}
    },
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
    threshold: Threshold
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
    evidence: Annotated[
        EvidenceAnswer | None,
        Field(description="Null where the model was trained by an earlier program."),
    ] = None
    themes: Annotated[
        dict[str, ThemeAnswer], Field(description="Families of features, by code.")
    ]
    features: Annotated[
        list[FeatureAnswer], Field(description="Inputs, in the model's order.")
    ]
