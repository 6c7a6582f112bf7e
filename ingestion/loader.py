"""Load a verified source into the landing tables, one transaction per table."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Literal

import psycopg2
from psycopg2 import extensions, sql

from ingestion.csv_stream import CHUNK_SIZE, CsvStream, Digest
from ingestion.errors import LandingTableError
from ingestion.landing_schema import LANDING_TABLES, RAW_SCHEMA, LandingTable
from ingestion.server_errors import server_error, was_interrupted
from ingestion.source import Source
from ingestion.source_file import SourceFile

LoadStatus = Literal["loaded", "replaced", "unchanged", "absent"]
LoadStage = Literal["checking", "loading"]

_ADVISORY_LOCK: Final = 0x6C616E64  # "land"
_LOCK_TIMEOUT: Final = "10s"


@dataclass(frozen=True, slots=True)
class TableLoad:
    """Outcome of one table.

    Attributes
    ----------
    table : LandingTable
    status : {"loaded", "replaced", "unchanged", "absent"}
    file_name : str or None
        None where the source has no file for this table.
    row_count : int
        Rows in the table now.
    byte_count : int
        Uncompressed bytes of the file.
    seconds : float
        Time taken.
    emptied_row_count : int
        Rows that an absent file's table held before it was emptied.
    """

    table: LandingTable
    status: LoadStatus
    file_name: str | None
    row_count: int
    byte_count: int
    seconds: float
    emptied_row_count: int = 0


class LoadListener:
    """Told how the load goes; this one stays silent, subclasses show it."""

    def started(self, table: LandingTable, stage: LoadStage, size: int | None) -> None:
        """Note that a file of `size` bytes (None: unknown) is being read."""

    def advanced(self, byte_count: int, row_count: int) -> None:
        """Note that so many more bytes and lines were read."""

    def finished(self, load: TableLoad) -> None:
        """Note that a table is done and committed."""


@dataclass(frozen=True, slots=True)
class _LastLoad:
    """The latest entry of the load log for one table."""

    file_name: str | None
    sha256: str | None
    row_count: int
    byte_count: int


def load_source(
    source: Source,
    connection: extensions.connection,
    listener: LoadListener | None = None,
) -> tuple[TableLoad, ...]:
    """Bring every landing table in line with a source.

    A table whose file has the digest of the last load is left alone. Any other table
    is truncated and filled in one transaction, so that views on it stay, other
    sessions wait for the end of it, and a failure leaves its old rows. An optional
    table without a file is emptied. Tables committed before a failure stay.

    Parameters
    ----------
    source : Source
        From `find_source`.
    connection : psycopg2 connection
        Of a role that owns schema ``raw`` and writes ``ops.load_log``.
    listener : LoadListener, optional
        Told of progress.

    Returns
    -------
    tuple of TableLoad
        In the order of `LANDING_TABLES`.

    Raises
    ------
    SourceError
        A file is damaged or cut.
    CopyError
        A row does not fit its table.
    LandingTableError
        The server cannot take the rows.
    IngestionError
        The connection was lost.
    """
    listener = listener or LoadListener()
    with _sole_loader(connection):
        return tuple(
            _load_table(connection, table, source.files.get(table.name), listener)
            for table in LANDING_TABLES
        )


@contextmanager
def _sole_loader(connection: extensions.connection) -> Iterator[None]:
    """Hold the session lock that keeps two loads from mixing their files."""
    with _transaction(connection, LANDING_TABLES[0], None) as cursor:
        cursor.execute("select pg_try_advisory_lock(%s)", (_ADVISORY_LOCK,))
        if not _scalar(cursor):
            raise LandingTableError(
                "Another load is running on this database. Wait until it has ended."
            )
    try:
        yield
    finally:
        if not connection.closed:
            with connection, connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(%s)", (_ADVISORY_LOCK,))


def _load_table(
    connection: extensions.connection,
    table: LandingTable,
    file: SourceFile | None,
    listener: LoadListener,
) -> TableLoad:
    started = time.monotonic()
    with _transaction(connection, table, file.name if file else None) as cursor:
        last = _last_load(cursor, table)
        if file is None:
            load = _empty(cursor, table, last, started)
        else:
            load = _unchanged(cursor, file, last, started, listener) or _replace(
                cursor, file, started, listener
            )
    listener.finished(load)
    return load


@contextmanager
def _transaction(
    connection: extensions.connection, table: LandingTable, file_name: str | None
) -> Iterator[extensions.cursor]:
    """Commit at the end, roll back on any error and translate the server's."""
    try:
        with connection, connection.cursor() as cursor:
            yield cursor
    except psycopg2.Error as error:
        raise server_error(error, table, file_name) from None


def _last_load(cursor: extensions.cursor, table: LandingTable) -> _LastLoad | None:
    cursor.execute(
        "select file_name, sha256, row_count, byte_count from ops.load_log "
        "where table_name = %s order by load_id desc limit 1",
        (table.name,),
    )
    row = cursor.fetchone()
    return _LastLoad(*row) if row else None


