"""The calls that decide on clients."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

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
from function_app.schemas.base import Language
from function_app.schemas.batch import ClientProblem, ScoresAnswer, ScoresRequest
from function_app.schemas.score import ScoreAnswer
from function_app.services.scoring import Call
from function_app.web import problems
from function_app.web.problems import problem_responses

scores = APIRouter(prefix=PREFIX, tags=["Scores"])

_RESPONSES = problem_responses(
    *ALWAYS,
    problems.INVALID_INPUT,
    problems.KEY_REUSED,
    *unavailable(problems.ARTEFACT_UNAVAILABLE),
)

_Key = Annotated[
    str | None,
    idempotency_key(
        "The same request under the same key gets the very same decisions for 7 days, "
        "whatever became of the first answer."
    ),
]


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


def _call_of(kind: Literal["score", "scores"]) -> object:
    # Not awaiting anything: FastAPI would send a plain function to another thread.
    async def call(
        request: Request,
        caller: KnownCaller,
        options: Annotated[ScoreOptions, Query()],
        key: _Key = None,
    ) -> Call:
        return Call(
            kind,
            caller,
            request.state.request_id,
            options.lang,
            explain=options.explain,
            idempotency_key=key,
        )

    return Depends(call)


@scores.get(
    "/clients/{client_id}/score",
    summary="Decide on a client",
    response_model=ScoreAnswer,
    responses={**_RESPONSES, **problem_responses(problems.UNKNOWN_CLIENT)},
)
def score_client(
    request: Request, client_id: AnyClient, call: Annotated[Call, _call_of("score")]
) -> Response:
    """Score one client, log the decision, and say why.

    The answer leaves only when its row is in the decision log. Each call is a new
    decision with an identifier of its own, unless it repeats one under the same
    `Idempotency-Key`.
    """
    answer = services_of(request).scoring.decide(client_id, call)
    return _answer(answer, call)


@scores.post(
    "/scores",
    summary="Decide on up to 1,000 clients",
    response_model=ScoresAnswer,
    responses={**_RESPONSES, **problem_responses(problems.BODY_TOO_LARGE)},
)
def score_clients(
    request: Request, body: ScoresRequest, call: Annotated[Call, _call_of("scores")]
) -> Response:
    """Score several clients with one model, log the decisions, and say why.

    The results are in the order asked: a score, or a problem where there is no such
    client. The answer leaves only when all its decisions are in the log; otherwise none
    of them was answered. Each client counts as a call of its caller's.
    """
    services = services_of(request)
    # The call itself was counted when its key was seen.
    services.rates.charge(call.caller.name, len(body.client_ids) - 1)
    answers = services.scoring.decide_many(body.client_ids, call)
    results = ",".join(
        answer or _unknown(client_id)
        for client_id, answer in zip(body.client_ids, answers, strict=True)
    )
    return _answer(f'{{"results":[{results}]}}', call)


def _unknown(client_id: int) -> str:
    kind = problems.UNKNOWN_CLIENT
    return ClientProblem(
        client_id=client_id,
        type=kind.type_uri,
        title=kind.title,
        status=kind.status,
        detail="No client has this number.",
    ).model_dump_json()


def _answer(content: str, call: Call) -> Response:
    headers = {"Content-Language": call.language.value}
    return Response(content, media_type=JSON, headers=headers)
