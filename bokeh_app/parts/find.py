"""Finding a client: number, completion, filters."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from bokeh_app.errors import DashboardError
from bokeh_app.page.desk import Desk, text_of
from bokeh_app.queries.clients import (
    FILTERS,
    ClientFilter,
    Place,
    client_exists,
    complete_number,
    find_clients,
)
from bokeh_app.views.find import Choice, MatchesView, filter_choices, view_matches

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
        self._wanted: int | None = None  # whom nobody could be looked up for

    def open(self, text: str) -> None:
        """Show the client of a number, or say why that cannot be."""
        texts = self._desk.texts
        self._desk.courier.forget("find")  # an earlier number, still looked up
        self._desk.troubled.discard("find")
        written = re.sub(r"\s", "", text)
        if not written:
            self.say(texts("find.empty"))
        elif not NUMBER.fullmatch(written):
            self.say(texts("find.malformed", text=text[:ECHOED_LENGTH]))
        else:
            self._look_up(int(written))

    def open_again(self) -> None:
        """Look once more for a client whom the database could not give."""
        if self._wanted is not None:
            self._look_up(self._wanted)

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
        before, after = text_of(request, "before"), text_of(request, "after")
        place = before or after
        self._desk.choose(
            wanted=ClientFilter(**{name: text_of(request, name) for name in FILTERS}),
            wanted_place=Place(int(place), is_before=bool(before))
            if NUMBER.fullmatch(place)
            else Place(),
        )
        self.load()

    def load(self) -> None:
        """Load the options with their counts, and the list of clients if one is due."""
        desk = self._desk
        wanted, place = desk.choice.wanted, desk.choice.wanted_place
        render, services = desk.fragments.render, desk.services

        def question() -> tuple[dict[str, list[Choice]], MatchesView | None]:
            writer = desk.writer(services.catalogue())
            cells = services.client_cells()
            options = filter_choices(writer, cells.facets(wanted), asdict(wanted))
            if wanted.is_empty:
                return options, None
            found = find_clients(services.warehouse, wanted, place)
            desk.views.record("listed", [row["client_id"] for row in found.clients])
            return options, view_matches(writer, found, cells.count(wanted))

        def deliver(
            reply: tuple[dict[str, list[Choice]], MatchesView | None],
        ) -> None:
            options, view = reply
            fragments = {
                f"filter-{name}": render("options", options=choices)
                for name, choices in options.items()
            }
            if view is None:
                hint = render("plain", text=desk.texts("find.choose"))
                desk.fill("matches", {**fragments, "matches": hint})
            else:
                listed = render("matches", view=view)
                desk.fill(
                    "matches",
                    {**fragments, "matches": listed},
                    announcement=view.count,
                )

        desk.ask("matches", question, deliver)

    def _look_up(self, client_id: int) -> None:
        desk = self._desk

        def question() -> bool:
            is_known = client_exists(desk.services.warehouse, client_id)
            if is_known:
                desk.views.record("opened", [client_id])
            return is_known

        def decide(is_known: bool) -> None:
            desk.troubled.discard("find")
            if is_known:
                self._select(client_id)
            else:
                self.say(desk.texts("find.unknown", client=client_id))

        def fail(error: DashboardError) -> None:
            is_told = "find" in desk.troubled
            if error.passes:
                self._wanted = client_id
                desk.troubled.add("find")
            if not is_told:
                self.say(desk.texts(error.text_key))

        # Without the database nobody can write down who looks: then nobody looks.
        desk.courier.ask("find", question, decide, fail)
