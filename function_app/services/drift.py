"""Drift of the latest decisions, compared at most every ten minutes."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from function_app.drift import Period, compared
from function_app.drift.run import Connect, scorer_reads
from function_app.errors import (
    BusyError,
    DatabaseUnavailableError,
    DriftUnavailableError,
    NoPopulationError,
)
from function_app.model.champion import Champion

SECONDS_KEPT = 600.0
SECONDS_WAITED = 20.0
# Enough for an index of ten bins, and read in a few seconds.
MOST_DECISIONS = 5_000


@dataclass
class DriftService:
    """Compares the clients decided on with those of training, one call at a time.

    Attributes
    ----------
    champion : Champion
    connect : callable
        Opens the connection that the log is read with.
    clock : callable
        In seconds.
    """

    champion: Champion
    connect: Connect = scorer_reads
    clock: Callable[[], float] = time.monotonic
    _turn: threading.Lock = field(default_factory=threading.Lock)
    _kept: dict[tuple[str, int], tuple[float, dict[str, Any]]] = field(
        default_factory=dict
    )

    def latest(self, days: int) -> dict[str, Any]:
        """Return the report of the last days, ready for JSON.

        Raises
        ------
        NoPopulationError
            If the model does not tell which clients it learned from.
        UnavailableError
            If the model or the database is away, or another call takes too long.
        """
        model = self.champion.get().model
        if model.population is None:
            raise NoPopulationError(
                "The model does not tell which clients it learned from."
            )
        if not self._turn.acquire(timeout=SECONDS_WAITED):
            raise BusyError("Drift is being computed for another call.")
        try:
            made, report = self._kept.get((model.version, days), (0.0, {}))
            if report and self.clock() - made < SECONDS_KEPT:
                return report
            report = compared(
                model,
                Period.last_days(days, datetime.now(UTC)),
                most_decisions=MOST_DECISIONS,
                connect=self.connect,
            ).to_dict()
            self._forget_others(model.version)
            self._kept[model.version, days] = (self.clock(), report)
            return report
        except DriftUnavailableError as error:
            raise DatabaseUnavailableError(
                "The decision log cannot be read."
            ) from error
        finally:
            self._turn.release()

    def _forget_others(self, version: str) -> None:
        for key in [key for key in self._kept if key[0] != version]:
            del self._kept[key]
