"""One advisor's session: its page, its parts, and the client shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bokeh.document import Document
from bokeh.events import DocumentReady
from bokeh.models import CustomJS

from bokeh_app.access.gate import SignIn
from bokeh_app.access.watch import Watch
from bokeh_app.courier import Courier
from bokeh_app.desk import Desk, text_of
from bokeh_app.outbox import Outbox
from bokeh_app.page import PageBridge
from bokeh_app.parts.act import ActPart
from bokeh_app.parts.client import ClientPart
from bokeh_app.parts.client_data import ClientDataPart
from bokeh_app.parts.comparison import ComparisonPart
from bokeh_app.parts.decision import DecisionPart
from bokeh_app.parts.density import DensityPart
from bokeh_app.parts.explanation import ExplanationPart
from bokeh_app.parts.export import ExportPart
from bokeh_app.parts.find import FindPart
from bokeh_app.parts.history import HistoryPart
from bokeh_app.parts.simulation import ADVICE, LATER_REGIONS, SimulationPart
from bokeh_app.parts.variables import VariablesPart
from bokeh_app.services import Services
from bokeh_app.texts import Texts

Request = dict[str, Any]


class Dashboard:
    """Brings the parts together; all of it runs under the document's lock.

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
        self._desk = Desk(
            services,
            sign_in.user,
            services.door.views(sign_in),
            texts,
            Courier(document, services.executor),
            Outbox(self._bridge),
        )
        self._watch = Watch(document, self._desk, sign_in, self.close)
        self._find = FindPart(self._desk, self._select)
        self._variables = VariablesPart(self._desk)
        self._comparison = ComparisonPart(self._desk)
        self._density = DensityPart(self._desk)
        self._simulation = SimulationPart(self._desk)
        self._act = ActPart(self._desk)
        # These tell of the decision, and wait for it.
        self._later_parts = (ExplanationPart(self._desk), self._act)
        self._data = ClientDataPart(self._desk)
        history = HistoryPart(self._desk)
        self._parts = (
            ClientPart(self._desk),
            DecisionPart(self._desk, self._after_decision),
            history,
            self._density,
            self._comparison,
            self._simulation,
        )
        self._export = ExportPart(
            self._desk,
            {
                "comparison": self._comparison.sheets,
                "density": self._density.sheets,
                "client_data": self._data.sheets,
                "loans": history.sheets,
                "payments": history.sheets,
            },
        )

    def start(self, client: str | None) -> None:
        """Add everything to the document and show the client that the URL names."""
        self._document.add_root(self._bridge)
        for part in self._parts:
            for root in part.roots:
                self._document.add_root(root)
        self._bridge.on_change("request", self._on_request)
        self._document.on_event(DocumentReady, lambda _event: self._desk.outbox.start())
        self._document.js_on_event(
            DocumentReady,
            CustomJS(
                args={"bridge": self._bridge}, code="window.creditFile.start(bridge)"
            ),
        )
        self._watch.start()
        self._variables.load()
        if client is not None:
            self._find.open(client)

    def close(self) -> None:
        """Drop what is under way, as the session or the sign-in is over."""
        self._desk.courier.close()

    def _on_request(self, _name: str, _old: Request, request: Request) -> None:
        if self._watch.is_over:
            return
        self._watch.hear_act()
        actions: dict[str, Callable[[Request], None]] = {
            "open": lambda asked: self._find.open(text_of(asked, "client")),
            "complete": self._find.complete,
            "filter": self._find.filter,
            "retry": self._retry,
        }
        if self._desk.choice.client_id is not None:
            actions |= {
                "compare": self._comparison.choose,
                "explore": self._density.choose,
                "select_bins": self._density.choose_bins,
                "search_variables": self._variables.search,
                "list_data": self._data.choose,
                "export": self._export.export,
                "advise": self._simulation.advise,
            }
        # What was typed about one client must never be taken for another's.
        if text_of(request, "client") == str(self._desk.choice.client_id):
            actions |= {
                "simulate": self._simulation.try_out,
                "review": self._act.keep,
            }
        action = actions.get(text_of(request, "action"))
        if action is not None:
            action(request)

    def _retry(self, request: Request) -> None:
        region = text_of(request, "region")
        self._variables.load()
        if region == "matches":
            self._find.load()
        elif self._desk.choice.client_id is not None:
            for part in (*self._parts, *self._later_parts, self._data):
                if part.region == region:
                    part.load()
            if region == ADVICE:
                self._simulation.advise(request)

    def _select(self, client_id: int) -> None:
        """Make a client the one shown; what was asked for another is dropped."""
        desk = self._desk
        title = desk.texts("page.title_with_client", client=client_id)
        regions = [part.region for part in (*self._parts, *self._later_parts)]
        desk.courier.forget(
            *regions, *LATER_REGIONS, self._data.region, self._export.region
        )
        desk.choose(client_id=client_id, decision_id="")
        heading = desk.fragments.render("heading", client_id=client_id)
        desk.outbox.put(
            client=client_id,
            title=title,
            # In one view: no other client's data stands under the new heading.
            busy=regions,
            idle=list(LATER_REGIONS),
            problems=dict.fromkeys(LATER_REGIONS, ""),
            fragments={
                "find-message": "",
                "client-heading": heading,
                "client-summary": "",
                "verdict": "",
                "client-data-table": "",
            },
        )
        for part in self._parts:
            # The first comparison is by what the decision cites.
            if part is not self._comparison or desk.choice.variable:
                part.load()

    def _after_decision(self) -> None:
        for part in self._later_parts:
            part.load()
        if not self._desk.choice.variable:
            self._comparison.load()
