"""Append a batch of new applications and their child rows, all of it or nothing."""

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from functools import partial

from psycopg2 import extensions, sql

from ingestion.copying import copy_file, digest_of
from ingestion.csv_stream import Digest
from ingestion.errors import LandingTableError, SourceError
from ingestion.landing import ensure_indexes, limit_waiting, stands_as_declared
from ingestion.landing_schema import LANDING_TABLES, LandingTable
from ingestion.listener import LoadListener, TableLoad
from ingestion.load_log import is_complete, log_load
from ingestion.loader import Connect
from ingestion.source import APPLICATION_TABLES, Source
from ingestion.source_file import SourceFile
from ingestion.transaction import (
    scalar,
    sole_loader,
    transaction,
    translated_errors,
)
from ingestion.workers import run_jobs

_BATCH_ROWS = sql.Identifier("pg_temp", "batch_rows")


def append_source(
    batch: Source, connect: Connect, listener: LoadListener | None = None
) -> tuple[TableLoad, ...]:
    """Add the rows of a batch to the landing tables, in one transaction.

    Whom the batch concerns is kept in ``ops.appended_client`` and
    ``ops.appended_bureau_credit``. The same batch again changes nothing. The first
    batch after a load indexes the keys of the landing tables.

    Parameters
    ----------
    batch : Source
        From `find_batch`.
    connect : callable
        Opens a connection; two are used.
    listener : LoadListener, optional
        Told of progress.

    Returns
    -------
    tuple of TableLoad
        One per file of the batch.

    Raises
    ------
    SourceError
        A file is damaged or cut, or has been loaded in other company already.
    CopyError
        A row does not fit its table.
    LandingTableError
        The landing tables are not complete, or the server cannot take the rows.
    IngestionError
        The connection was lost.
    """
    listener = listener or LoadListener()
    with ExitStack() as stack:
        first, second = (stack.enter_context(closing(connect())) for _ in range(2))
        stack.enter_context(sole_loader(first))
        return tuple(run_jobs([partial(_append, batch)], [second], listener))


def _append(
    batch: Source, connection: extensions.connection, listener: LoadListener
) -> tuple[TableLoad, ...]:
    digests = {name: digest_of(file, listener) for name, file in batch.files.items()}
    with transaction(connection, LANDING_TABLES[0]) as cursor:
        _require_complete_tables(cursor)
        loads = _unchanged(cursor, batch, digests)
        if loads is None:
            limit_waiting(cursor)
            _index(cursor, listener)
            batch_id = _new_batch(cursor)
            loads = tuple(
                _append_file(cursor, batch.files[table.name], batch_id, listener)
                for table in LANDING_TABLES
                if table.name in batch.files
            )
            _note_clients_of_credits(cursor, batch_id)
    for load in loads:
        listener.finished(load)
    return loads


def _require_complete_tables(cursor: extensions.cursor) -> None:
    """Refuse to add to tables of which some are absent or of another source."""
    if is_complete(cursor) and all(
        stands_as_declared(cursor, table) for table in LANDING_TABLES
    ):
        return
    raise LandingTableError(
        "The landing tables are not of one whole source: none was loaded yet, or the "
        "last load broke off. Load one to its end (`python -m ingestion load SOURCE`), "
        "then append."
    )


def _unchanged(
    cursor: extensions.cursor, batch: Source, digests: Mapping[str, Digest]
) -> tuple[TableLoad, ...] | None:
    """Return the outcomes of a batch that the tables hold already, else None."""
    holders = {
        name: _holders(cursor, file.table, digests[name])
        for name, file in batch.files.items()
    }
    if not set.intersection(*({id_ for id_, _ in rows} for rows in holders.values())):
        _refuse_repeated_files(batch, holders)
        return None
    return tuple(
        TableLoad(
            file.table,
            "unchanged",
            file.name,
            holders[name][0][1],
            digest.byte_count,
            0,
        )
        for name, file in batch.files.items()
        for digest in (digests[name],)
    )


def _holders(
    cursor: extensions.cursor, table: LandingTable, digest: Digest
) -> list[tuple[int | None, int]]:
    """Return (batch, rows) of what brought this very file into the table.

    The batch is None for the load that filled the table. What an earlier load had
    brought is gone.
    """
    cursor.execute(
        """
        select batch_id, row_count
        from ops.load_log
        where table_name = %(table)s and sha256 = %(sha256)s and load_id >= (
            select max(load_id) from ops.load_log
            where table_name = %(table)s and batch_id is null
        )
        order by load_id
        """,
        {"table": table.name, "sha256": digest.sha256},
    )
    return [(batch_id, rows) for batch_id, rows in cursor.fetchall()]


def _refuse_repeated_files(
    batch: Source, holders: Mapping[str, list[tuple[int | None, int]]]
) -> None:
    """Refuse a batch of which only some files are there: rows would be doubled."""
    repeated = [
        batch.files[name].name
        for name, found in holders.items()
        if any(rows for _, rows in found)
    ]
    if repeated:
        raise SourceError(
            f"{batch.name} was not appended, because the landing tables hold "
            f"{', '.join(repeated)} already, but not its other files: the rows would "
            "be there twice. Leave out of the batch what has been loaded."
        )