def _unchanged(
    cursor: extensions.cursor,
    file: SourceFile,
    last: _LastLoad | None,
    started: float,
    listener: LoadListener,
) -> TableLoad | None:
    """Return the outcome of a table that already holds this file, else None.

    The file is read for its digest only where its size leaves the question open, so
    that a first load or a file of another size is read once.
    """
    if last is None or last.file_name is None:
        return None
    if file.size is not None and file.size != last.byte_count:
        return None
    if not _holds(cursor, file.table, last.row_count):
        return None
    listener.started(file.table, "checking", file.size)
    with file.open() as raw:
        digest = CsvStream(raw, file.name, listener.advanced).drain()
    if digest.sha256 != last.sha256:
        return None
    return TableLoad(
        file.table,
        "unchanged",
        file.name,
        last.row_count,
        digest.byte_count,
        time.monotonic() - started,
    )


def _holds(cursor: extensions.cursor, table: LandingTable, row_count: int) -> bool:
    """Whether the table stands as declared and is empty only if it should be."""
    if _columns_in_database(cursor, table) != _declared_columns(table):
        return False
    return _has_rows(cursor, table) == (row_count > 0)


def _has_rows(cursor: extensions.cursor, table: LandingTable) -> bool:
    if not _columns_in_database(cursor, table):
        return False
    cursor.execute(sql.SQL("select exists (select from {})").format(table.identifier))
    return bool(_scalar(cursor))


def _replace(
    cursor: extensions.cursor,
    file: SourceFile,
    started: float,
    listener: LoadListener,
) -> TableLoad:
    had_rows = _has_rows(cursor, file.table)
    _ensure_empty_table(cursor, file.table)
    listener.started(file.table, "loading", file.size)
    row_count, digest = _copy(cursor, file, listener)
    cursor.execute(sql.SQL("analyze {}").format(file.table.identifier))
    _log(cursor, file.table, file.name, row_count, digest)
    return TableLoad(
        file.table,
        "replaced" if had_rows else "loaded",
        file.name,
        row_count,
        digest.byte_count,
        time.monotonic() - started,
    )


def _copy(
    cursor: extensions.cursor, file: SourceFile, listener: LoadListener
) -> tuple[int, Digest]:
    # Freezing is allowed since the table was created or truncated in this transaction;
    # it spares the 27 million rows of bureau_balance a second writing by vacuum.
    statement = sql.SQL(
        "copy {} from stdin (format csv, header match, encoding 'UTF8', freeze)"
    ).format(file.table.identifier)
    with file.open() as raw:
        stream = CsvStream(raw, file.name, listener.advanced)
        try:
            cursor.copy_expert(statement, stream, CHUNK_SIZE)
        except psycopg2.Error as error:
            if stream.error is not None:
                raise stream.error from None
            if was_interrupted(error):
                raise KeyboardInterrupt from None
            raise
    return cursor.rowcount, stream.digest


def _empty(
    cursor: extensions.cursor,
    table: LandingTable,
    last: _LastLoad | None,
    started: float,
) -> TableLoad:
    emptied = _row_count(cursor, table)
    was_absent = last is not None and last.file_name is None
    if emptied or not was_absent or not _columns_in_database(cursor, table):
        _ensure_empty_table(cursor, table)
        _log(cursor, table, None, 0, Digest("", 0))
    return TableLoad(
        table, "absent", None, 0, 0, time.monotonic() - started, emptied or 0
    )


def _row_count(cursor: extensions.cursor, table: LandingTable) -> int:
    if not _columns_in_database(cursor, table):
        return 0
    cursor.execute(sql.SQL("select count(*) from {}").format(table.identifier))
    return int(str(_scalar(cursor)))


def _ensure_empty_table(cursor: extensions.cursor, table: LandingTable) -> None:
    """Leave the table empty and with the declared columns, locked until the commit."""
    cursor.execute("select set_config('lock_timeout', %s, true)", (_LOCK_TIMEOUT,))
    found = _columns_in_database(cursor, table)
    if found == _declared_columns(table):
        cursor.execute(sql.SQL("truncate {}").format(table.identifier))
        return
    if found:
        cursor.execute(sql.SQL("drop table {}").format(table.identifier))
    cursor.execute(table.create_statement())


def _declared_columns(table: LandingTable) -> list[tuple[str, str]]:
    return [(column.name, column.type) for column in table.columns]


def _columns_in_database(
    cursor: extensions.cursor, table: LandingTable
) -> list[tuple[str, str]]:
    """Names and types of the existing table's columns, empty where there is none."""
    cursor.execute(
        """
        select attribute.attname, format_type(attribute.atttypid, attribute.atttypmod)
        from pg_attribute as attribute
        inner join pg_class as class on class.oid = attribute.attrelid
        inner join pg_namespace as namespace on namespace.oid = class.relnamespace
        where namespace.nspname = %s and class.relname = %s
            and attribute.attnum > 0 and not attribute.attisdropped
        order by attribute.attnum
        """,
        (RAW_SCHEMA, table.name),
    )
    return [(str(name), str(type_)) for name, type_ in cursor.fetchall()]


def _log(
    cursor: extensions.cursor,
    table: LandingTable,
    file_name: str | None,
    row_count: int,
    digest: Digest,
) -> None:
    cursor.execute(
        "insert into ops.load_log (table_name, file_name, sha256, row_count, "
        "byte_count, started_at, finished_at) "
        "values (%s, %s, nullif(%s, ''), %s, %s, now(), clock_timestamp())",
        (table.name, file_name, digest.sha256, row_count, digest.byte_count),
    )


def _scalar(cursor: extensions.cursor) -> object:
    row = cursor.fetchone()
    return row[0] if row else None
