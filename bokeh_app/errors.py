"""What may go wrong behind the page, each with the sentence that says so calmly."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, TypeVar

ReplyT = TypeVar("ReplyT")


class DashboardError(Exception):
    """Base of all errors of this package.

    Attributes
    ----------
    text_key : str
        Key, in the catalogue of texts, of the sentence shown to the advisor.
    passes : bool
        Whether it is worth asking again after a while.
    """

    text_key: ClassVar[str] = "problem.unexpected"
    passes: ClassVar[bool] = False


class SettingsError(DashboardError):
    """The environment does not say what the dashboard needs to know."""

    text_key = "problem.not_configured"


class ScoringUnavailableError(DashboardError):
    """The scoring function does not answer, or says that it cannot now."""

    text_key = "problem.scoring_away"
    passes = True


class ScoringDatabaseError(ScoringUnavailableError):
    """The scoring function answers that it cannot reach the database."""

    text_key = "problem.warehouse_away"


class ScoringRefusedError(DashboardError):
    """The scoring function does not accept this dashboard's key."""

    text_key = "problem.scoring_refused"


class ScoringAnswerError(DashboardError):
    """The scoring function answered something else than the agreed document."""

    text_key = "problem.scoring_unreadable"


class NoPopulationError(DashboardError):
    """The model does not tell which clients it learned from."""

    text_key = "portfolio.drift.no_population"


class NoEvidenceError(DashboardError):
    """The model was trained by a program that did not keep its evidence."""

    text_key = "portfolio.no_evidence"


class NotScoredAllError(DashboardError):
    """The model that is served has not scored all clients yet."""

    text_key = "portfolio.spread.missing"


class NotScoredError(DashboardError):
    """The scoring function does not know this client."""

    text_key = "problem.not_scored"


class ModelReplacedError(DashboardError):
    """Another model is served than the one that decided."""

    text_key = "problem.model_replaced"


class InvalidRequestError(DashboardError):
    """The scoring function takes what it was given for contradictory.

    Parameters
    ----------
    fields : frozenset of str
        Names of the inputs that it complains about.
    """

    text_key = "problem.invalid_request"

    def __init__(self, fields: frozenset[str]) -> None:
        super().__init__(f"HTTP 422: {', '.join(sorted(fields))}")
        self.fields = fields


class NotFoundError(DashboardError):
    """The marts do not hold this client."""

    text_key = "problem.not_found"


class WarehouseUnavailableError(DashboardError):
    """The database cannot be reached."""

    text_key = "problem.warehouse_away"
    passes = True


class WarehouseNotReadyError(DashboardError):
    """The database answers, but lacks the tables this dashboard reads."""

    text_key = "problem.warehouse_not_ready"


class WarehouseTooSlowError(DashboardError):
    """The database gave a question up after its time limit."""

    text_key = "problem.warehouse_slow"


class UnknownVariableError(DashboardError):
    """A variable was asked for that the feature catalogue does not list."""

    text_key = "problem.unknown_variable"


def or_none(question: Callable[[], ReplyT]) -> ReplyT | None:
    """Ask for what a page can do without."""
    try:
        return question()
    except DashboardError:
        return None
