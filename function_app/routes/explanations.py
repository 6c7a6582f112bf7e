"""The call that explains a logged decision down to its features."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from function_app.routes.services import (
    ALWAYS,
    PREFIX,
    KnownCaller,
    services_of,
    unavailable,
)
from function_app.schemas.base import Language
from function_app.schemas.explanation import ExplanationAnswer
from function_app.web import problems
from function_app.web.problems import problem_responses

explanations = APIRouter(prefix=PREFIX, tags=["Decisions"])


class ExplanationQuery(BaseModel):
    """How an explanation is to be answered."""

    model_config = ConfigDict(extra="forbid")

    lang: Annotated[
        Language, Field(description="Language of labels and sentences.")
    ] = Language.FRENCH


@explanations.get(
    "/decisions/{decision_id}/explanation",
    summary="Explain a decision down to its features",
    responses=problem_responses(
        *ALWAYS,
        problems.UNKNOWN_DECISION,
        problems.MODEL_REPLACED,
        problems.INVALID_INPUT,
        *unavailable(problems.ARTEFACT_UNAVAILABLE),
    ),
)
def explain_decision(
    request: Request,
    response: Response,
    decision_id: Annotated[
        UUID, Path(description="The `decision_id` of a score's answer.")
    ],
    options: Annotated[ExplanationQuery, Query()],
    caller: KnownCaller,
) -> ExplanationAnswer:
    """Explain a decision from its own inputs, in either language.

    Protected features are never named: those of a theme stand together. Only the model
    that decided can explain; once another is served, the answer is a problem.
    """
    response.headers["Content-Language"] = options.lang.value
    return services_of(request).explanations.explain(decision_id, options.lang)
