"""What a call about several clients takes and answers."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from function_app.schemas.base import MAX_CLIENT_ID, Answer
from function_app.schemas.score import SCORE_EXAMPLE, ScoreAnswer

MAX_CLIENTS = 1_000


def _number(value: object) -> object:
    # JSON's 5.0 is a whole number; "5" and true are none.
    if isinstance(value, bool | str):
        raise PydanticCustomError("client_id", "must be a whole number")
    return value


def _distinct(client_ids: list[int]) -> list[int]:
    places: dict[int, int] = {}
    for place, client_id in enumerate(client_ids):
        first = places.setdefault(client_id, place)
        if first != place:
            raise PydanticCustomError(
                "duplicate",
                "names a client twice, at places {first} and {second} counted from 0",
                {"first": first, "second": place},
            )
    return client_ids


class ScoresRequest(BaseModel):
    """The clients to decide on."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"client_ids": [100002, 100003]}]},
    )

    client_ids: Annotated[
        list[Annotated[int, Field(ge=1, le=MAX_CLIENT_ID), BeforeValidator(_number)]],
        Field(
            min_length=1,
            max_length=MAX_CLIENTS,
            description="Their numbers (SK_ID_CURR), each once.",
            json_schema_extra={"uniqueItems": True},
        ),
        AfterValidator(_distinct),
    ]


CLIENT_PROBLEM_EXAMPLE: dict[str, Any] = {
    "client_id": 100003,
    "type": "/api/docs#unknown-client",
    "title": "Unknown client",
    "status": 404,
    "detail": "No client has this number.",
}


class ClientProblem(Answer):
    """Why there is no score of one client, as a problem document (RFC 9457)."""

    model_config = ConfigDict(json_schema_extra={"examples": [CLIENT_PROBLEM_EXAMPLE]})

    client_id: Annotated[int, Field(description="The client's number.")]
    type: Annotated[str, Field(description="Names the sort of problem.")]
    title: Annotated[str, Field(description="The sort of problem in words.")]
    status: Annotated[
        int, Field(description="The HTTP status that a call on this client would get.")
    ]
    detail: Annotated[str, Field(description="This occurrence in words.")]


SCORES_EXAMPLE: dict[str, Any] = {"results": [SCORE_EXAMPLE, CLIENT_PROBLEM_EXAMPLE]}


class ScoresAnswer(Answer):
    """The decisions on several clients."""

    model_config = ConfigDict(json_schema_extra={"examples": [SCORES_EXAMPLE]})

    results: Annotated[
        list[ScoreAnswer | ClientProblem],
        Field(description="One for each client, in the order asked."),
    ]
