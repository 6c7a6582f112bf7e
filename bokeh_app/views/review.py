"""What advisors decided themselves, and what is wrong with a decision not kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bokeh_app.sources.case_client import Review
from bokeh_app.texts import Texts
from bokeh_app.views.decision import moment

# As many as the scoring function takes.
LONGEST_MOTIVE = 2000


@dataclass(frozen=True)
class ReviewView:
    """One decision of an advisor."""

    kind: str
    sign: str
    word: str
    motive: str
    who_when: str
    is_about_shown: bool


def view_reviews(
    texts: Texts, reviews: Sequence[Review], decision_id: str
) -> tuple[ReviewView, ...]:
    """Write the reviews, and mark those about the decision shown."""
    return tuple(
        ReviewView(
            kind=review.decision,
            sign=texts(f"decision.{review.decision}.sign"),
            word=texts(f"decision.{review.decision}.word"),
            motive=review.motive,
            who_when=texts(
                "act.who_when",
                advisor=review.advisor,
                moment=moment(review.reviewed_at.isoformat(), texts),
            ),
            is_about_shown=review.decision_id == decision_id,
        )
        for review in reviews
    )


def motive_fault(texts: Texts, decision: str, motive: str) -> str:
    """Say what a decision lacks to be kept; nothing where it is complete."""
    if decision not in ("grant", "refuse"):
        return texts("act.fault_decision")
    if not motive.strip():
        return texts("act.fault_motive")
    if len(motive) > LONGEST_MOTIVE:
        return texts("act.fault_long", most=texts.format.number(LONGEST_MOTIVE))
    return ""
