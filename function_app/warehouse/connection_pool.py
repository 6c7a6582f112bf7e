"""A bounded pool of database connections that outlives a database restart."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import psycopg2
from psycopg2 import errors as pg_errors
from psycopg2 import extensions
from psycopg2.extensions import make_dsn

from database import DatabaseError, connection_parameters
from function_app.errors import (
    BusyError,
    DatabaseMismatchError,
    DatabaseUnavailableError,
)
from function_app.logs import log_event

Result = TypeVar("Result")

ROLE = "scorer"
CONNECT_TIMEOUT_SECONDS = 2
# How long a request waits for a connection that another request holds.
WAIT_SECONDS = 1.0
# A dead connection shows at once; a server that keeps silent would do so again.
SECONDS_TO_REPEAT = 0.5
# A server that vanished after taking a statement sends nothing that would end the wait.
KEEPALIVES = {
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
}

_AWAY = (psycopg2.OperationalError, psycopg2.InterfaceError)
_MISMATCH = (
    pg_errors.UndefinedTable,
    pg_errors.UndefinedColumn,
    pg_errors.UndefinedFunction,
    pg_errors.DatatypeMismatch,
    pg_errors.InvalidSchemaName,
    pg_errors.InsufficientPrivilege,
    pg_errors.ReadOnlySqlTransaction,
)


class _BrokenConnectionError(Exception):
    """The connection was lost while it was in use."""


class ConnectionPool:
    """At most ``size`` connections, opened when needed and kept for the next call.

    Connections run in autocommit: a statement that has returned is durable.

    Parameters
    ----------
    connect : callable
        Opens one connection.
    size : int
        Most connections at a time.
    wait_seconds : float
        How long a call waits for a place before it is refused.
    """

    def __init__(
        self,
        connect: Callable[[], extensions.connection],
        *,
        size: int,
        wait_seconds: float = WAIT_SECONDS,
    ) -> None:
        self._connect = connect
        self.size = size
        self._in_use = 0
        self._places = threading.BoundedSemaphore(size)
        self._wait_seconds = wait_seconds
        self._lock = threading.Lock()
        self._idle: list[extensions.connection] = []
        self._is_closed = False

    def run(self, work: Callable[[extensions.cursor], Result]) -> Result:
        """Do some work on a connection.

        A kept connection may have died unnoticed, for instance in a restart of the
        database. Then every kept one is thrown away and the work is done once more
        on a new one, so the work must be repeatable.

        Parameters
        ----------
        work : callable
            Is given a cursor; runs statements that may be repeated.

        Returns
        -------
        object
            What the work returned.

        Raises
        ------
        BusyError
            If no place became free in time.
        DatabaseUnavailableError
            If the database cannot be reached or does not answer in time.
        DatabaseMismatchError
            If it lacks a table, column or right.
        """
        with self._place():
            kept = self._take_idle()
            if kept is not None:
                started = time.monotonic()
                try:
                    return self._work_on(kept, work)
                except _BrokenConnectionError as error:
                    self._discard_idle()
                    if time.monotonic() - started > SECONDS_TO_REPEAT:
                        raise _unavailable(error.__cause__) from error
            try:
                return self._work_on(self._open(), work)
            except _BrokenConnectionError as error:
                raise _unavailable(error.__cause__) from error

    @property
    def in_use(self) -> int:
        """How many connections calls hold at this moment."""
        return self._in_use

    def close(self) -> None:
        """Close the kept connections; those in use are closed when they come back."""
        with self._lock:
            self._is_closed = True
        self._discard_idle()

    def reopen(self) -> None:
        """Allow connections to be kept again after :meth:`close`."""
        with self._lock:
            self._is_closed = False

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._places.acquire(timeout=self._wait_seconds):
            raise BusyError(
                "Every database connection is in use. Try again in a moment."
            )
        with self._lock:
            self._in_use += 1
        try:
            yield
        finally:
            with self._lock:
                self._in_use -= 1
            self._places.release()

    def _open(self) -> extensions.connection:
        try:
            connection = self._connect()
            connection.autocommit = True
        except (*_AWAY, DatabaseError) as error:
            # A refused connection's message names the server, never a value.
            raise _unavailable(error, reason=str(error).strip()) from error
        return connection

    def _work_on(
        self,
        connection: extensions.connection,
        work: Callable[[extensions.cursor], Result],
    ) -> Result:
        try:
            with connection.cursor() as cursor:
                return work(cursor)
        except _AWAY as error:
            if connection.closed:
                raise _BrokenConnectionError from error
            raise _unavailable(error) from error
        except _MISMATCH as error:
            log_event(logging.ERROR, "database_mismatch", sqlstate=error.pgcode)
            raise DatabaseMismatchError(
                "The database is not in the state that this function needs. "
                "It may be in the middle of a rebuild."
            ) from error
        finally:
            self._give_back(connection)

    def _take_idle(self) -> extensions.connection | None:
        with self._lock:
            return self._idle.pop() if self._idle else None

    def _give_back(self, connection: extensions.connection) -> None:
        with self._lock:
            keep = not self._is_closed and not connection.closed
            if keep:
                self._idle.append(connection)
        if not keep:
            connection.close()

    def _discard_idle(self) -> None:
        with self._lock:
            discarded, self._idle = self._idle, []
        for connection in discarded:
            connection.close()


def scorer_connect(statement_timeout_ms: int) -> Callable[[], extensions.connection]:
    """Return what opens a connection with the scorer's role and the time limits.

    Parameters
    ----------
    statement_timeout_ms : int
        Longest time for one statement, and for unacknowledged data to a server
        that has vanished.
    """

    def connect() -> extensions.connection:
        parameters = {
            **connection_parameters(ROLE),
            "application_name": "function_app",
            "connect_timeout": str(CONNECT_TIMEOUT_SECONDS),
            **KEEPALIVES,
            "tcp_user_timeout": str(statement_timeout_ms),
            # What is prepared is planned once: its parameters change no plan.
            "options": f"-c statement_timeout={statement_timeout_ms} "
            "-c plan_cache_mode=force_generic_plan",
        }
        return psycopg2.connect(make_dsn(**parameters))

    return connect


def _unavailable(
    error: BaseException | None, *, reason: str | None = None
) -> DatabaseUnavailableError:
    log_event(
        logging.WARNING,
        "database_unavailable",
        error=type(error).__name__,
        sqlstate=getattr(error, "pgcode", None),
        reason=reason,
    )
    return DatabaseUnavailableError(
        "The database cannot be reached or does not answer in time."
    )
