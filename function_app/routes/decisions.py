"""The calls on decisions of the log."""

import json
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from pydantic import TypeAdapter

from function_app.records.decision_reviews import ReviewCall
from function_app.routes.services import (
    ALWAYS,
    JSON,
    PREFIX,
    AnyClient,
    KnownCaller,
    idempotency_key,
    services_of,
    unavailable,
)
from function_app.schemas.decision import DecisionAnswer
from function_app.schemas.review import (
    ClientReviewsAnswer,
    ReviewAnswer,
    ReviewRequest,
)
from function_app.web import problems
from function_app.web.problems import problem_responses

decisions = APIRouter(prefix=PREFIX, tags=["Decisions"])

_Decision = Annotated[UUID, Path(description="The `decision_id` of a score's answer.")]
_REVIEWS = TypeAdapter(list[ReviewAnswer])


@decisions.get(
    "/decisions/{decision_id}",
    summary="Read a decision again",
    response_model=DecisionAnswer,
    responses=problem_responses(
        *ALWAYS, problems.UNKNOWN_DECISION, problems.INVALID_INPUT, *unavailable()
    ),
)
def read_decision(
    request: Request, decision_id: _Decision, caller: KnownCaller
) -> Response:
    """Return a decision exactly as it was answered, with its inputs and reviews."""
    logged = services_of(request).scoring.decision(decision_id)
    reviews = services_of(request).reviews.of(decision_id)
    # Put together as text: what was answered is shown to the letter.
    members = {
        "decision_id": f'"{decision_id}"',
        "answer": logged.response_json,
        "inputs": logged.inputs_json,
        "request_id": json.dumps(logged.request_id),
        "reviews": _REVIEWS.dump_json(reviews).decode(),
    }
    text = ",".join(f'"{name}":{member}' for name, member in members.items())
    return Response(f"{{{text}}}", media_type=JSON)


@decisions.post(
    "/decisions/{decision_id}/reviews",
    summary="Add an advisor's own decision",
    status_code=201,
    responses=problem_responses(
        *ALWAYS,
        problems.UNKNOWN_DECISION,
        problems.BODY_TOO_LARGE,
        problems.INVALID_INPUT,
        problems.KEY_REUSED,
        *unavailable(),
    ),
)
def review_decision(
    request: Request,
    decision_id: _Decision,
    body: ReviewRequest,
    caller: KnownCaller,
    key: Annotated[
        str | None,
        idempotency_key("The same review under the same key is kept once."),
    ] = None,
) -> ReviewAnswer:
    """Keep what an advisor decides, and why, beside the model's decision.

    The answer leaves only when its row is durable. Nothing replaces an earlier review:
    all are kept, and `GET /decisions/{decision_id}` shows them.
    """
    call = ReviewCall(caller, request.state.request_id, key)
    return services_of(request).reviews.add(decision_id, body, call)


@decisions.get(
    "/clients/{client_id}/reviews",
    summary="Read what advisors decided on a client",
    responses=problem_responses(*ALWAYS, problems.INVALID_INPUT, *unavailable()),
)
def read_client_reviews(
    request: Request, client_id: AnyClient, caller: KnownCaller
) -> ClientReviewsAnswer:
    """Return the latest reviews of all of a client's decisions, the last one first.

    Whoever is in no log has none; whether there is such a client is not asked.
    """
    return ClientReviewsAnswer(
        client_id=client_id, reviews=services_of(request).reviews.of_client(client_id)
    )