def _index(cursor: extensions.cursor, listener: LoadListener) -> None:
    """Index the keys of all tables, for the batch's clients have rows in any."""
    made = 0
    for table in LANDING_TABLES:
        with translated_errors(table):
            made += ensure_indexes(cursor, table)
    if made:
        listener.noted(
            f"{made} indexes on the keys of the landing tables made for appending; a "
            "load that replaces a table drops its own"
        )


def _new_batch(cursor: extensions.cursor) -> int:
    cursor.execute("insert into ops.appended_batch default values returning batch_id")
    return int(str(scalar(cursor)))


def _append_file(
    cursor: extensions.cursor,
    file: SourceFile,
    batch_id: int,
    listener: LoadListener,
) -> TableLoad:
    started = time.monotonic()
    listener.started(file.table, "loading", file.size)
    with (
        translated_errors(file.table, file.name),
        _batch_rows(cursor, file, listener) as (rows, digest),
    ):
        _note_whom_it_concerns(cursor, file.table, batch_id)
        is_application = file.table.name in APPLICATION_TABLES
        if is_application:
            _tell_of_known_clients(cursor, file, listener)
        cursor.execute(
            sql.SQL("insert into {} select * from {}").format(
                file.table.identifier, _BATCH_ROWS
            )
        )
        if is_application:
            _put_after_earlier_applications(cursor, file.table)
        log_load(cursor, file.table, file.name, rows, digest, batch_id)
    seconds = time.monotonic() - started
    return TableLoad(
        file.table, "appended", file.name, rows, digest.byte_count, seconds
    )


@contextmanager
def _batch_rows(
    cursor: extensions.cursor, file: SourceFile, listener: LoadListener
) -> Iterator[tuple[int, Digest]]:
    """Hold the file's rows apart, for only there can they be told from others."""
    cursor.execute(
        sql.SQL("create temporary table batch_rows (like {})").format(
            file.table.identifier
        )
    )
    yield copy_file(cursor, file, _BATCH_ROWS, listener)
    cursor.execute(sql.SQL("drop table {}").format(_BATCH_ROWS))


def _note_whom_it_concerns(
    cursor: extensions.cursor, table: LandingTable, batch_id: int
) -> None:
    columns = {column.name for column in table.columns}
    target, key = (
        ("appended_client", "sk_id_curr")
        if "sk_id_curr" in columns
        else ("appended_bureau_credit", "sk_id_bureau")
    )
    cursor.execute(
        sql.SQL(
            "insert into {} select distinct %s::bigint, {key} from {} "
            "where {key} is not null on conflict do nothing"
        ).format(sql.Identifier("ops", target), _BATCH_ROWS, key=sql.Identifier(key)),
        (batch_id,),
    )


def _note_clients_of_credits(cursor: extensions.cursor, batch_id: int) -> None:
    """Add the clients whose credits the batch gives months of."""
    cursor.execute(
        "insert into ops.appended_client "
        "select distinct batch_id, sk_id_curr "
        "from ops.appended_bureau_credit "
        "inner join raw.bureau on sk_id_bureau = bureau_credit_id "
        "where batch_id = %s and sk_id_curr is not null on conflict do nothing",
        (batch_id,),
    )


def _tell_of_known_clients(
    cursor: extensions.cursor, file: SourceFile, listener: LoadListener
) -> None:
    cursor.execute(
        sql.SQL(
            """
            select count(distinct sk_id_curr) from {} as new
            where exists (
                select from raw.application_train as known
                where known.sk_id_curr = new.sk_id_curr
            ) or exists (
                select from raw.application_test as known
                where known.sk_id_curr = new.sk_id_curr
            )
            """
        ).format(_BATCH_ROWS)
    )
    if known := scalar(cursor):
        listener.noted(
            f"{file.name}: {known:,} of its clients have an application already; the "
            "first one stays, and dbt build quarantines the later"
        )


def _put_after_earlier_applications(
    cursor: extensions.cursor, table: LandingTable
) -> None:
    """Move new rows that fell into free space before a row of the same client.

    dbt keeps a client's first application by its place in the table. Rows that are
    deleted here hold their place until the next vacuum, so the moved ones land
    further on each time.
    """
    statement = sql.SQL(
        """
        with misplaced as (
            delete from {table} as new
            using {table} as earlier
            where new.sk_id_curr in (select sk_id_curr from {batch})
                and new.sk_id_curr = earlier.sk_id_curr
                and new.ctid < earlier.ctid
                and new.xmin = pg_current_xact_id()::xid
                and earlier.xmin <> new.xmin
            returning new.*
        )
        insert into {table} select * from misplaced
        """
    ).format(table=table.identifier, batch=_BATCH_ROWS)
    cursor.execute(statement)
    while cursor.rowcount:
        cursor.execute(statement)
