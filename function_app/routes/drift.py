"""``GET /api/v1/drift``: whether clients are still those of training."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from function_app.routes.services import (
    ALWAYS,
    PREFIX,
    KnownCaller,
    services_of,
    unavailable,
)
from function_app.schemas.drift import DriftAnswer
from function_app.web import problems
from function_app.web.problems import problem_responses

drift = APIRouter(prefix=PREFIX, tags=["Model"])


class DriftOptions(BaseModel):
    """Which decisions are looked at."""

    model_config = ConfigDict(extra="forbid")

    days: Annotated[
        int, Field(ge=1, le=90, description="Decisions of so many days until now.")
    ] = 30


@drift.get(
    "/drift",
    summary="Compare the clients decided on with those of training",
    response_model=DriftAnswer,
    responses=problem_responses(
        *ALWAYS,
        problems.NO_POPULATION,
        problems.INVALID_INPUT,
        *unavailable(problems.ARTEFACT_UNAVAILABLE),
    ),
)
def read_drift(
    request: Request, options: Annotated[DriftOptions, Query()], caller: KnownCaller
) -> dict[str, Any]:
    """Return population stability of the score and of each feature.

    Of the served model's decisions, the latest of each client, for the 5,000 decisions
    made last. The answer may be up to ten minutes old.
    """
    return services_of(request).drift.latest(options.days)
