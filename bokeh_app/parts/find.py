"""Finding a client: number, completion, filters."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from bokeh_app.desk import Desk, text_of
from bokeh_app.queries.clients import (
    ClientFilter,
    client_exists,
    complete_number,
    find_clients,
)
from bokeh_app.views.find import MatchesView, view_matches

NUMBER = re.compile(r"[1-9][0-9]{0,8}")
ECHOED_LENGTH = 24


class FindPart:
    """The field and the filters at the top of the page.

    Parameters
    ----------
    desk : Desk
    select : callable
        Called with the number of a client to show.
    """

    def __init__(self, desk: Desk, select: Callable[[int], None]) -> None:
        self._desk = desk
        self._select = select

    def open(self, text: str) -> None:
        """Show the client of a number, or say why that cannot be."""
        texts = self._desk.texts
        self._desk.courier.forget("find")  # an earlier number, still looked up
        written = re.sub(r"\s", "", text)
        if not written:
            self.say(texts("find.empty"))
        elif not NUMBER.fullmatch(written):
            self.say(texts("find.malformed", text=text[:ECHOED_LENGTH]))
        else:
            self._look_up(int(written))

    def say(self, message: str) -> None:
        """Say something about the number, beside its field; no client is lost."""
        desk = self._desk
        desk.outbox.put(
            fragments={"find-message": desk.fragments.render("plain", text=message)},
            is_empty=desk.choice.client_id is None,
            announcement=message,
        )

    def complete(self, request: dict[str, Any]) -> None:
        """Suggest the numbers that start with the digits typed so far."""
        desk = self._desk
        prefix = re.sub(r"\s", "", text_of(request, "text"))

        def deliver(numbers: list[int]) -> None:
            suggestions = desk.fragments.render("suggestions", numbers=numbers)
            desk.outbox.put(
                fragments={"suggestions": suggestions},
                suggestion_count=desk.texts.plural(
                    "find.suggestion_count", len(numbers)
                ),
            )

        desk.courier.ask(
            "suggestions",
            lambda: complete_number(desk.services.warehouse, prefix),
            deliver,
            lambda _error: desk.outbox.put(fragments={"suggestions": ""}),
        )

    def filter(self, request: dict[str, Any]) -> None:
        """List the clients that meet the criteria chosen."""
        after = text_of(request, "after")
        self._desk.choose(
            wanted=ClientFilter(
                contract_type=text_of(request, "contract_type"),
                age_band=text_of(request, "age_band"),
                income_type=text_of(request, "income_type"),
                occupation=text_of(request, "occupation"),
            ),
            wanted_after=int(after) if NUMBER.fullmatch(after) else 0,
        )
        self.load()

    def load(self) -> None:
        """Load the list of clients."""
        desk = self._desk
        wanted, after = desk.choice.wanted, desk.choice.wanted_after
        if wanted.is_empty:
            desk.courier.forget("matches")
            hint = desk.fragments.render("plain", text=desk.texts("find.choose"))
            desk.fill("matches", {"matches": hint})
            return

        def question() -> MatchesView:
            found = find_clients(desk.services.warehouse, wanted, after=after)
            desk.views.record("listed", [row["client_id"] for row in found.clients])
            return view_matches(desk.writer(desk.services.catalogue()), found)

        def deliver(view: MatchesView) -> None:
            listed = desk.fragments.render("matches", view=view)
            desk.fill("matches", {"matches": listed}, announcement=view.count)

        desk.ask("matches", question, deliver)

    def _look_up(self, client_id: int) -> None:
        desk = self._desk

        def question() -> bool:
            is_known = client_exists(desk.services.warehouse, client_id)
            if is_known:
                desk.views.record("opened", [client_id])
            return is_known

        def decide(is_known: bool) -> None:
            if is_known:
                self._select(client_id)
            else:
                self.say(desk.texts("find.unknown", client=client_id))

        # Without the database nobody can write down who looks: then nobody looks.
        desk.courier.ask(
            "find", question, decide, lambda error: self.say(desk.texts(error.text_key))
        )
