"""What is told of a decision in the log."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from function_app.schemas.base import Answer
from function_app.schemas.review import ReviewAnswer
from function_app.schemas.score import ScoreAnswer

INPUTS_EXAMPLE: dict[str, Any] = {
    "installments_days_late_max_12m": 38.0,
    "bureau_debt_to_credit_ratio": None,
}


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
