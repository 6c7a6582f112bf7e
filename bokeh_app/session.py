"""From a browser's request to a running session."""

from __future__ import annotations

from typing import Any

from bokeh.document import Document
from bokeh.server.views.static_handler import StaticHandler

from bokeh_app.access.gate import SignIn
from bokeh_app.access.pages import notice_template, other_language
from bokeh_app.dashboard import Dashboard
from bokeh_app.fragments import page_template
from bokeh_app.page.ending import at_end
from bokeh_app.page.session import PageSession
from bokeh_app.parts.find import NUMBER
from bokeh_app.portfolio import FIRST_PERIOD, Portfolio
from bokeh_app.queries.activity import PERIODS
from bokeh_app.services import Services, shared_services
from bokeh_app.texts import Texts, as_language, read_texts

LONGEST_ARGUMENT = 200


def open_session(document: Document) -> None:
    """Fill a document: the page in the URL's language, showing the URL's client.

    Nobody sees it without having signed in, whatever the server was started with.
    """
    arguments = _arguments(document)
    texts = read_texts(as_language(arguments.get("lang")))
    services = shared_services()
    sign_in: SignIn | None = _of_request(document, "sign_in")
    document.title = texts("page.title")
    document.config.notify_connection_status = False  # the page says it itself
    if sign_in is None:
        _show_notice(document, texts, "access.no_sign_in")
    elif not services.door.seats.take(sign_in.user.login):
        _show_notice(document, texts, "access.too_many_pages")
    elif arguments.get("view") != "portfolio":
        _show_dashboard(document, services, sign_in, texts, arguments.get("client"))
    elif sign_in.user.role == "manager":
        _show_portfolio(document, services, sign_in, texts)
    else:
        services.door.seats.leave(sign_in.user.login)
        _show_notice(document, texts, "portfolio.managers_only")


def _show_notice(document: Document, texts: Texts, key: str) -> None:
    document.template = notice_template()
    document.template_variables.update(t=texts, message=texts(key), refresh=0)
    at_end(document)


def _show_dashboard(
    document: Document,
    services: Services,
    sign_in: SignIn,
    texts: Texts,
    client: str | None,
) -> None:
    document.template = page_template("dashboard.html")
    _fill_page(
        document,
        sign_in,
        texts,
        client=client if client and NUMBER.fullmatch(client) else None,
    )
    Dashboard(_open_page(document, services, sign_in, texts)).start(client or None)


def _show_portfolio(
    document: Document, services: Services, sign_in: SignIn, texts: Texts
) -> None:
    document.title = texts("portfolio.page_title")
    document.template = page_template("portfolio.html")
    _fill_page(document, sign_in, texts, periods=PERIODS, first_period=FIRST_PERIOD)
    Portfolio(_open_page(document, services, sign_in, texts)).start()


def _fill_page(
    document: Document, sign_in: SignIn, texts: Texts, **more: object
) -> None:
    document.template_variables.update(
        t=texts,
        user=sign_in.user,
        lang=texts.language,
        other_lang=other_language(texts),
        bokeh_script=StaticHandler.append_version("js/bokeh.min.js"),
        xsrf_token=_of_request(document, "xsrf_token"),
        **more,
    )


def _open_page(
    document: Document, services: Services, sign_in: SignIn, texts: Texts
) -> PageSession:
    page = PageSession(document, services, sign_in, texts)

    def leave() -> None:
        page.close()
        services.door.seats.leave(sign_in.user.login)

    at_end(document, leave)
    return page


# Bokeh adds the request to the context, and passes on what a hook has left with it;
# its types do not say so.


def _of_request(document: Document, name: str) -> Any:
    request = getattr(document.session_context, "request", None)
    return getattr(request, name, None)


def _arguments(document: Document) -> dict[str, str]:
    request = getattr(document.session_context, "request", None)
    arguments: dict[str, list[bytes]] = request.arguments if request else {}
    return {
        name: values[0].decode("utf-8", "replace")[:LONGEST_ARGUMENT]
        for name, values in arguments.items()
        if values
    }
