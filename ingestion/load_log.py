"""What the load log says a landing table holds, and what is added to the log."""

from dataclasses import dataclass

from psycopg2 import extensions

from ingestion.csv_stream import Digest
from ingestion.landing_schema import LandingTable
from ingestion.transaction import scalar


@dataclass(frozen=True, slots=True)
class LastLoad:
    """The latest file that replaced one table, and what was appended since.

    Attributes
    ----------
    file_name, sha256 : str or None
        None where the file was absent.
    row_count, byte_count : int
    appended_row_count : int
        Rows of the batches after it.
    """

    file_name: str | None
    sha256: str | None
    row_count: int
    byte_count: int
    appended_row_count: int


def last_load(cursor: extensions.cursor, table: LandingTable) -> LastLoad | None:
    """Return what replaced the table last, None where nothing ever did."""
    cursor.execute(
        """
        select file_name, sha256, row_count, byte_count, (
            select coalesce(sum(batch.row_count), 0)::bigint
            from ops.load_log as batch
            where batch.table_name = load.table_name
                and batch.load_id > load.load_id
        )
        from ops.load_log as load
        where table_name = %s and batch_id is null
        order by load_id desc
        limit 1
        """,
        (table.name,),
    )
    row = cursor.fetchone()
    return LastLoad(*row) if row else None


def log_load(
    cursor: extensions.cursor,
    table: LandingTable,
    file_name: str | None,
    row_count: int,
    digest: Digest,
    batch_id: int | None = None,
) -> None:
    """Add a row for a file that filled a table, or for a batch's that added to it."""
    cursor.execute(
        "insert into ops.load_log (table_name, file_name, sha256, row_count, "
        "byte_count, batch_id, started_at, finished_at) "
        "values (%s, %s, nullif(%s, ''), %s, %s, %s, now(), clock_timestamp())",
        (
            table.name,
            file_name,
            digest.sha256,
            row_count,
            digest.byte_count,
            batch_id,
        ),
    )


def log_completion(
    cursor: extensions.cursor, source_name: str, is_invented: bool
) -> None:
    """Note that all tables come from one source now, if they did not before."""
    cursor.execute(
        "insert into ops.completed_load (last_load_id, source_name, is_invented) "
        "select max(load_id), %s, %s from ops.load_log "
        "having max(load_id) is not null on conflict (last_load_id) do nothing",
        (source_name, is_invented),
    )


def is_complete(cursor: extensions.cursor) -> bool:
    """Whether some load reached its end, and none has begun and broken off since."""
    cursor.execute(
        """
        select coalesce(max(last_load_id) >= (
            select max(load_id) from ops.load_log where batch_id is null
        ), false)
        from ops.completed_load
        """
    )
    return bool(scalar(cursor))
