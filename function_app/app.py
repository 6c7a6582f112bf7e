"""Put the application together from its settings."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from anyio import to_thread
from fastapi import FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from function_app.errors import ArtefactUnavailableError
from function_app.metrics import Metrics
from function_app.model.champion import Champion
from function_app.records.decision_reviews import ReviewService
from function_app.records.decision_writer import DecisionWriter
from function_app.routes.decisions import decisions
from function_app.routes.drift import drift
from function_app.routes.explanations import explanations
from function_app.routes.health import health
from function_app.routes.metrics import metrics
from function_app.routes.model import models
from function_app.routes.scores import scores
from function_app.routes.services import Services
from function_app.routes.simulations import simulations
from function_app.services.drift import DriftService
from function_app.services.explanation import ExplanationService
from function_app.services.scoring import ScoringService
from function_app.settings import FunctionSettings
from function_app.simulation.service import SimulationService
from function_app.warehouse.connection_pool import ConnectionPool, scorer_connect
from function_app.warehouse.feature_table import missing_columns
from function_app.web.docs_page import OPENAPI_PATH, install_docs_page
from function_app.web.problems import install_problem_handlers, problem_schemas
from function_app.web.rate_limit import RateLimiter
from function_app.web.request_context import RequestContextMiddleware
from function_app.web.request_limits import Admission, RequestLimitsMiddleware
from function_app.web.security import KeyRing

API_VERSION = "1.0.0"


def create_app(settings: FunctionSettings) -> FastAPI:
    """Make the ASGI application; nothing is connected or loaded yet.

    Model and database connections come with the ASGI lifespan, or with the first
    request where a server runs none. A model that cannot be loaded stops neither:
    calls that need it answer 503 until it can.

    Parameters
    ----------
    settings : FunctionSettings

    Returns
    -------
    FastAPI
    """
    app = _ScoringApi(
        title="Credit scoring",
        summary="What do we decide for a client, and why.",
        description=(
            "Scores a client of the feature table, decides, says why in French or "
            "English, and logs every decision. Errors are RFC 9457 problem documents."
        ),
        version=API_VERSION,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=_operation_id,
        lifespan=_lifespan,
    )
    services = _services(settings)
    app.state.services = services
    # The one that is added last is the first to see a request.
    app.add_middleware(
        RequestLimitsMiddleware,
        admission=services.admission,
        max_body_bytes=settings.scoring_max_body_bytes,
    )
    app.add_middleware(RequestContextMiddleware, count=services.metrics.request)
    install_problem_handlers(app)
    for router in (
        scores,
        simulations,
        decisions,
        explanations,
        models,
        drift,
        health,
        metrics,
    ):
        app.include_router(router)
    if settings.scoring_docs_enabled:
        app.add_route(OPENAPI_PATH, _openapi_document, include_in_schema=False)
        install_docs_page(app)
    return app


def _services(settings: FunctionSettings) -> Services:
    connect = scorer_connect(settings.scoring_statement_timeout_ms)
    pool = ConnectionPool(connect, size=settings.scoring_pool_size)
    champion = Champion(
        settings.model_dir,
        missing=lambda names: pool.run(lambda cursor: missing_columns(cursor, names)),
    )
    counts = Metrics()
    writer = DecisionWriter(ConnectionPool(connect, size=1), count=counts.logged)
    return Services(
        keys=KeyRing(settings.callers_keys),
        metrics_keys=KeyRing(settings.metrics_keys),
        rates=RateLimiter(settings.scoring_rate_limit),
        admission=Admission(settings.scoring_concurrency),
        metrics=counts,
        pool=pool,
        writer=writer,
        champion=champion,
        scoring=ScoringService(pool, champion, writer, counts),
        simulations=SimulationService(pool, champion),
        reviews=ReviewService(pool),
        explanations=ExplanationService(pool, champion),
        drift=DriftService(champion),
    )


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    services: Services = app.state.services
    services.pool.reopen()
    services.writer.reopen()
    services.champion.reopen()
    await to_thread.run_sync(_load_if_possible, services.champion)
    yield
    services.pool.close()
    services.writer.close()
    await to_thread.run_sync(services.champion.close)


def _load_if_possible(champion: Champion) -> None:
    try:
        champion.get()
    except ArtefactUnavailableError:
        # Logged by the champion; readiness and scores tell of it.
        return


def _operation_id(route: APIRoute) -> str:
    return route.name


async def _openapi_document(request: Request) -> JSONResponse:
    return JSONResponse(request.app.openapi())


class _ScoringApi(FastAPI):
    """FastAPI whose description also holds the problem documents."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            made = get_openapi(
                title=self.title,
                version=self.version,
                summary=self.summary,
                description=self.description,
                routes=self.routes,
            )
            made["components"]["schemas"].update(problem_schemas())
            self.openapi_schema = made
        return self.openapi_schema
