"""What no request may exceed, looked at before anything is read or done for it."""

from dataclasses import dataclass

from fastapi import Request
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from function_app.errors import BusyError
from function_app.web.problems import (
    ADDRESS_TOO_LONG,
    BODY_TOO_LARGE,
    BUSY,
    problem_response,
    retry_after,
)

# The longest address of ours takes a tenth of it.
MAX_ADDRESS_BYTES = 2_048

# Whoever watches must be answered while the callers are too many.
UNCOUNTED_PATHS = frozenset({"/api/v1/health/live", "/api/v1/metrics"})


@dataclass
class Admission:
    """How many requests are under way, and how many may be.

    Each holds memory and waits for a thread; beyond the limit a quick refusal serves
    its caller better than a long wait. Changed on the event loop only.

    Attributes
    ----------
    limit : int
    under_way : int
    """

    limit: int
    under_way: int = 0

    @property
    def is_full(self) -> bool:
        """Whether the next request is refused."""
        return self.under_way >= self.limit


class RequestLimitsMiddleware:
    """Refuses bodies and addresses that are too large, and requests that are too many.

    Parameters
    ----------
    app : ASGI application
    admission : Admission
    max_body_bytes : int
    """

    def __init__(
        self, app: ASGIApp, *, admission: Admission, max_body_bytes: int
    ) -> None:
        self._app = app
        self._admission = admission
        self._max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif len(scope["path"]) + len(scope["query_string"]) > MAX_ADDRESS_BYTES:
            detail = f"An address may have {MAX_ADDRESS_BYTES} bytes at most."
            answer = problem_response(Request(scope), ADDRESS_TOO_LONG, detail)
            await answer(scope, receive, send)
        elif _declared_bytes(scope) > self._max_body_bytes:
            answer = problem_response(Request(scope), BODY_TOO_LARGE, self._body_limit)
            await answer(scope, receive, send)
        else:
            await self._admit(scope, self._bounded(receive), send)

    async def _admit(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] in UNCOUNTED_PATHS:
            await self._app(scope, receive, send)
            return
        if self._admission.is_full:
            detail = "Too many calls are under way. Try again in a moment."
            answer = problem_response(
                Request(scope), BUSY, detail, headers=retry_after(BusyError())
            )
            await answer(scope, receive, send)
            return
        self._admission.under_way += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._admission.under_way -= 1

    @property
    def _body_limit(self) -> str:
        return f"A body may have {self._max_body_bytes} bytes at most."

    def _bounded(self, receive: Receive) -> Receive:
        """Count what arrives: a body in chunks declares no length."""
        received = 0

        async def bounded() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._max_body_bytes:
                raise HTTPException(BODY_TOO_LARGE.status, self._body_limit)
            return message

        return bounded


def _declared_bytes(scope: Scope) -> int:
    declared = Headers(scope=scope).get("content-length", "")
    return int(declared) if declared.isdecimal() and declared.isascii() else 0
