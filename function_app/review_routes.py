"""The call by which an advisor's own decision is kept."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request

from function_app import problems
from function_app.problems import problem_responses
from function_app.review_schemas import ReviewAnswer, ReviewRequest
from function_app.routes import ALWAYS, PREFIX, KnownCaller, services_of, unavailable

reviews = APIRouter(prefix=PREFIX, tags=["Decisions"])


@reviews.post(
    "/decisions/{decision_id}/reviews",
    summary="Add an advisor's own decision",
    status_code=201,
    responses=problem_responses(
        *ALWAYS,
        problems.UNKNOWN_DECISION,
        problems.BODY_TOO_LARGE,
        problems.INVALID_INPUT,
        *unavailable(),
    ),
)
def review_decision(
    request: Request,
    decision_id: Annotated[
        UUID, Path(description="The `decision_id` of a score's answer.")
    ],
    body: ReviewRequest,
    caller: KnownCaller,
) -> ReviewAnswer:
    """Keep what an advisor decides, and why, beside the model's decision.

    The answer leaves only when its row is durable. Nothing replaces an earlier review:
    all are kept, and `GET /decisions/{decision_id}` shows them.
    """
    return services_of(request).reviews.add(
        decision_id, body, caller=caller, request_id=request.state.request_id
    )
