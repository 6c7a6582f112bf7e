"""Load a verified source into the landing tables, one transaction per table."""

import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from functools import partial
from typing import Final

from psycopg2 import extensions, sql

from ingestion.copying import copy_file, digest_of
from ingestion.csv_stream import Digest
from ingestion.landing import (
    columns_in_database,
    ensure_empty_table,
    has_rows,
    row_count,
    stands_as_declared,
)
from ingestion.landing_schema import LANDING_TABLES, LandingTable
from ingestion.listener import LoadListener, TableLoad
from ingestion.load_log import LastLoad, last_load, log_completion, log_load
from ingestion.source import Source
from ingestion.source_file import SourceFile
from ingestion.transaction import sole_loader, transaction
from ingestion.workers import run_jobs

Connect = Callable[[], extensions.connection]
"""Opens a connection of a role that owns schema ``raw`` and writes its log."""

TABLES_AT_A_TIME: Final = 2
"""One session of the server reads CSV at the speed of one core."""


def load_source(
    source: Source, connect: Connect, listener: LoadListener | None = None
) -> tuple[TableLoad, ...]:
    """Bring every landing table in line with a source, two at a time, biggest first.

    A table whose file has the digest of the last load is left alone. Any other table
    is truncated and filled in one transaction, so that views on it stay, other
    sessions wait for the end of it, and a failure leaves its old rows. An optional
    table without a file is emptied. Tables committed before a failure stay.

    Parameters
    ----------
    source : Source
        From `find_source`.
    connect : callable
        Opens a connection; three are used.
    listener : LoadListener, optional
        Told of progress, from several threads.

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
    jobs = [
        partial(_load_table, table, source.files.get(table.name))
        for table in sorted(LANDING_TABLES, key=source.size_of, reverse=True)
    ]
    with ExitStack() as stack:
        first, *others = (
            stack.enter_context(closing(connect())) for _ in range(1 + TABLES_AT_A_TIME)
        )
        stack.enter_context(sole_loader(first))
        loads = run_jobs(jobs, others, listener or LoadListener())
        with transaction(first, LANDING_TABLES[0]) as cursor:
            log_completion(cursor, source.name, source.is_invented)
    return tuple(sorted(loads, key=lambda load: LANDING_TABLES.index(load.table)))


def _load_table(
    table: LandingTable,
    file: SourceFile | None,
    connection: extensions.connection,
    listener: LoadListener,
) -> tuple[TableLoad]:
    started = time.monotonic()
    with transaction(connection, table, file.name if file else None) as cursor:
        last = last_load(cursor, table)
        if file is None:
            load = _empty(cursor, table, last, started, listener)
        else:
            load = _unchanged(cursor, file, last, started, listener) or _replace(
                cursor, file, last, started, listener
            )
    listener.finished(load)
    return (load,)


def _unchanged(
    cursor: extensions.cursor,
    file: SourceFile,
    last: LastLoad | None,
    started: float,
    listener: LoadListener,
) -> TableLoad | None:
    """Return the outcome of a table that already holds this file, else None.

    The file is read for its digest only where its size leaves the question open, so
    that a first load or a file of another size is read once.
    """
    if last is None or last.file_name is None or last.appended_row_count:
        return None
    if file.size is not None and file.size != last.byte_count:
        return None
    if not _holds(cursor, file.table, last.row_count):
        return None
    digest = digest_of(file, listener)
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


def _holds(cursor: extensions.cursor, table: LandingTable, rows: int) -> bool:
    """Whether the table stands as declared and is empty only if it should be."""
    return stands_as_declared(cursor, table) and has_rows(cursor, table) == (rows > 0)


def _replace(
    cursor: extensions.cursor,
    file: SourceFile,
    last: LastLoad | None,
    started: float,
    listener: LoadListener,
) -> TableLoad:
    had_rows = has_rows(cursor, file.table)
    _make_room(cursor, file.table, last, listener)
    listener.started(file.table, "loading", file.size)
    rows, digest = copy_file(cursor, file, file.table.identifier, listener)
    cursor.execute(sql.SQL("analyze {}").format(file.table.identifier))
    log_load(cursor, file.table, file.name, rows, digest)
    return TableLoad(
        file.table,
        "replaced" if had_rows else "loaded",
        file.name,
        rows,
        digest.byte_count,
        time.monotonic() - started,
    )


def _empty(
    cursor: extensions.cursor,
    table: LandingTable,
    last: LastLoad | None,
    started: float,
    listener: LoadListener,
) -> TableLoad:
    emptied = row_count(cursor, table)
    was_absent = last is not None and last.file_name is None
    if emptied or not was_absent or not columns_in_database(cursor, table):
        _make_room(cursor, table, last, listener)
        log_load(cursor, table, None, 0, Digest("", 0))
    return TableLoad(table, "absent", None, 0, 0, time.monotonic() - started, emptied)


def _make_room(
    cursor: extensions.cursor,
    table: LandingTable,
    last: LastLoad | None,
    listener: LoadListener,
) -> None:
    """Empty the table, and say what of appended batches goes with its rows."""
    dropped = ensure_empty_table(cursor, table)
    appended = last.appended_row_count if last else 0
    if appended or dropped:
        listener.noted(
            f"{table.name}: {appended:,} appended rows and {dropped} indexes for "
            "appending removed"
        )
