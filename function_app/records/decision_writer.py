"""Group commit: the decisions of calls that run at once reach the log together.

A commit costs a flush to disk whatever it holds. The first call to come writes for all
that wait; who comes meanwhile waits for the next turn, and the first of those leads it.
There is no thread that could die or would have to be drained: as long as a call waits,
one of the calls is writing.
"""

import copy
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from function_app.errors import BusyError, DatabaseUnavailableError, UnavailableError
from function_app.records.decision_log import Entry, insert_entries
from function_app.records.idempotent_calls import EarlierCall
from function_app.warehouse.connection_pool import ConnectionPool

# Decisions that may wait, as in two of the largest batches.
MOST_WAITING = 2_000
# Of one transaction: a large batch does not take those of other calls with it.
MOST_TOGETHER = 200
WAIT_SECONDS = 1.8

_TOO_LATE = "The database does not take the decision in time."


@dataclass(eq=False)
class _Turn:
    """One call in the line."""

    entry: Entry
    is_called: threading.Event = field(default_factory=threading.Event)
    leads: bool = False
    is_durable: bool = False
    earlier: EarlierCall | None = None
    error: Exception | None = None

    @property
    def size(self) -> int:
        return len(self.entry.decisions)


class DecisionWriter:
    """Adds decisions to the log, those of several calls in one transaction.

    Parameters
    ----------
    pool : ConnectionPool
        Of one connection: the log takes one transaction after another anyway.
    count : callable, optional
        Is told how many decisions a transaction has added.
    most_waiting : int
        Decisions that may wait; a call alone always may.
    wait_seconds : float
        How long a call waits for its turn to be over.
    """

    def __init__(
        self,
        pool: ConnectionPool,
        *,
        count: Callable[[int], None] = lambda decisions: None,
        most_waiting: int = MOST_WAITING,
        wait_seconds: float = WAIT_SECONDS,
    ) -> None:
        self._pool = pool
        self._count = count
        self._most_waiting = most_waiting
        self._wait_seconds = wait_seconds
        self._lock = threading.Lock()
        self._line: deque[_Turn] = deque()
        self._is_led = False
        self._waiting = 0

    @property
    def waiting(self) -> int:
        """How many decisions wait for their turn."""
        return self._waiting

    def close(self) -> None:
        """Close the kept connection; nobody waits when the last call has its answer."""
        self._pool.close()

    def reopen(self) -> None:
        """Keep a connection again after :meth:`close`."""
        self._pool.reopen()

    def write(self, entry: Entry) -> EarlierCall | None:
        """Add a call's decisions, and return when they are durable.

        Parameters
        ----------
        entry : Entry

        Returns
        -------
        EarlierCall or None
            Who has the key that the call claimed, if it claimed one.

        Raises
        ------
        BusyError
            If too many decisions wait.
        DatabaseUnavailableError
            If the database is away or takes too long. The caller may try again; a
            decision that nobody was told of may then be in the log.
        """
        turn = self._in_line(entry)
        if not turn.leads:
            self._await(turn)
        if turn.leads:
            self._lead()
        if turn.is_durable:
            return turn.earlier
        raise turn.error or DatabaseUnavailableError(_TOO_LATE)

    def _in_line(self, entry: Entry) -> _Turn:
        turn = _Turn(entry)
        with self._lock:
            if self._line and self._waiting + turn.size > self._most_waiting:
                raise BusyError(
                    "Too many decisions wait for the log. Try again in a moment."
                )
            self._line.append(turn)
            self._waiting += turn.size
            if not self._is_led:
                self._is_led = turn.leads = True
        return turn

    def _await(self, turn: _Turn) -> None:
        if turn.is_called.wait(self._wait_seconds):
            return
        with self._lock:
            if turn.is_called.is_set():
                return
            if turn in self._line:
                self._line.remove(turn)
                self._waiting -= turn.size
        raise DatabaseUnavailableError(_TOO_LATE)

    def _lead(self) -> None:
        turns = self._next_turns()
        try:
            self._write_together(turns)
        finally:
            # Before the others are called: who leads next must not wait for them.
            self._hand_over()
            for turn in turns:
                turn.is_called.set()

    def _next_turns(self) -> list[_Turn]:
        with self._lock:
            turns = [self._line.popleft()]
            size = turns[0].size
            while self._line and size + self._line[0].size <= MOST_TOGETHER:
                turns.append(self._line.popleft())
                size += turns[-1].size
            self._waiting -= size
        return turns

    def _hand_over(self) -> None:
        with self._lock:
            self._is_led = bool(self._line)
            if self._line:
                self._line[0].leads = True
                self._line[0].is_called.set()

    def _write_together(self, turns: Sequence[_Turn]) -> None:
        try:
            self._insert(turns)
        except UnavailableError as error:
            for turn in turns:
                turn.error = error if turn is turns[0] else copy.copy(error)
            self._send_away(error)
        except Exception as error:
            if len(turns) == 1:
                turns[0].error = error
            else:
                # One of them cannot be logged, and it is not known which.
                for turn in turns:
                    self._write_together([turn])

    def _insert(self, turns: Sequence[_Turn]) -> None:
        entries = [turn.entry for turn in turns]
        found = self._pool.run(lambda cursor: insert_entries(cursor, entries))
        for turn, earlier in zip(turns, found, strict=True):
            turn.earlier, turn.is_durable = earlier, True
        self._count(sum(turn.size for turn in turns))

    def _send_away(self, error: UnavailableError) -> None:
        """Refuse all that wait: what is away for one is away for them."""
        with self._lock:
            turns = list(self._line)
            self._line.clear()
            self._waiting = 0
        for turn in turns:
            turn.error = copy.copy(error)
            turn.is_called.set()
