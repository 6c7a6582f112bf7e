"""What training showed of the model's decisions, as the model's call answers it."""

from typing import Annotated, Any

from pydantic import BaseModel, Field


class RateAnswer(BaseModel):
    """A figure and its 95 % interval."""

    value: float
    low: float
    high: float


class OutcomesAnswer(BaseModel):
    """Clients by probability of default, scored without being learned from."""

    edges: Annotated[
        list[float], Field(description="Where bins meet, from 0 to 1; one more.")
    ]
    good: Annotated[list[float], Field(description="Clients who paid, by bin.")]
    bad: Annotated[list[float], Field(description="Clients who defaulted, by bin.")]
    lost_margin: Annotated[
        list[float] | None,
        Field(description="Money lost by refusing the good ones, by bin."),
    ]
    lost_credit: Annotated[
        list[float] | None,
        Field(description="Money lost by granting to the bad ones, by bin."),
    ]


class GroupAnswer(BaseModel):
    """How the clients of one group were decided upon, at the model's threshold."""

    group: str
    clients: int
    is_compared: Annotated[
        bool, Field(description="Whether they are enough for rates to say anything.")
    ]
    default_rate: Annotated[RateAnswer | None, Field(description="Observed.")]
    predicted_rate: Annotated[RateAnswer | None, Field(description="Predicted.")]
    calibration_gap: Annotated[
        RateAnswer | None, Field(description="Observed less predicted.")
    ]
    approval_rate: Annotated[RateAnswer | None, Field(description="Granted.")]
    true_positive_rate: Annotated[
        RateAnswer | None, Field(description="Defaulters who are refused.")
    ]
    false_positive_rate: Annotated[
        RateAnswer | None, Field(description="Good clients who are refused.")
    ]


class EvidenceAnswer(BaseModel):
    """What other thresholds and costs can be judged by; counts, not clients."""

    outcomes: OutcomesAnswer
    fairness: Annotated[
        dict[str, list[GroupAnswer]], Field(description="By `gender` and by `age`.")
    ]


_RATE_EXAMPLE = {"value": 0.081, "low": 0.079, "high": 0.083}

EVIDENCE_EXAMPLE: dict[str, Any] = {
    "outcomes": {
        "edges": [0.0, 0.05, 0.0909, 1.0],
        "good": [150230.0, 71004.0, 61452.0],
        "bad": [4120.0, 5077.0, 15628.0],
        "lost_margin": None,
        "lost_credit": None,
    },
    "fairness": {
        "gender": [
            {
                "group": "F",
                "clients": 202448,
                "is_compared": True,
                "default_rate": _RATE_EXAMPLE,
                "predicted_rate": _RATE_EXAMPLE,
                "calibration_gap": {"value": 0.0, "low": -0.002, "high": 0.002},
                "approval_rate": _RATE_EXAMPLE,
                "true_positive_rate": _RATE_EXAMPLE,
                "false_positive_rate": None,
            }
        ]
    },
}
