"""What all calls have in common."""

from dataclasses import dataclass, field
from threading import Event
from typing import Annotated, Any

from fastapi import Depends, Header, Path, Request

from function_app.metrics import Metrics
from function_app.model.champion import Champion
from function_app.records.decision_reviews import ReviewService
from function_app.records.decision_writer import DecisionWriter
from function_app.schemas.base import ClientId
from function_app.services.drift import DriftService
from function_app.services.explanation import ExplanationService
from function_app.services.scoring import ScoringService
from function_app.simulation.service import SimulationService
from function_app.warehouse.connection_pool import ConnectionPool
from function_app.web import problems
from function_app.web.problems import IDEMPOTENCY_KEY, ProblemKind
from function_app.web.rate_limit import RateLimiter
from function_app.web.request_limits import Admission
from function_app.web.security import Caller, KeyRing, require_key

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
    writer: DecisionWriter
    champion: Champion
    scoring: ScoringService
    simulations: SimulationService
    reviews: ReviewService
    explanations: ExplanationService
    drift: DriftService
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

AnyClient = Annotated[
    ClientId,
    Path(description="The client's number (SK_ID_CURR).", examples=[100002]),
]


def idempotency_key(description: str) -> Any:
    """Declare the header under which a call sent again is answered as before."""
    return Header(
        alias=IDEMPOTENCY_KEY,
        min_length=1,
        max_length=255,
        pattern="^[!-~]+$",
        description=f"A text of the caller's own, new for each request. {description}",
        examples=["5f1b2c9e-desk-7"],
    )


ALWAYS = (problems.UNAUTHORIZED, problems.RATE_LIMITED, problems.INTERNAL_ERROR)
