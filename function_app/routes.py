"""The calls: what each takes, answers and may refuse."""

from dataclasses import dataclass, field
from threading import Event
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from function_app import problems
from function_app.champion import Champion
from function_app.connection_pool import ConnectionPool
from function_app.decision_reviews import ReviewService
from function_app.errors import UnavailableError
from function_app.metrics import Metrics
from function_app.problems import (
    ProblemKind,
    problem_response,
    problem_responses,
    retry_after,
)
from function_app.rate_limit import RateLimiter
from function_app.readiness import readiness, stopping
from function_app.request_limits import Admission
from function_app.schemas import (
    ClientId,
    DecisionAnswer,
    Language,
    LiveAnswer,
    ModelAnswer,
    ReadyAnswer,
    ScoreAnswer,
)
from function_app.scoring_service import ScoringService
from function_app.security import Caller, KeyRing, require_key
from function_app.simulation_service import SimulationService

PREFIX = "/api/v1"
JSON = "application/json"


@dataclass(frozen=True)
class Services:
    """What the calls of one application work with.

    ``stopping`` is set by a server that is about to stop.
    """

    keys: KeyRing
    metrics_keys: KeyRing
    rates: RateLimiter
    admission: Admission
    metrics: Metrics
    pool: ConnectionPool
    champion: Champion
    scoring: ScoringService
    simulations: SimulationService
    reviews: ReviewService
    stopping: Event = field(default_factory=Event)


def services_of(request: Request) -> Services:
    """Return what the application of this request works with."""
    services: Services = request.app.state.services
    return services


def unavailable(*more: ProblemKind) -> tuple[ProblemKind, ...]:
    """Return what a call that reads the database may answer with 503."""
    return (
        problems.DATABASE_UNAVAILABLE,
        problems.DATABASE_MISMATCH,
        problems.BUSY,
        *more,
    )


KnownCaller = Annotated[Caller, Depends(require_key)]

ALWAYS = (problems.UNAUTHORIZED, problems.RATE_LIMITED, problems.INTERNAL_ERROR)

scores = APIRouter(prefix=PREFIX, tags=["Scores"])
decisions = APIRouter(prefix=PREFIX, tags=["Decisions"])
models = APIRouter(prefix=PREFIX, tags=["Model"])
health = APIRouter(prefix=PREFIX, tags=["Health"])


class ScoreOptions(BaseModel):
    """How a score is to be answered; an option with a typing error is refused."""

    model_config = ConfigDict(extra="forbid")

    lang: Annotated[Language, Field(description="Language of labels and reasons.")] = (
        Language.FRENCH
    )
    explain: Annotated[
        bool,
        Field(
            description="With `false` neither contributions nor reasons are computed: "
            "the fast way."
        ),
    ] = True


@scores.get(
    "/clients/{client_id}/score",
    summary="Decide on a client",
    response_model=ScoreAnswer,
    responses=problem_responses(
        *ALWAYS,
        problems.UNKNOWN_CLIENT,
        problems.INVALID_INPUT,
        *unavailable(problems.ARTEFACT_UNAVAILABLE),
    ),
)
def score_client(
    request: Request,
    client_id: Annotated[
        ClientId,
        Path(
            description="The client's number (SK_ID_CURR).",
            examples=[100002],
        ),
    ],
    options: Annotated[ScoreOptions, Query()],
    caller: KnownCaller,
) -> Response:
    """Score one client, log the decision, and say why.

    The answer leaves only when its row is in the decision log. Each call is a new
    decision with an identifier of its own.
    """
    answer = services_of(request).scoring.decide(
        client_id,
        language=options.lang,
        explain=options.explain,
        caller=caller,
        request_id=request.state.request_id,
    )
    return Response(
        answer, media_type=JSON, headers={"Content-Language": options.lang.value}
    )


@decisions.get(
    "/decisions/{decision_id}",
    summary="Read a decision again",
    response_model=DecisionAnswer,
    responses=problem_responses(
        *ALWAYS, problems.UNKNOWN_DECISION, problems.INVALID_INPUT, *unavailable()
    ),
)
def read_decision(
    request: Request,
    decision_id: Annotated[
        UUID, Path(description="The `decision_id` of a score's answer.")
    ],
    caller: KnownCaller,
) -> DecisionAnswer:
    """Return a decision exactly as it was answered, with its inputs and reviews."""
    logged = services_of(request).scoring.decision(decision_id)
    return DecisionAnswer(
        decision_id=decision_id,
        answer=ScoreAnswer.model_validate(logged.response),
        inputs=logged.inputs,
        request_id=logged.request_id,
        reviews=services_of(request).reviews.of(decision_id),
    )


@models.get(
    "/model",
    summary="Describe the model",
    response_model=ModelAnswer,
    responses=problem_responses(*ALWAYS, problems.BUSY, problems.ARTEFACT_UNAVAILABLE),
)
def read_model(request: Request, caller: KnownCaller) -> dict[str, Any]:
    """Return the public part of the model's manifest."""
    return services_of(request).champion.get().model.public_manifest()


@health.get("/health/live", summary="Is the process alive?")
async def live() -> LiveAnswer:
    """Answer as long as the process can answer anything. Needs no key."""
    return LiveAnswer()


@health.get(
    "/health/ready",
    summary="Could a client be scored now?",
    response_model=ReadyAnswer,
    response_model_exclude_none=True,
    responses=problem_responses(problems.BUSY, problems.NOT_READY),
)
def ready(request: Request) -> ReadyAnswer | Response:
    """Look at the artefact, the database, the log and the features. Needs no key.

    A warning takes nothing away from readiness. A server that is about to stop is not
    ready, while it still answers.
    """
    services = services_of(request)
    checks = (
        [stopping()]
        if services.stopping.is_set()
        else readiness(services.pool, services.champion)
    )
    failed = [check for check in checks if check.status in ("failed", "unknown")]
    if not failed:
        return ReadyAnswer(checks=checks)
    details = [check.detail for check in failed if check.detail is not None]
    return problem_response(
        request,
        problems.NOT_READY,
        " ".join(details),
        checks=checks,
        headers=retry_after(UnavailableError()),
    )
