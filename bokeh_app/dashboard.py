"""One advisor's session: the parts of the page, and the client shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bokeh_app.page.desk import text_of
from bokeh_app.page.session import Actions, PageSession
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


class Dashboard:
    """Brings the parts together.

    Parameters
    ----------
    page : PageSession
    """

    def __init__(self, page: PageSession) -> None:
        self._page = page
        self._desk = page.desk
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
        """Open the page and show the client that the URL names."""
        roots = [root for part in self._parts for root in part.roots]
        self._page.start(roots, self._actions, self._load)
        self._variables.load()
        self._find.load()
        if client is not None:
            self._find.open(client)

    def _actions(self) -> Actions:
        actions: Actions = {
            "open": lambda asked: self._find.open(text_of(asked, "client")),
            "complete": self._find.complete,
            "filter": self._find.filter,
        }
        if self._desk.choice.client_id is not None:
            actions |= {
                "compare": self._comparison.choose,
                "explore": self._density.choose,
                "select_bins": self._density.choose_bins,
                "search_variables": self._variables.search,
                "list_data": self._data.choose,
                "export": self._export.export,
                "advise": lambda _asked: self._simulation.advise(),
                "simulate": self._about_client_shown(self._simulation.try_out),
                "review": self._about_client_shown(self._act.keep),
            }
        return actions

    def _about_client_shown(
        self, act: Callable[[dict[str, Any]], None]
    ) -> Callable[[dict[str, Any]], None]:
        """Return an action that never takes what was typed about another client."""

        def act_if_shown(asked: dict[str, Any]) -> None:
            if text_of(asked, "client") == str(self._desk.choice.client_id):
                act(asked)

        return act_if_shown

    def _load(self, region: str) -> None:
        self._variables.load()
        if region == "matches":
            self._find.load()
        elif region == "find":
            self._find.open_again()
        elif self._desk.choice.client_id is not None:
            for part in (*self._parts, *self._later_parts, self._data):
                if part.region == region:
                    part.load()
            if region == ADVICE:
                self._simulation.advise()

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
