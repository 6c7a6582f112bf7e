"""``GET /api/v1/metrics``: the function's numbers in Prometheus' own text."""

from typing import Annotated

from anyio import from_thread, to_thread
from fastapi import APIRouter, Depends, Request, Response
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

from function_app.routes.services import PREFIX, Services, services_of
from function_app.web import problems
from function_app.web.problems import problem_responses
from function_app.web.security import Caller, require_metrics_key

EXAMPLE = """\
# HELP scoring_decisions_total Decisions in the log that were answered.
# TYPE scoring_decisions_total counter
scoring_decisions_total{decision="grant",model_version="20250301T101500Z-3f9c2a1b"} 41.0
"""

metrics = APIRouter(prefix=PREFIX, tags=["Metrics"])


class PrometheusText(Response):
    """The text format that every Prometheus reads."""

    media_type = CONTENT_TYPE_PLAIN_0_0_4


@metrics.get(
    "/metrics",
    summary="Numbers for Prometheus",
    response_class=Response,
    responses={
        200: {
            "description": "Prometheus' text format 0.0.4.",
            "content": {
                "text/plain": {"schema": {"type": "string"}, "example": EXAMPLE}
            },
        },
        **problem_responses(
            problems.UNAUTHORIZED, problems.RATE_LIMITED, problems.INTERNAL_ERROR
        ),
    },
)
def read_metrics(
    request: Request, caller: Annotated[Caller, Depends(require_metrics_key)]
) -> Response:
    """Return calls by duration, decisions, drift against training, and what is in use.

    No number is of one client. Answered while other calls are refused as too many.
    """
    services = services_of(request)
    served = services.champion.loaded
    text = services.metrics.exposition(
        None if served is None else served.model, _in_use(services)
    )
    return PrometheusText(text)


def _in_use(services: Services) -> dict[str, tuple[str, float]]:
    threads = from_thread.run_sync(_threads)
    return {
        "scoring_requests_under_way": (
            "Requests that this process is answering.",
            services.admission.under_way,
        ),
        "scoring_requests_limit": (
            "Requests above which this process refuses more.",
            services.admission.limit,
        ),
        "scoring_requests_waiting": (
            "Requests that wait for a thread of this process.",
            threads,
        ),
        "scoring_log_waiting": (
            "Decisions that wait for their turn to be logged by this process.",
            services.writer.waiting,
        ),
        "scoring_connections_in_use": (
            "Database connections in use by this process.",
            services.pool.in_use,
        ),
        "scoring_connections_limit": (
            "Database connections that this process may open.",
            services.pool.size,
        ),
    }


def _threads() -> int:
    return to_thread.current_default_thread_limiter().statistics().tasks_waiting
