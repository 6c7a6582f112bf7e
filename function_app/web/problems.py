"""Errors as RFC 9457 problem documents, in the answers and in the OpenAPI."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import models_json_schema
from starlette.exceptions import HTTPException

from function_app.errors import (
    ArtefactUnavailableError,
    BusyError,
    DatabaseMismatchError,
    DatabaseUnavailableError,
    IdempotencyKeyReusedError,
    InvalidOverridesError,
    ModelReplacedError,
    NoPopulationError,
    ProblemError,
    RateLimitedError,
    UnauthorizedError,
    UnknownClientError,
    UnknownDecisionError,
)
from function_app.schemas.health import ReadinessCheck

MEDIA_TYPE = "application/problem+json"

IDEMPOTENCY_KEY = "Idempotency-Key"


@dataclass(frozen=True)
class ProblemKind:
    """One sort of problem; its name is the stable end of its type."""

    name: str
    status: int
    title: str

    @property
    def type_uri(self) -> str:
        """Where the documentation tells of it."""
        return f"/api/docs#{self.name}"


UNAUTHORIZED = ProblemKind("unauthorized", 401, "A valid key is required")
UNKNOWN_CLIENT = ProblemKind("unknown-client", 404, "Unknown client")
UNKNOWN_DECISION = ProblemKind("unknown-decision", 404, "Unknown decision")
NO_POPULATION = ProblemKind("no-population", 404, "Nothing to compare with")
UNKNOWN_ADDRESS = ProblemKind("unknown-address", 404, "Unknown address")
METHOD_NOT_ALLOWED = ProblemKind("method-not-allowed", 405, "Method not allowed")
MODEL_REPLACED = ProblemKind("model-replaced", 409, "Another model is served")
BODY_TOO_LARGE = ProblemKind("body-too-large", 413, "Body too large")
ADDRESS_TOO_LONG = ProblemKind("address-too-long", 414, "Address too long")
INVALID_INPUT = ProblemKind("invalid-input", 422, "Invalid input")
KEY_REUSED = ProblemKind("idempotency-key-reused", 422, "Key sent with another request")
RATE_LIMITED = ProblemKind("rate-limited", 429, "Too many calls with this key")
INTERNAL_ERROR = ProblemKind("internal-error", 500, "Internal error")
DATABASE_UNAVAILABLE = ProblemKind("database-unavailable", 503, "Database unavailable")
DATABASE_MISMATCH = ProblemKind("database-mismatch", 503, "Database not ready")
ARTEFACT_UNAVAILABLE = ProblemKind("artefact-unavailable", 503, "Model unavailable")
BUSY = ProblemKind("busy", 503, "Too many calls at once")
NOT_READY = ProblemKind("not-ready", 503, "Not ready")

ALL_KINDS = (
    UNAUTHORIZED,
    UNKNOWN_CLIENT,
    UNKNOWN_DECISION,
    NO_POPULATION,
    UNKNOWN_ADDRESS,
    METHOD_NOT_ALLOWED,
    MODEL_REPLACED,
    BODY_TOO_LARGE,
    ADDRESS_TOO_LONG,
    INVALID_INPUT,
    KEY_REUSED,
    RATE_LIMITED,
    INTERNAL_ERROR,
    DATABASE_UNAVAILABLE,
    DATABASE_MISMATCH,
    ARTEFACT_UNAVAILABLE,
    BUSY,
    NOT_READY,
)

KIND_OF_ERROR: Mapping[type[ProblemError], ProblemKind] = {
    UnauthorizedError: UNAUTHORIZED,
    RateLimitedError: RATE_LIMITED,
    UnknownClientError: UNKNOWN_CLIENT,
    UnknownDecisionError: UNKNOWN_DECISION,
    IdempotencyKeyReusedError: KEY_REUSED,
    ModelReplacedError: MODEL_REPLACED,
    NoPopulationError: NO_POPULATION,
    InvalidOverridesError: INVALID_INPUT,
    DatabaseUnavailableError: DATABASE_UNAVAILABLE,
    DatabaseMismatchError: DATABASE_MISMATCH,
    ArtefactUnavailableError: ARTEFACT_UNAVAILABLE,
    BusyError: BUSY,
}


class FieldFault(BaseModel):
    """One input that cannot be used."""

    field: Annotated[str, Field(description="Name of the input.")]
    location: Annotated[str, Field(description="`path`, `query`, `header` or `body`.")]
    message: Annotated[str, Field(description="What is wrong with it.")]


PROBLEM_EXAMPLE: dict[str, Any] = {
    "type": INVALID_INPUT.type_uri,
    "title": INVALID_INPUT.title,
    "status": INVALID_INPUT.status,
    "detail": "lang: Input should be 'fr' or 'en'",
    "instance": "/api/v1/clients/100002/score",
    "request_id": "5a1c9f5e6d2f4b0c8a7e3d1f0b2c4d6e",
    "errors": [
        {
            "field": "lang",
            "location": "query",
            "message": "Input should be 'fr' or 'en'",
        }
    ],
}


class Problem(BaseModel):
    """A problem document (RFC 9457)."""

    model_config = ConfigDict(json_schema_extra={"examples": [PROBLEM_EXAMPLE]})

    type: Annotated[str, Field(description="Names the sort of problem.")]
    title: Annotated[str, Field(description="The sort of problem in words.")]
    status: Annotated[int, Field(description="The HTTP status.")]
    detail: Annotated[str, Field(description="This occurrence in words.")]
    instance: Annotated[str, Field(description="The address that was called.")]
    request_id: Annotated[
        str, Field(description="The request's identifier in the function's log.")
    ]
    errors: Annotated[
        list[FieldFault] | None, Field(description="The inputs at fault (422).")
    ] = None
    checks: Annotated[
        list[ReadinessCheck] | None, Field(description="What was looked at (ready).")
    ] = None


def problem_response(
    request: Request,
    kind: ProblemKind,
    detail: str,
    *,
    errors: Sequence[FieldFault] | None = None,
    checks: Sequence[ReadinessCheck] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Make the answer that tells of a problem.

    Parameters
    ----------
    request : Request
    kind : ProblemKind
    detail : str
        This occurrence in words, without anything internal.
    errors : sequence of FieldFault, optional
        Inputs at fault.
    checks : sequence of ReadinessCheck, optional
        What readiness looked at.
    headers : mapping of str to str, optional
        More headers, such as Retry-After.
    """
    document = Problem(
        type=kind.type_uri,
        title=kind.title,
        status=kind.status,
        detail=detail,
        instance=request.url.path,
        request_id=request.state.request_id,
        errors=None if errors is None else list(errors),
        checks=None if checks is None else list(checks),
    )
    return Response(
        document.model_dump_json(exclude_none=True),
        status_code=kind.status,
        media_type=MEDIA_TYPE,
        headers=dict(headers or {}),
    )


