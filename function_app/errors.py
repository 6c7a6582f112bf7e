"""The exceptions of the scoring function.

Those under :class:`ProblemError` become problem documents; their messages are written
for the caller and hold neither addresses, paths, values nor secrets. What an operator
needs on top goes to the log.
"""

from collections.abc import Sequence


class FunctionAppError(Exception):
    """Base of everything that the scoring function raises on purpose."""


class SettingsError(FunctionAppError):
    """The environment lacks a setting, or holds one that cannot be used."""


class AddressUnusableError(FunctionAppError):
    """The server cannot listen where it was told to, for instance on a taken port."""


class ConnectionRoomError(FunctionAppError):
    """The database leaves fewer connections than the processes may open."""


class DriftUnavailableError(FunctionAppError):
    """Clients cannot be compared with those of training, or the report not written."""


class PortfolioUnavailableError(FunctionAppError):
    """All clients cannot be scored now; the scores of before still stand."""


class CallFailedError(FunctionAppError):
    """A running function was asked and gave no decision."""


class ProblemError(FunctionAppError):
    """Base of the errors that a caller is told of."""

    retry_after_seconds: int | None = None


class UnauthorizedError(ProblemError):
    """The key is absent or not the right one."""


class RateLimitedError(ProblemError):
    """The caller made more calls than its key may."""

    def __init__(self, *, retry_after_seconds: int) -> None:
        super().__init__(
            "This key may make no more calls for now. "
            f"Try again in {retry_after_seconds} s."
        )
        self.retry_after_seconds = retry_after_seconds


class UnknownClientError(ProblemError):
    """No client of the feature table has this number."""


class UnknownDecisionError(ProblemError):
    """No decision of the log has this identifier."""


class NoPopulationError(ProblemError):
    """The model's folder does not tell which clients it learned from."""


class IdempotencyKeyReusedError(ProblemError):
    """The key was sent with another request before."""

    def __init__(self) -> None:
        super().__init__(
            "This key was sent with another request before: a new request needs a "
            "new key."
        )


class ModelReplacedError(ProblemError):
    """The model that decided is no longer the one that is served."""


class InvalidOverridesError(ProblemError):
    """Overrides that contradict each other or the client.

    Parameters
    ----------
    faults : sequence of (field, message)
        All of them, without any value.
    """

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{field}: {message}" for field, message in faults))
        self.faults = tuple(faults)


class UnavailableError(ProblemError):
    """Something that the answer needs is away; the caller may try again."""

    retry_after_seconds: int = 5


class DatabaseUnavailableError(UnavailableError):
    """The database cannot be reached or does not answer in time."""


class DatabaseMismatchError(UnavailableError):
    """The database lacks a table, a column or a right, or a column has another type."""

    retry_after_seconds = 30


class BusyError(UnavailableError):
    """Every place is taken: connections of the pool, or the line before the log."""

    retry_after_seconds = 1


class ArtefactUnavailableError(UnavailableError):
    """No verified model is loaded."""

    retry_after_seconds = 30
