"""Signing in and out over HTTP, by the hooks of the Bokeh server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from bokeh.protocol.exceptions import ProtocolError
from bokeh.server.views.session_handler import SessionHandler
from bokeh.server.views.ws import WSHandler
from bokeh.util.token import get_session_id
from tornado.web import HTTPError, RequestHandler

from bokeh_app.access import cookie
from bokeh_app.access.door import Door
from bokeh_app.access.gate import WINDOW, SignIn, TooManyAttemptsError
from bokeh_app.access.pages import (
    HOME,
    language_of,
    notice_page,
    safe_next,
    sign_in_page,
)
from bokeh_app.errors import DashboardError
from bokeh_app.services import shared_services
from bokeh_app.web.headers import PAGE_HEADERS

LOGIN_URL = "/login"
LOGOUT_URL = "/logout"
RETRY_SECONDS = 10
LONGEST_PASSWORD = 1024
SIGN_IN_POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

AnswerT = TypeVar("AnswerT")


async def get_user_async(handler: RequestHandler) -> SignIn | None:
    """Return who asks, and leave it with the request for the session to find.

    The cookie goes no further: Bokeh would write it into the page for its scripts.
    """
    door = shared_services().door
    request = handler.request
    try:
        sign_in = await _ask(door.sign_in_of, handler.get_cookie(cookie.NAME))
    except DashboardError:
        _answer_that_database_is_away(handler)
        return None
    if isinstance(handler, WSHandler):
        if sign_in is None or _is_anothers_session(handler, sign_in):
            raise HTTPError(403)
    elif sign_in is not None:
        if isinstance(handler, SessionHandler):
            _refuse_given_session(handler)
        _set_cookie(handler, door, sign_in)
        request.xsrf_token = handler.xsrf_token.decode()  # type: ignore[attr-defined]
    request.sign_in = sign_in  # type: ignore[attr-defined]
    request.cookies.clear()
    request.headers.pop("Cookie", None)
    return sign_in


class LoginHandler(RequestHandler):
    """The page to sign in with, and the form that it sends."""

    def set_default_headers(self) -> None:
        """Let the page load nothing but its own styles, and nobody frame it."""
        for name, value in PAGE_HEADERS.items():
            self.set_header(name, value)
        self.set_header("Content-Security-Policy", SIGN_IN_POLICY)
        self.set_header("Referrer-Policy", "no-referrer")

    async def get(self) -> None:
        """Show the page; who is signed in already goes on."""
        destination = safe_next(self.get_argument("next", None))
        door = shared_services().door
        try:
            if await _ask(door.sign_in_of, self.get_cookie(cookie.NAME)):
                self.redirect(destination)
                return
        except DashboardError:
            pass  # the form says it, if the database is away even then
        self._show(destination)

    async def post(self) -> None:
        """Sign in and go on, or say why not."""
        self.check_xsrf_cookie()
        destination = safe_next(self.get_body_argument("next", None))
        login = self.get_body_argument("login", "")
        password = self.get_body_argument("password", "", strip=False)
        address = self.request.remote_ip or "0.0.0.0"
        door = shared_services().door
        try:
            sign_in = await _ask(
                door.gate.sign_in, login, password[:LONGEST_PASSWORD], address
            )
        except TooManyAttemptsError:
            self.set_header("Retry-After", str(int(WINDOW.total_seconds())))
            self._show(destination, TooManyAttemptsError.text_key, login, status=429)
        except DashboardError as error:
            self._show(destination, error.text_key, login, status=503)
        else:
            if sign_in is None:
                self._show(destination, "access.wrong", login, status=403)
            else:
                _set_cookie(self, door, sign_in)
                self.redirect(destination, status=303)

    def _show(
        self, destination: str, problem: str = "", login: str = "", status: int = 200
    ) -> None:
        self.set_status(status)
        token = self.xsrf_token.decode()
        self.finish(sign_in_page(destination, token, problem, login))


class LogoutHandler(RequestHandler):
    """The button that signs out; a link could be followed by mistake or malice."""

    async def post(self) -> None:
        """End the sign-in in all of its pages and processes."""
        self.check_xsrf_cookie()
        door = shared_services().door
        destination = safe_next(self.get_body_argument("next", None))
        try:
            sign_in = await _ask(door.sign_in_of, self.get_cookie(cookie.NAME))
            if sign_in is not None:
                address = self.request.remote_ip or "0.0.0.0"
                await _ask(door.gate.sign_out, sign_in, address)
        except DashboardError:
            _answer_that_database_is_away(self)
            return
        self.clear_cookie(cookie.NAME)
        self.redirect(f"{LOGIN_URL}?next={HOME}%3Flang%3D{language_of(destination)}")


async def _ask(question: Callable[..., AnswerT], *arguments: Any) -> AnswerT:
    """Ask the database outside the server's own thread."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(shared_services().executor, question, *arguments)


def _set_cookie(handler: RequestHandler, door: Door, sign_in: SignIn) -> None:
    handler.set_cookie(
        cookie.NAME,
        door.cookie_for(sign_in),
        max_age=int(door.lifetime.total_seconds()),
        httponly=True,
        samesite="Lax",  # Strict would ask who follows a shared link to sign in again
        secure=handler.request.protocol == "https",
    )


def _answer_that_database_is_away(handler: RequestHandler) -> None:
    """Say so calmly; the page asks again by itself."""
    if isinstance(handler, WSHandler):
        raise HTTPError(503)
    handler.set_status(503)
    for name, value in PAGE_HEADERS.items():
        handler.set_header(name, value)
    handler.set_header("Content-Type", "text/html; charset=utf-8")
    handler.set_header("Retry-After", str(RETRY_SECONDS))
    language = language_of(handler.request.uri or "")
    handler.finish(notice_page("problem.warehouse_away", language, RETRY_SECONDS))


def _refuse_given_session(handler: SessionHandler) -> None:
    """Let nobody be sent into a session that its sender watches."""
    given = {"bokeh-token", "bokeh-session-id"} & set(handler.request.arguments)
    if given or "Bokeh-Session-Id" in handler.request.headers:
        raise HTTPError(403)


def _is_anothers_session(handler: WSHandler, sign_in: SignIn) -> bool:
    protocols = handler.request.headers.get("Sec-WebSocket-Protocol", "")
    token = protocols.rpartition(",")[2].strip()
    try:
        session = handler.application_context.get_session(get_session_id(token))
    except (ProtocolError, ValueError, KeyError):
        return False  # a new one, or none at all: the handler looks at the token
    context = session.document.session_context
    request = getattr(context, "request", None)
    opened_by: SignIn | None = getattr(request, "sign_in", None)
    return opened_by is None or opened_by.user.login != sign_in.user.login
