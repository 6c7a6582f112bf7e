"""What was done to a row of a chained log that does not fit the chain."""

from dataclasses import dataclass

from psycopg2 import extensions

CANONICAL_TEXT = "(to_jsonb(entry) - 'row_hash')::text"
"""All that the hash of the row `entry` covers, as in the SQL that makes each chain."""

CANONICAL_SETTINGS = """
    set local search_path = pg_catalog;
    set local timezone = 'GMT';
    set local extra_float_digits = 1;
    set local bytea_output = 'hex'
"""
"""The settings on which that text depends."""

_SEARCHED_NUMBERS = 1000
"""How far a row that got another number is searched for its own, either way."""


@dataclass(frozen=True)
class ChainedLog:
    """An append-only table whose rows are chained.

    Parameters
    ----------
    table
        Its name with the schema.
    key
        Its primary key, a uuid.
    head_table
        Where the database keeps length and last hash.
    entry
        What one row is called in messages.
    """

    table: str
    key: str
    head_table: str
    entry: str


DECISIONS = ChainedLog(
    "ops.decision_log", "decision_id", "ops.decision_chain", "decision"
)
REVIEWS = ChainedLog("ops.decision_review", "review_id", "ops.review_chain", "review")

# The row whose content, put at a number after a hash, gives its own hash or the one
# that stands there.
_RIGHTFUL = """
    select entry.{key}::text, entry.chain_number,
        computed.row_hash = entry.row_hash
    from {table} as entry
    cross join lateral (
        select sha256(convert_to((
            to_jsonb(entry) - 'row_hash' || jsonb_build_object(
                'chain_number', %(number)s::bigint,
                'previous_hash', %(previous)s::bytea
            )
        )::text, 'UTF8')) as row_hash
    ) as computed
    where computed.row_hash in (entry.row_hash, %(standing)s::bytea)
    limit 1
"""

_OWN_NUMBER = """
    select number
    from {table} as entry,
        generate_series(
            greatest(1, entry.chain_number - %(far)s), entry.chain_number + %(far)s
        ) as number
    where entry.{key} = %(entry_id)s::uuid
        and sha256(convert_to((
            to_jsonb(entry) - 'row_hash' || jsonb_build_object('chain_number', number)
        )::text, 'UTF8')) = entry.row_hash
    limit 1
"""


@dataclass(frozen=True)
class ChainPlace:
    """A row's number and hash, to which the next row is chained."""

    number: int
    row_hash: bytes

    @classmethod
    def start(cls) -> "ChainPlace":
        """Return what the first row is chained to."""
        return cls(0, bytes(32))


@dataclass(frozen=True)
class ChainRow:
    """A row's part in the chain; `content_hash` is what its own hash should be."""

    number: int | None
    entry_id: str
    previous_hash: bytes
    row_hash: bytes
    content_hash: bytes

    @property
    def place(self) -> ChainPlace:
        """What the next row is chained to."""
        return ChainPlace(self.number or 0, self.row_hash)

    @property
    def is_whole(self) -> bool:
        """Tell whether the row is as it was when it was hashed."""
        return self.content_hash == self.row_hash

    def follows(self, place: ChainPlace) -> bool:
        """Tell whether this row is whole and comes after that place."""
        return (
            self.is_whole
            and self.number == place.number + 1
            and self.previous_hash == place.row_hash
        )


@dataclass(frozen=True)
class ChainFault:
    """The first thing in a chain that does not fit.

    Parameters
    ----------
    kind
        ``"altered"``, ``"removed"``, ``"inserted"``, ``"reordered"`` or
        ``"rewritten"``.
    entry_id
        Key of the row at which it shows, if it has one.
    explanation
        Which rows, and what was found about them.
    """

    kind: str
    entry_id: str | None
    explanation: str


def find_fault(
    cursor: extensions.cursor,
    log: ChainedLog,
    last: ChainPlace,
    row: ChainRow,
    kept: ChainPlace,
) -> ChainFault:
    """Find out why a row does not follow the last one that fitted.

    Parameters
    ----------
    cursor
        In the transaction that reads the log, with `CANONICAL_SETTINGS`.
    log
        The table that the row is in.
    last
        The last place that fitted.
    row
        The row found after it.
    kept
        The end of the chain as the database keeps it.
    """
    number = last.number + 1
    own_number = _own_number(cursor, log, row)
    kind, explanation = _misplaced(cursor, log, last, row, own_number) or _unrelated(
        row, number, own_number, kept
    )
    return ChainFault(kind, row.entry_id, explanation)


def _misplaced(
    cursor: extensions.cursor,
    log: ChainedLog,
    last: ChainPlace,
    row: ChainRow,
    own_number: int | None,
) -> tuple[str, str] | None:
    """Tell what happened when the row that belongs here is still in the table."""
    number = last.number + 1
    cursor.execute(
        _RIGHTFUL.format(key=log.key, table=log.table),
        {"number": number, "previous": last.row_hash, "standing": row.row_hash},
    )
    rightful = cursor.fetchone()
    if rightful is None:
        return None
    entry_id, stands_at, has_own_hash = rightful
    if entry_id == row.entry_id:
        return "altered", f"row {number} has another number or previous hash"
    was_elsewhere = own_number is not None and own_number > number
    if was_elsewhere or not has_own_hash:
        return "reordered", f"what belongs at {number} stands at {stands_at}"
    return "inserted", f"at {number} stands a row that was never chained"


def _unrelated(
    row: ChainRow, number: int, own_number: int | None, kept: ChainPlace
) -> tuple[str, str]:
    """Tell what happened when no row belongs here any more."""
    if own_number is not None and own_number > number:
        return "removed", f"{_rows(number, own_number - 1)} missing before this one"
    if own_number is not None and own_number < number:
        return "inserted", f"a row was put in before this one, once row {own_number}"
    if row.number is None or row.number < number or row.number > kept.number:
        return "inserted", f"after row {number - 1} stands a row that was never chained"
    if own_number == number:
        return "altered", f"row {number - 1}, before this one, was hashed anew"
    return "altered", f"row {number} is not what was hashed"


def _own_number(
    cursor: extensions.cursor, log: ChainedLog, row: ChainRow
) -> int | None:
    """Return the number under which a row was hashed, None when it was altered."""
    if row.is_whole:
        return row.number
    cursor.execute(
        _OWN_NUMBER.format(key=log.key, table=log.table),
        {"entry_id": row.entry_id, "far": _SEARCHED_NUMBERS},
    )
    found = cursor.fetchone()
    return found[0] if found else None


def _rows(first: int, last: int) -> str:
    return f"row {first} is" if first == last else f"rows {first} to {last} are"
