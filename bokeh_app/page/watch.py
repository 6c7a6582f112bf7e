"""Ending a page when its person has left, been idle, or been kept out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from bokeh.document import Document
from bokeh.document.events import DocumentChangedEvent

from bokeh_app.access.gate import SignIn
from bokeh_app.errors import DashboardError
from bokeh_app.page.desk import Desk

CHECK_SECONDS = 5
WARNING = timedelta(seconds=60)


class Watch:
    """Looks every few seconds whether the sign-in of a page still holds.

    Who will be signed out for doing nothing is warned first (WCAG 2.2.1).

    Parameters
    ----------
    document : Document
    desk : Desk
    sign_in : SignIn
    end : callable
        Called once, when the page must show and answer nothing any more.
    """

    region = "sign-in"

    def __init__(
        self,
        document: Document,
        desk: Desk,
        sign_in: SignIn,
        end: Callable[[], None],
    ) -> None:
        self._document = document
        self._desk = desk
        self._sign_in = sign_in
        self._end = end
        self._is_warned = False
        self._is_over = False
        self._door = desk.services.door

    @property
    def is_over(self) -> bool:
        """Whether the page must not be answered any more."""
        return self._is_over

    def start(self) -> None:
        """Begin to look, and to hear what the person does."""
        self.hear_act()
        self._document.on_change(self._hear_change)
        limit = self._door.activity.idle_limit
        period = min(timedelta(seconds=CHECK_SECONDS), limit / 4)
        self._document.add_periodic_callback(
            self._look, int(period / timedelta(milliseconds=1))
        )

    def hear_act(self) -> None:
        """Note that the person did something."""
        if self._is_over:
            return
        self._door.activity.see(self._sign_in.sign_in_id)
        if self._is_warned:
            self._is_warned = False
            self._desk.outbox.put(idle_warning=False)

    def _hear_change(self, event: DocumentChangedEvent) -> None:
        # Moving in a chart is an act; what this server changed itself is none.
        if event.setter is not None:
            self.hear_act()

    def _look(self) -> None:
        left = self._door.activity.left(self._sign_in.sign_in_id)
        if not left:
            self._finish()
            return
        if left <= min(WARNING, self._door.activity.idle_limit / 2):
            if not self._is_warned:
                self._is_warned = True
                text = self._desk.texts("access.idle_warning")
                self._desk.outbox.put(idle_warning=True, announcement=text)
        elif self._is_warned:  # busy in another page of the same sign-in
            self._is_warned = False
            self._desk.outbox.put(idle_warning=False)
        sign_in_id = self._sign_in.sign_in_id
        self._desk.courier.ask(
            self.region,
            lambda: self._door.gate.sign_in_that_holds(sign_in_id),
            self._hear_reply,
            self._hear_nothing,
        )

    def _hear_reply(self, sign_in: SignIn | None) -> None:
        if sign_in is None:
            self._finish()

    def _hear_nothing(self, _error: DashboardError) -> None:
        """Let the page stand: without the database no other client can be opened."""

    def _finish(self) -> None:
        if not self._is_over:
            self._is_over = True
            self._desk.outbox.put(is_signed_out=True)
            self._end()
