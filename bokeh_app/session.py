"""From a browser's request to a running session."""

from __future__ import annotations

from bokeh.document import Document
from bokeh.server.views.static_handler import StaticHandler

from bokeh_app.dashboard import Dashboard
from bokeh_app.parts.find import NUMBER
from bokeh_app.services import shared_services
from bokeh_app.texts import as_language, read_texts
from bokeh_app.user import User

LONGEST_ARGUMENT = 200
NOBODY_KNOWN = User(login="advisor", name="Advisor", role="manager")


def open_session(document: Document) -> None:
    """Fill a document: the page in the URL's language, showing the URL's client."""
    arguments = _arguments(document)
    texts = read_texts(as_language(arguments.get("lang")))
    client = arguments.get("client") or None
    document.title = texts("page.title")
    document.template_variables.update(
        t=texts,
        lang=texts.language,
        other_lang="en" if texts.language == "fr" else "fr",
        client=client if client and NUMBER.fullmatch(client) else None,
        bokeh_script=StaticHandler.append_version("js/bokeh.min.js"),
    )
    document.config.notify_connection_status = False  # the page says it itself
    dashboard = Dashboard(document, shared_services(), NOBODY_KNOWN, texts)
    document.on_session_destroyed(lambda _context: dashboard.close())
    dashboard.start(client)


def _arguments(document: Document) -> dict[str, str]:
    # Bokeh adds the request to the context; its type does not say so.
    request = getattr(document.session_context, "request", None)
    arguments: dict[str, list[bytes]] = request.arguments if request else {}
    return {
        name: values[0].decode("utf-8", "replace")[:LONGEST_ARGUMENT]
        for name, values in arguments.items()
        if values
    }
