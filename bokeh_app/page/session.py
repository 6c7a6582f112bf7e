"""One person's page while it is open: its desk, its bridge, and its end."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from bokeh.document import Document
from bokeh.events import DocumentReady
from bokeh.model import Model
from bokeh.models import CustomJS

from bokeh_app.access.gate import SignIn
from bokeh_app.page.bridge import PageBridge
from bokeh_app.page.courier import Courier
from bokeh_app.page.desk import Desk, text_of
from bokeh_app.page.outbox import Outbox
from bokeh_app.page.watch import Watch
from bokeh_app.services import Services
from bokeh_app.texts import Texts

Request = dict[str, Any]
Actions = dict[str, Callable[[Request], None]]

RECOVERY_MILLISECONDS = 10_000


class PageSession:
    """What every page needs; all of it runs under the document's lock.

    Parameters
    ----------
    document : Document
        The session's document.
    services : Services
        Shared with the other sessions.
    sign_in : SignIn
        Who is signed in, and since which sign-in.
    texts : Texts
        The catalogue of the page's language.
    """

    def __init__(
        self, document: Document, services: Services, sign_in: SignIn, texts: Texts
    ) -> None:
        self._document = document
        self._bridge = PageBridge(name="bridge")
        self.desk = Desk(
            services,
            sign_in.user,
            services.door.views(sign_in),
            texts,
            Courier(document, services.executor),
            Outbox(self._bridge),
        )
        self._watch = Watch(document, self.desk, sign_in, self.close)

    def start(
        self,
        roots: Iterable[Model],
        actions: Callable[[], Actions],
        load: Callable[[str], None],
    ) -> None:
        """Add everything to the document, and listen.

        Parameters
        ----------
        roots : iterable of Model
            Figures.
        actions : callable
            Gives what the person may do at the time, by name.
        load : callable
            Loads a region again: when the person asks for it, and by itself where
            its last question failed for a reason that passes.
        """
        self._document.add_root(self._bridge)
        for root in roots:
            self._document.add_root(root)

        def on_request(_name: str, _old: Request, request: Request) -> None:
            if self._watch.is_over:
                return
            self._watch.hear_act()
            possible = {
                "retry": lambda asked: load(text_of(asked, "region")),
                **actions(),
            }
            action = possible.get(text_of(request, "action"))
            if action is not None:
                action(request)

        def recover() -> None:
            for region in tuple(self.desk.troubled):
                load(region)

        self._bridge.on_change("request", on_request)
        self._document.on_event(DocumentReady, lambda _event: self.desk.outbox.start())
        self._document.js_on_event(
            DocumentReady,
            CustomJS(
                args={"bridge": self._bridge}, code="window.creditFile.start(bridge)"
            ),
        )
        self._watch.start()
        self._document.add_periodic_callback(recover, RECOVERY_MILLISECONDS)

    def close(self) -> None:
        """Drop what is under way, as the session or the sign-in is over."""
        self.desk.courier.close()
