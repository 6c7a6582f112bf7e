"""Check the hash chains of decisions and reviews, trusting no function of the database.

Each row of a chained log carries its number, the hash of the row before it and
its own: the SHA-256 of all its other columns as one JSON text. The texts come from the
server, the hashes are computed here.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from psycopg2 import extensions

from database.decision_chain_faults import (
    CANONICAL_SETTINGS,
    CANONICAL_TEXT,
    DECISIONS,
    ChainedLog,
    ChainFault,
    ChainPlace,
    ChainRow,
    find_fault,
)

_ROWS_AT_A_TIME = 500

_HEAD = "select length, head from {head_table}"

_ROWS = """
    select entry.chain_number, entry.{key}::text, entry.previous_hash,
        entry.row_hash, {text}
    from {table} as entry
    order by entry.chain_number, entry.{key}
"""


class ChainHead(NamedTuple):
    """Where the chain ends: number of rows and last hash, in hexadecimal."""

    length: int
    head: str


@dataclass(frozen=True)
class ChainReport:
    """What a check of the chain has found.

    Parameters
    ----------
    end
        The last row that fits.
    fault
        The first that does not, None for a sound chain.
    expected_at
        Number of the row whose hash was expected, None when none has it or none was.
    """

    end: ChainHead
    fault: ChainFault | None
    expected_at: int | None


def read_head(
    connection: extensions.connection, log: ChainedLog = DECISIONS
) -> ChainHead:
    """Return the length and the last hash of a chain as the database keeps them.

    Parameters
    ----------
    connection
        Of the auditor or the administrator; in its transaction, if it is in one.
    log
        Whose chain.
    """
    with connection.cursor() as cursor:
        place = _kept_end(cursor, log)
    return ChainHead(place.number, place.row_hash.hex())


def verify(
    connection: extensions.connection,
    expected: str | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
    log: ChainedLog = DECISIONS,
) -> ChainReport:
    """Read the log as it is at one moment and check every link.

    Parameters
    ----------
    connection
        Of the auditor or the administrator, outside any transaction.
    expected
        A head noted earlier, in hexadecimal: one row must still have it.
    progress
        Called with the rows checked and the length of the chain.
    log
        Whose chain.

    Returns
    -------
    ChainReport
        With the first row that does not fit, if there is one.
    """
    connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
    with connection, connection.cursor() as cursor:
        cursor.execute(CANONICAL_SETTINGS)
        kept = _kept_end(cursor, log)
        place, fault = ChainPlace.start(), None
        expected_at = 0 if expected == place.row_hash.hex() else None
        for row in _rows(connection, log):
            if not row.follows(place):
                fault = find_fault(cursor, log, place, row, kept)
                break
            place = row.place
            if place.row_hash.hex() == expected:
                expected_at = place.number
            if place.number % _ROWS_AT_A_TIME == 0:
                progress(place.number, kept.number)
    if fault is None:
        fault = _fault_at_end(place, kept)
    if fault is None and expected is not None and expected_at is None:
        fault = ChainFault(
            "rewritten",
            None,
            "no row has the head that was noted earlier: rows at the end were removed, "
            "or the chain was made anew",
        )
    return ChainReport(
        ChainHead(place.number, place.row_hash.hex()), fault, expected_at
    )


def _kept_end(cursor: extensions.cursor, log: ChainedLog) -> ChainPlace:
    cursor.execute(_HEAD.format(head_table=log.head_table))
    row = cursor.fetchone()
    return ChainPlace(row[0], bytes(row[1])) if row else ChainPlace.start()


def _rows(connection: extensions.connection, log: ChainedLog) -> Iterator[ChainRow]:
    with connection.cursor("chained_rows") as cursor:
        cursor.itersize = _ROWS_AT_A_TIME
        cursor.execute(_ROWS.format(key=log.key, table=log.table, text=CANONICAL_TEXT))
        for number, entry_id, previous_hash, row_hash, text in cursor:
            yield ChainRow(
                number=number,
                entry_id=entry_id,
                previous_hash=bytes(previous_hash or b""),
                row_hash=bytes(row_hash or b""),
                content_hash=hashlib.sha256(text.encode()).digest(),
            )


def _fault_at_end(found: ChainPlace, kept: ChainPlace) -> ChainFault | None:
    """Compare the last row with the end that the database has noted for itself."""
    if found.number < kept.number:
        return ChainFault(
            "removed",
            None,
            f"rows {found.number + 1} to {kept.number} are missing at the end",
        )
    if found.number > kept.number:
        return ChainFault(
            "inserted",
            None,
            f"row {kept.number + 1} and what follows came in past the trigger",
        )
    if found.row_hash != kept.row_hash:
        return ChainFault(
            "altered",
            None,
            f"row {found.number}, the last one, was changed and hashed anew",
        )
    return None
