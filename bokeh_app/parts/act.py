"""The advisor's own decision, and the papers that tell of it."""

from __future__ import annotations

import hashlib
from typing import Any

from bokeh_app.errors import DashboardError
from bokeh_app.page.desk import Desk, text_of
from bokeh_app.sources.case_client import ClientReviews, OwnDecision, Review
from bokeh_app.views.review import LONGEST_MOTIVE, motive_fault, view_reviews


class ActPart:
    """Keeps what the advisor decides, under their login.

    Parameters
    ----------
    desk : Desk
    """

    region = "act"

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._sent_count = 0

    def load(self) -> None:
        """Load what was decided on the client shown."""
        desk = self._desk
        client_id, services = desk.client_id(), desk.services
        decision_id = desk.choice.decision_id
        papers = (
            desk.fragments.render("papers", decision_id=decision_id)
            if decision_id
            else ""
        )
        desk.outbox.put(
            fragments={"act-papers": papers}, hidden={"act-form": not decision_id}
        )
        desk.ask(
            self.region, lambda: services.cases.reviews(client_id), self._show_reviews
        )

    def keep(self, asked: dict[str, Any]) -> None:
        """Keep the advisor's decision on the decision shown."""
        desk, texts = self._desk, self._desk.texts
        decision, motive = text_of(asked, "decision"), _motive_of(asked)
        client_id, decision_id = desk.client_id(), desk.choice.decision_id
        fault = motive_fault(texts, decision, motive)
        if not decision_id:
            fault = texts("act.no_decision")
        if fault:
            self._say(fault)
            return
        login, services = desk.user.login, desk.services
        own: OwnDecision = "grant" if decision == "grant" else "refuse"

        def question() -> Review:
            return services.cases.review(
                decision_id,
                own,
                motive,
                advisor=login,
                key=_key(login, decision_id, own, motive),
            )

        def deliver(_kept: Review) -> None:
            if desk.choice.client_id == client_id:
                self._say(texts("act.kept"), is_kept=True)
                self.load()

        def fail(error: DashboardError) -> None:
            if desk.choice.client_id == client_id:
                why = texts(error.text_key)
                self._say(texts("act.not_kept", why=why))

        # A region of its own: whoever opens another client at once loses nothing.
        self._sent_count += 1
        desk.courier.ask(f"review-{self._sent_count}", question, deliver, fail)

    def _say(self, message: str, *, is_kept: bool = False) -> None:
        desk = self._desk
        desk.outbox.put(
            fragments={"act-message": desk.fragments.render("plain", text=message)},
            announcement=message,
            review="kept" if is_kept else "waits",
        )

    def _show_reviews(self, reviews: ClientReviews) -> None:
        desk = self._desk
        views = view_reviews(desk.texts, reviews.reviews, desk.choice.decision_id)
        listed = desk.fragments.render("reviews", reviews=views)
        desk.fill(self.region, {"act-reviews": listed})


def _motive_of(asked: dict[str, Any]) -> str:
    motive = asked.get("motive", "")
    # One more than may be kept: what is too long is refused, not cut.
    return motive[: LONGEST_MOTIVE + 1].strip() if isinstance(motive, str) else ""


def _key(login: str, decision_id: str, decision: str, motive: str) -> str:
    """Return the same key for the same words: sent twice, they are kept once."""
    said = "\n".join((login, decision_id, decision, motive))
    return hashlib.sha256(said.encode()).hexdigest()
