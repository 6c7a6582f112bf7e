"""What scores and simulations tell alike."""

from typing import Any

from function_app.schemas.base import Language
from function_app.schemas.score import Contribution, Outcome, Reason
from scoring import Score


def outcome(score: Score) -> Outcome:
    """Return what the model makes of a request."""
    return Outcome(
        probability=score.probability,
        points=score.points,
        rating=score.rating,
        decision=score.decision,
    )


def explained(
    score: Score, *, client_id: int, model_version: str, language: Language
) -> dict[str, Any]:
    """Return the fields of :class:`~function_app.schemas.score.Explained`."""
    return {
        "client_id": client_id,
        "probability": score.probability,
        "points": score.points,
        "rating": score.rating,
        "decision": score.decision,
        "threshold": score.threshold,
        "model_version": model_version,
        "base_points": score.base_points,
        "contributions": [
            Contribution.model_validate(part, from_attributes=True)
            for part in score.contributions
        ],
        "reasons": [
            Reason.model_validate(reason, from_attributes=True)
            for reason in score.reasons
        ],
        "language": language,
    }
