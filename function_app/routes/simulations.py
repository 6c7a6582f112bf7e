"""The calls on other requests: simulations and advice."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from function_app.routes.services import (
    ALWAYS,
    PREFIX,
    AnyClient,
    KnownCaller,
    services_of,
    unavailable,
)
from function_app.schemas.base import Language
from function_app.schemas.simulation import (
    AdviceAnswer,
    RequestAnswer,
    SimulationAnswer,
    SimulationRequest,
)
from function_app.simulation.service import SimulationOptions
from function_app.web import problems
from function_app.web.problems import problem_responses

simulations = APIRouter(prefix=PREFIX, tags=["Simulations"])

_RESPONSES = problem_responses(
    *ALWAYS,
    problems.UNKNOWN_CLIENT,
    problems.INVALID_INPUT,
    *unavailable(problems.ARTEFACT_UNAVAILABLE),
)
_Lang = Annotated[Language, Field(description="Language of labels and sentences.")]


class SimulationQuery(BaseModel):
    """How a simulation is to be answered."""

    model_config = ConfigDict(extra="forbid")

    lang: _Lang = Language.FRENCH
    explain: Annotated[
        bool,
        Field(description="With `false` neither contributions nor reasons."),
    ] = True
    advice: Annotated[
        bool, Field(description="Also search what could be asked for instead.")
    ] = False


class AdviceQuery(BaseModel):
    """How advice is to be answered."""

    model_config = ConfigDict(extra="forbid")

    lang: _Lang = Language.FRENCH


@simulations.post(
    "/clients/{client_id}/simulations",
    summary="Simulate other answers of a client",
    responses={**_RESPONSES, **problem_responses(problems.BODY_TOO_LARGE)},
)
def simulate_client(
    request: Request,
    response: Response,
    client_id: AnyClient,
    body: SimulationRequest,
    options: Annotated[SimulationQuery, Query()],
    caller: KnownCaller,
) -> SimulationAnswer:
    """Score a client as if the application said something else.

    The features are computed by the formulas of the feature table. Nothing is decided
    and nothing logged as a decision. An override that is unknown, out of bounds or
    against the others is refused by name.
    """
    response.headers["Content-Language"] = options.lang.value
    return services_of(request).simulations.simulate(
        client_id,
        body.overrides,
        SimulationOptions(options.lang, options.explain, options.advice),
    )


@simulations.get(
    "/clients/{client_id}/advice",
    summary="Find what a client could ask for instead",
    responses=_RESPONSES,
)
def advise_client(
    request: Request,
    response: Response,
    client_id: AnyClient,
    options: Annotated[AdviceQuery, Query()],
    caller: KnownCaller,
) -> AdviceAnswer:
    """Search smaller amounts, smaller purchases and other terms by scoring them.

    Only what a client can ask for is varied, within bounds; where nothing that was
    tried is decided better, there is no advice. Nothing is logged as a decision.
    """
    response.headers["Content-Language"] = options.lang.value
    return services_of(request).simulations.advise(client_id, options.lang)


@simulations.get(
    "/clients/{client_id}/request",
    summary="Tell what of a client's request can be simulated",
    responses=_RESPONSES,
)
def describe_request(
    request: Request, client_id: AnyClient, caller: KnownCaller
) -> RequestAnswer:
    """Return each answer that a simulation takes: as it is, and its bounds."""
    return services_of(request).simulations.request(client_id)
