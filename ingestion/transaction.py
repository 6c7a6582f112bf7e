"""Transactions of a load: rolled back on any error, one load at a time."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

import psycopg2
from psycopg2 import extensions

from ingestion.errors import LandingTableError
from ingestion.landing_schema import LANDING_TABLES, LandingTable
from ingestion.server_errors import server_error

_ADVISORY_LOCK: Final = 0x6C616E64  # "land"


@contextmanager
def sole_loader(connection: extensions.connection) -> Iterator[None]:
    """Hold the session lock that keeps two loads from mixing their files."""
    with transaction(connection, LANDING_TABLES[0]) as cursor:
        cursor.execute("select pg_try_advisory_lock(%s)", (_ADVISORY_LOCK,))
        if not scalar(cursor):
            raise LandingTableError(
                "Another load is running on this database. Wait until it has ended."
            )
    try:
        yield
    finally:
        # A lost session has lost its locks too, and must not hide why it is lost.
        with suppress(psycopg2.Error), connection, connection.cursor() as cursor:
            cursor.execute("select pg_advisory_unlock(%s)", (_ADVISORY_LOCK,))


@contextmanager
def transaction(
    connection: extensions.connection,
    table: LandingTable,
    file_name: str | None = None,
) -> Iterator[extensions.cursor]:
    """Commit at the end, roll back on any error and translate the server's."""
    with (
        translated_errors(table, file_name),
        connection,
        connection.cursor() as cursor,
    ):
        yield cursor


@contextmanager
def translated_errors(
    table: LandingTable, file_name: str | None = None
) -> Iterator[None]:
    """Turn the server's error about one table into this package's."""
    try:
        yield
    except psycopg2.Error as error:
        raise server_error(error, table, file_name) from None


def scalar(cursor: extensions.cursor) -> object:
    """Return the first value of the next row, None where there is no row."""
    row = cursor.fetchone()
    return row[0] if row else None
