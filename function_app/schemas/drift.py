"""What the call about drift answers."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Verdict = Literal["stable", "watch", "act"]


class StabilityAnswer(BaseModel):
    """The population stability index of the score."""

    index: Annotated[float, Field(ge=0)]
    by_chance: Annotated[
        float, Field(description="What chance alone could show, without any drift.")
    ]
    verdict: Annotated[
        Verdict, Field(description="To be watched from 0.10, acted upon from 0.25.")
    ]


class FeatureStabilityAnswer(StabilityAnswer):
    """The population stability index of one feature."""

    name: str
    label_fr: str
    label_en: str
    theme: str
    missing_before: Annotated[
        float, Field(description="Share of clients of training without a value.")
    ]
    missing_now: Annotated[
        float, Field(description="Share of the clients decided on without a value.")
    ]


DRIFT_EXAMPLE: dict[str, Any] = {
    "model_version": "20250301T101500Z-3f9c2a1b",
    "since": "2025-03-01T09:30:00Z",
    "until": "2025-03-31T09:30:00Z",
    "made_at": "2025-03-31T09:30:02Z",
    "clients": 4210,
    "clients_before": 307511,
    "decisions": {"grant": 2980, "refuse": 1010, "review": 220},
    "verdict": "watch",
    "verdicts": {"act": 0, "watch": 1, "stable": 340},
    "score": {"index": 0.021, "by_chance": 0.006, "verdict": "stable"},
    "features": [
        {
            "index": 0.13,
            "by_chance": 0.008,
            "verdict": "watch",
            "name": "card_balance_to_limit_ratio_mean_3m",
            "label_fr": "Taux d'utilisation moyen de la carte sur 3 mois",
            "label_en": "Mean use of the card's limit over 3 months",
            "theme": "card_use",
            "missing_before": 0.72,
            "missing_now": 0.69,
        }
    ],
}


class DriftAnswer(BaseModel):
    """The clients decided on of late against those that the model learned from."""

    model_config = ConfigDict(
        protected_namespaces=(), json_schema_extra={"examples": [DRIFT_EXAMPLE]}
    )

    model_version: Annotated[str, Field(description="The model that is served.")]
    since: datetime
    until: datetime
    made_at: Annotated[datetime, Field(description="When the decisions were read.")]
    clients: Annotated[int, Field(description="Clients decided on; the latest ones.")]
    clients_before: Annotated[int, Field(description="Clients of training.")]
    decisions: Annotated[
        dict[str, int], Field(description="Clients by their last decision.")
    ]
    verdict: Annotated[Verdict, Field(description="The worst of score and features.")]
    verdicts: Annotated[dict[str, int], Field(description="Features by verdict.")]
    score: Annotated[
        StabilityAnswer | None,
        Field(description="None where too few clients were decided on."),
    ]
    features: Annotated[
        list[FeatureStabilityAnswer], Field(description="Most moved first.")
    ]
