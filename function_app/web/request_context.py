"""What surrounds every request: identifier, headers, one log line, no leaks."""

import logging
import re
import time
from http import HTTPMethod
from typing import Protocol
from uuid import uuid4

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from function_app.logs import log_event, places
from function_app.web.problems import internal_error
from function_app.web.security import SECURITY_HEADERS

REQUEST_ID_HEADER = "x-request-id"

_METHODS = frozenset(HTTPMethod)

_ACCEPTED_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class CountRequest(Protocol):
    """What counts requests."""

    def __call__(
        self, *, method: str, route: str, status: int | None, seconds: float
    ) -> None:
        """Count one."""


class RequestContextMiddleware:
    """Give each request an identifier, its answer headers, and the log a line.

    An exception that nothing else has caught ends here, and becomes an answer without
    details: further out, a server would log its message, which may quote values.

    Parameters
    ----------
    app : ASGI application
    count : callable
        Is told of each request: method, route, status and seconds.
    """

    def __init__(self, app: ASGIApp, *, count: CountRequest) -> None:
        self._app = app
        self._count = count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id = _request_id(scope)
        # The Functions adapter may hand over None.
        scope["state"] = {**(scope.get("state") or {}), "request_id": request_id}
        status: int | None = None

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers[REQUEST_ID_HEADER] = request_id
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except Exception as error:
            log_event(
                logging.ERROR,
                "unforeseen_error",
                request_id=request_id,
                route=_route(scope),
                error=type(error).__name__,
                places=places(error),
            )
            if status is None:
                answer = internal_error(Request(scope))
                await answer(scope, receive, send_with_headers)
        finally:
            seconds = time.perf_counter() - started
            self._count(
                method=_method(scope),
                route=_route(scope),
                status=status,
                seconds=seconds,
            )
            log_event(
                logging.INFO,
                "request",
                request_id=request_id,
                method=_method(scope),
                route=_route(scope),
                status=status,
                milliseconds=round(1000 * seconds, 2),
                caller=scope["state"].get("caller"),
            )


def _request_id(scope: Scope) -> str:
    presented = Headers(scope=scope).get(REQUEST_ID_HEADER, "")
    return presented if _ACCEPTED_ID.fullmatch(presented) else uuid4().hex


def _method(scope: Scope) -> str:
    # A caller may invent methods; each would be a line of the metrics for ever.
    method = str(scope["method"])
    return method if method in _METHODS else "other"


def _route(scope: Scope) -> str:
    # The template, never the path: a path holds the client's number.
    route = scope.get("route")
    return str(getattr(route, "path", "unmatched"))
