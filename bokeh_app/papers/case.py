"""What papers are written from: one decision of the log, in a language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bokeh_app.sources.case_client import CaseClient, LoggedScore, Review
from bokeh_app.sources.scoring_client import Decision, Reason
from bokeh_app.texts import Language

AMOUNT = "application_credit_amount"


@dataclass(frozen=True)
class Case:
    """A decision, its reasons in the paper's language, and what advisors decided.

    Attributes
    ----------
    reviews : tuple of Review
        Of the client, whichever computation of the score they were about, in time.
    amount : float or None
        That was asked for when it was decided; None if the model does not look at it.
    """

    score: LoggedScore
    reasons: tuple[Reason, ...]
    reviews: tuple[Review, ...]
    amount: float | None = None

    @property
    def own(self) -> Review | None:
        """The advisor's own decision that stands, if there is one."""
        return self.reviews[-1] if self.reviews else None

    @property
    def outcome(self) -> Decision:
        """What is decided: by the advisor, where one did."""
        return self.own.decision if self.own else self.score.decision

    def side(self, direction: Literal["against", "in_favour"]) -> Sequence[Reason]:
        """Return the reasons of one direction, the strongest first."""
        return [one for one in self.reasons if one.direction == direction]


def read_case(cases: CaseClient, decision_id: str, language: Language) -> Case:
    """Read a decision; its reasons are those given at the time, or the same anew.

    A client's file that is opened again is scored again: what an advisor decided on
    the computation before still stands.

    Raises
    ------
    NotScoredError
        If the log has no such decision.
    ModelReplacedError
        If it was explained in another language, by a model that is gone.
    DashboardError
        If the scoring function is away.
    """
    logged = cases.decision(decision_id)
    reasons = logged.answer.reasons
    if logged.answer.language != language:
        reasons = cases.explanation(decision_id, language).reasons
    reviews = cases.reviews(logged.answer.client_id).reviews
    amount = logged.inputs.get(AMOUNT)
    return Case(
        logged.answer,
        reasons,
        reviews[::-1],
        amount if isinstance(amount, float) else None,
    )