def retry_after(error: ProblemError) -> dict[str, str]:
    """Return the header that says when to try again."""
    return {"Retry-After": str(error.retry_after_seconds)}


def internal_error(request: Request) -> Response:
    """Make the answer to an error that nobody foresaw; it tells nothing of it."""
    return problem_response(
        request,
        INTERNAL_ERROR,
        "The request could not be answered. The log has the details under the "
        "request's identifier.",
    )


def install_problem_handlers(app: FastAPI) -> None:
    """Answer every error of the application with a problem document."""

    async def on_problem(request: Request, error: Exception) -> Response:
        assert isinstance(error, ProblemError)
        headers: dict[str, str] = {}
        if error.retry_after_seconds is not None:
            headers = retry_after(error)
        elif isinstance(error, UnauthorizedError):
            headers = {"WWW-Authenticate": 'ApiKey realm="scoring"'}
        kind = KIND_OF_ERROR[type(error)]
        return problem_response(
            request, kind, str(error), errors=_faults(error), headers=headers
        )

    async def on_invalid_input(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        faults = [_field_fault(fault) for fault in error.errors()]
        detail = "; ".join(f"{fault.field}: {fault.message}" for fault in faults)
        return problem_response(request, INVALID_INPUT, detail, errors=faults)

    async def on_http_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if error.status_code == HTTPStatus.NOT_FOUND:
            kind, detail = UNKNOWN_ADDRESS, "There is nothing at this address."
        elif error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            kind = METHOD_NOT_ALLOWED
            detail = "This address does not take this method."
        elif error.status_code == HTTPStatus.BAD_REQUEST:
            kind, detail = INVALID_INPUT, "The body cannot be read."
        elif error.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            kind, detail = BODY_TOO_LARGE, error.detail
        else:
            phrase = HTTPStatus(error.status_code).phrase
            kind = ProblemKind("http-error", error.status_code, phrase)
            detail = phrase
        return problem_response(request, kind, detail, headers=error.headers)

    app.add_exception_handler(ProblemError, on_problem)
    app.add_exception_handler(RequestValidationError, on_invalid_input)
    app.add_exception_handler(HTTPException, on_http_error)


def problem_responses(*kinds: ProblemKind) -> dict[int | str, dict[str, Any]]:
    """Return what the OpenAPI says of a call's problems.

    Parameters
    ----------
    *kinds : ProblemKind
        Those the call may answer with, in the order of their status.
    """
    titles: dict[int | str, list[str]] = {}
    for kind in kinds:
        titles.setdefault(kind.status, []).append(kind.title)
    return {
        status: {
            "description": "; ".join(of_status),
            "content": {
                MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}
            },
        }
        for status, of_status in titles.items()
    }


def problem_schemas() -> dict[str, Any]:
    """Return the schemas that :func:`problem_responses` refers to."""
    _, definitions = models_json_schema(
        [(Problem, "serialization")], ref_template="#/components/schemas/{model}"
    )
    schemas: dict[str, Any] = definitions["$defs"]
    return schemas


def _faults(error: ProblemError) -> list[FieldFault] | None:
    if isinstance(error, IdempotencyKeyReusedError):
        return [
            FieldFault(field=IDEMPOTENCY_KEY, location="header", message=str(error))
        ]
    if isinstance(error, InvalidOverridesError):
        return [
            FieldFault(field=f"overrides.{field}", location="body", message=message)
            for field, message in error.faults
        ]
    return None


def _field_fault(fault: Mapping[str, Any]) -> FieldFault:
    location, *names = (str(part) for part in fault["loc"])
    message = fault["msg"]
    if fault["type"] == "json_invalid":
        # Its place is a position in the text.
        return FieldFault(field=location, location=location, message="is no JSON")
    if fault["type"] == "extra_forbidden":
        message = "is not an input of this call"
    return FieldFault(
        field=".".join(names) or location, location=location, message=message
    )
