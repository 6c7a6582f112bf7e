"""Reading the marts: a small pool of read-only connections that heals itself."""

from __future__ import annotations

import logging
import queue
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import psycopg2
from psycopg2 import errors as pg_errors
from psycopg2 import extensions
from psycopg2.extras import RealDictCursor
from psycopg2.sql import Composable

from bokeh_app.errors import (
    DashboardError,
    WarehouseNotReadyError,
    WarehouseTooSlowError,
    WarehouseUnavailableError,
)

logger = logging.getLogger(__name__)

Row: TypeAlias = dict[str, Any]


class Warehouse:
    """Asks PostgreSQL; safe to share between threads.

    Parameters
    ----------
    connect : callable
        Opens a read-only connection, raising `unavailable` when it cannot.
    unavailable : tuple of exception types
        What `connect` raises besides psycopg2's own errors.
    idle_limit : int, default=8
        Connections kept open for the next question.
    """

    def __init__(
        self,
        connect: Callable[[], extensions.connection],
        unavailable: tuple[type[Exception], ...] = (),
        idle_limit: int = 8,
    ) -> None:
        self._connect = connect
        self._unavailable: tuple[type[Exception], ...] = (
            psycopg2.OperationalError,
            *unavailable,
        )
        self._idle: queue.LifoQueue[extensions.connection] = queue.LifoQueue(idle_limit)

    def close(self) -> None:
        """Close the idle connections."""
        while (connection := self._take_idle()) is not None:
            connection.close()

    def rows(
        self, query: str | Composable, parameters: Mapping[str, object] | None = None
    ) -> list[Row]:
        """Run one query and return all of its rows by column name.

        A connection that went stale while idle is replaced once, so that the
        first question after the database came back is answered.

        Raises
        ------
        WarehouseUnavailableError, WarehouseNotReadyError, WarehouseTooSlowError
        DashboardError
            For any other refusal.
        """
        connection = self._take_idle()
        if connection is not None:
            try:
                return self._ask(connection, query, parameters)
            except WarehouseUnavailableError:
                self.close()
        return self._ask(self._open(), query, parameters)

    def row(
        self, query: str | Composable, parameters: Mapping[str, object] | None = None
    ) -> Row | None:
        """Run one query and return its first row, if there is any."""
        return next(iter(self.rows(query, parameters)), None)

    def _ask(
        self,
        connection: extensions.connection,
        query: str | Composable,
        parameters: Mapping[str, object] | None,
    ) -> list[Row]:
        try:
            with connection.cursor(cursor_factory=RealDictCursor) as cursor:
                cursor.execute(query, parameters)
                found = [dict(row) for row in cursor.fetchall()]
        except pg_errors.QueryCanceled as error:
            self._keep(connection)
            raise WarehouseTooSlowError("The statement timed out.") from error
        except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
            connection.close()
            logger.warning("The database is away: %s", type(error).__name__)
            raise WarehouseUnavailableError(type(error).__name__) from error
        except psycopg2.Error as error:
            self._keep(connection)
            logger.error("The database refused a query: %s", type(error).__name__)
            is_missing = isinstance(error, psycopg2.ProgrammingError)
            told = WarehouseNotReadyError if is_missing else DashboardError
            raise told(type(error).__name__) from error
        self._keep(connection)
        return found

    def _open(self) -> extensions.connection:
        try:
            connection = self._connect()
        except self._unavailable as error:
            logger.warning("The database cannot be reached: %s", type(error).__name__)
            raise WarehouseUnavailableError(type(error).__name__) from error
        connection.autocommit = True
        return connection

    def _keep(self, connection: extensions.connection) -> None:
        try:
            self._idle.put_nowait(connection)
        except queue.Full:
            connection.close()

    def _take_idle(self) -> extensions.connection | None:
        try:
            return self._idle.get_nowait()
        except queue.Empty:
            return None
