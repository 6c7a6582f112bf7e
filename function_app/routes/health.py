"""The calls by which a server is watched."""

from fastapi import APIRouter, Request, Response

from function_app.errors import UnavailableError
from function_app.routes.services import PREFIX, services_of
from function_app.schemas.health import LiveAnswer, ReadyAnswer
from function_app.services.readiness import readiness, stopping
from function_app.web import problems
from function_app.web.problems import problem_response, problem_responses, retry_after

health = APIRouter(prefix=PREFIX, tags=["Health"])


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
