"""What surrounds every request: identifier, headers, one log line, no leaks."""

import logging
import re
import time
from uuid import uuid4

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from function_app.logs import log_event, places
from function_app.problems import internal_error
from function_app.security import SECURITY_HEADERS

REQUEST_ID_HEADER = "x-request-id"

_ACCEPTED_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class RequestContextMiddleware:
    """Give each request an identifier, its answer headers, and the log a line.

    An exception that nothing else has caught ends here, and becomes an answer without
    details: further out, a server would log its message, which may quote values.

    Parameters
    ----------
    app : ASGI application
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

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
            log_event(
                logging.INFO,
                "request",
                request_id=request_id,
                method=scope["method"],
                route=_route(scope),
                status=status,
                milliseconds=round(1000 * (time.perf_counter() - started), 2),
                caller=scope["state"].get("caller"),
            )


def _request_id(scope: Scope) -> str:
    presented = Headers(scope=scope).get(REQUEST_ID_HEADER, "")
    return presented if _ACCEPTED_ID.fullmatch(presented) else uuid4().hex


def _route(scope: Scope) -> str:
    # The template, never the path: a path holds the client's number.
    route = scope.get("route")
    return str(getattr(route, "path", "unmatched"))
