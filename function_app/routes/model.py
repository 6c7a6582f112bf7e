"""The call that tells of the model."""

from typing import Any

from fastapi import APIRouter, Request

from function_app.routes.services import ALWAYS, PREFIX, KnownCaller, services_of
from function_app.schemas.model import ModelAnswer
from function_app.web import problems
from function_app.web.problems import problem_responses

models = APIRouter(prefix=PREFIX, tags=["Model"])


@models.get(
    "/model",
    summary="Describe the model",
    response_model=ModelAnswer,
    responses=problem_responses(*ALWAYS, problems.BUSY, problems.ARTEFACT_UNAVAILABLE),
)
def read_model(request: Request, caller: KnownCaller) -> dict[str, Any]:
    """Return the public part of the model's manifest."""
    return services_of(request).champion.get().model.public_manifest()
