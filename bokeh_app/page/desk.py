"""What the parts of one session's page share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from bokeh_app.access.client_views import ClientViews
from bokeh_app.access.user import User
from bokeh_app.errors import DashboardError
from bokeh_app.fragments import Fragments
from bokeh_app.page.choice import Choice
from bokeh_app.page.courier import Courier
from bokeh_app.page.outbox import Outbox
from bokeh_app.queries.catalogue import Catalogue
from bokeh_app.services import Services
from bokeh_app.texts import Texts
from bokeh_app.views.values import ValueWriter

ReplyT = TypeVar("ReplyT")
LONGEST_TEXT = 160


def _nothing() -> None:
    pass


@dataclass
class Desk:
    """The advisor's choice, and the ways to ask and to show.

    Parameters
    ----------
    services : Services
        Shared with the other sessions.
    user : User
        Who is signed in.
    views : ClientViews
        Where it is written what they see, before they see it.
    texts : Texts
    courier : Courier
    outbox : Outbox
    choice : Choice
    troubled : set of str
        Regions whose last question failed for a reason that passes.
    """

    services: Services
    user: User
    views: ClientViews
    texts: Texts
    courier: Courier
    outbox: Outbox
    choice: Choice = field(default_factory=Choice)
    troubled: set[str] = field(default_factory=set)
    _told: dict[str, str] = field(default_factory=dict)

    @property
    def fragments(self) -> Fragments:
        """The pieces of HTML in the page's language."""
        return Fragments(self.texts)

    def writer(self, catalogue: Catalogue) -> ValueWriter:
        """Return the writer of values in the page's language."""
        return ValueWriter(self.texts, catalogue)

    def choose(self, **chosen: Any) -> None:
        """Change the choice."""
        self.choice = replace(self.choice, **chosen)

    def client_id(self) -> int:
        """Return the client shown.

        Raises
        ------
        DashboardError
            If none is; parts are only asked to load when one is.
        """
        if self.choice.client_id is None:
            raise DashboardError("No client is selected.")
        return self.choice.client_id

    def ask(
        self,
        region: str,
        question: Callable[[], ReplyT],
        deliver: Callable[[ReplyT], None],
        when_failed: Callable[[], None] = _nothing,
    ) -> None:
        """Ask for a region: busy until the reply, a calm message if it fails."""

        def fail(error: DashboardError) -> None:
            when_failed()
            if error.passes:
                self.troubled.add(region)
            message = self.texts(error.text_key)
            if self._told.get(region) == message:
                # Told before: who listens, or stands on its button, is left in peace.
                self.outbox.put(idle=[region])
                return
            self._told[region] = message
            problem = self.fragments.render(
                "problem", region=region, message=message, passes=error.passes
            )
            self.outbox.put(
                problems={region: problem}, idle=[region], announcement=message
            )

        self.outbox.put(busy=[region])
        self.courier.ask(region, question, deliver, fail)

    def fill(self, region: str, fragments: dict[str, str], **more: Any) -> None:
        """Show a region's reply and take back what was said about its failure."""
        self.troubled.discard(region)
        self._told.pop(region, None)
        self.outbox.put(
            fragments=fragments, problems={region: ""}, idle=[region], **more
        )


def text_of(request: dict[str, Any], name: str) -> str:
    """Return a value of a request as a short text, whatever the browser sent."""
    value = request.get(name, "")
    return value[:LONGEST_TEXT].strip() if isinstance(value, str) else ""
