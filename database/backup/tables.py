"""What a database holds, table by table, so that two of them can be compared."""

import contextlib
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

import psycopg2
from psycopg2 import errors, extensions, sql
from pydantic import BaseModel, ConfigDict

from database.connection import open_connection
from database.errors import BackupError

_PARALLEL = 2
_PATIENCE_SECONDS = 600
"""How long a load may be waited for."""

_POLL_SECONDS = 0.1
_LOCK_TIMEOUT = "200ms"
"""Less than `deadlock_timeout`, after which others would be ended for our sake."""

_SESSION = "set datestyle = iso, ymd; set timezone = GMT; set extra_float_digits = 1"

# The largest first, so that no worker is left alone with it at the end.
_TABLES = """
    select n.nspname, c.relname
    from pg_class as c
    inner join pg_namespace as n on c.relnamespace = n.oid
    where c.relkind in ('r', 'm')
        and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'
    order by pg_relation_size(c.oid) desc, 1, 2
"""
# A sum does not depend on the order of the rows, and workers can share it.
_STATE = """
    select count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text
    from {} as t
"""
_KEYS = """
    select pg_get_constraintdef(oid) from pg_constraint
    where conrelid = %s::regclass and contype in ('p', 'u', 'f', 'c')
    order by contype, 1
"""


class TableState(BaseModel):
    """One table: how many rows, which, and under which constraints."""

    model_config = ConfigDict(frozen=True)

    rows: int
    checksum: str
    keys: tuple[str, ...]


TableStates = dict[str, TableState]
"""State of each table, under ``schema.table``."""


@contextlib.contextmanager
def quiet_moment(
    parameters: Mapping[str, str], restore_point: str | None
) -> Iterator[str]:
    """Hold on to one moment, and give the snapshot under which others see it.

    With a restore point it can be restored exactly: for the few milliseconds in which
    snapshot and restore point are made, every table is locked against writing, since
    what commits between the two would be in one and not in the other. A table that a
    load holds for long is waited for without a lock on any other, so that neither
    decisions nor the load itself are held up.

    Raises
    ------
    BackupError
        When a table is written to all the time.
    """
    with (
        contextlib.closing(open_connection(parameters)) as connection,
        connection.cursor() as cursor,
    ):
        try:
            if restore_point is None:
                snapshot = _export(cursor)
            else:
                with _all_tables_locked(parameters):
                    snapshot = _export(cursor)
                    _keep_tables(cursor, _table_names(parameters))
                    cursor.execute(
                        "select pg_create_restore_point(%s)", [restore_point]
                    )
            yield snapshot
        except psycopg2.Error as error:
            raise BackupError(error.diag.message_primary or str(error)) from error


def table_states(
    parameters: Mapping[str, str], snapshot: str | None = None
) -> TableStates:
    """Return the state of every table, under a snapshot if one is given.

    Every row of the database is read; two sessions share the work.
    """
    names = _table_names(parameters, snapshot)
    with ThreadPoolExecutor(_PARALLEL) as workers:
        found = workers.map(lambda name: _state(parameters, snapshot, name), names)
        states = dict(zip(map(".".join, names), found, strict=True))
    return dict(sorted(states.items()))


def row_counts(parameters: Mapping[str, str]) -> dict[str, int]:
    """Return how many rows each table has now."""
    counts: dict[str, int] = {}
    with _snapshot(parameters, None) as cursor:
        for name in _table_names(parameters):
            cursor.execute(
                sql.SQL("select count(*) from {}").format(sql.Identifier(*name))
            )
            (counts[".".join(name)],) = cursor.fetchone() or (0,)
    return counts


def differences(expected: TableStates, found: TableStates) -> list[str]:
    """Say of each table that is not the same what differs."""
    lines = [f"{name}: missing" for name in sorted(expected.keys() - found.keys())]
    lines += [f"{name}: not expected" for name in sorted(found.keys() - expected)]
    for name in sorted(expected.keys() & found.keys()):
        then, now = expected[name], found[name]
        if then.rows != now.rows:
            lines.append(f"{name}: {now.rows} rows for {then.rows}")
        elif then.checksum != now.checksum:
            lines.append(f"{name}: other values")
        if then.keys != now.keys:
            lost = set(then.keys) ^ set(now.keys)
            lines.append(f"{name}: other keys ({'; '.join(sorted(lost))})")
    return lines


@contextlib.contextmanager
def _all_tables_locked(parameters: Mapping[str, str]) -> Iterator[None]:
    with (
        contextlib.closing(open_connection(parameters)) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(f"set lock_timeout = '{_LOCK_TIMEOUT}'")
        connection.commit()
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while in_use := _lock(cursor, _table_names(parameters)):
            connection.rollback()
            if time.monotonic() > deadline:
                raise BackupError(
                    f"{in_use} is being written to all the time. Take the backup when "
                    "the load has ended."
                )
            time.sleep(_POLL_SECONDS)
        yield


def _lock(cursor: extensions.cursor, names: list[tuple[str, str]]) -> str | None:
    """Lock tables against writing, all or none; return one that is in use.

    The logs come last and are waited for: decisions hold theirs at almost any moment,
    for milliseconds. Nothing else is, because who waits holding locks can be one half
    of a deadlock whose other half is a load.
    """
    for name in sorted(names, key=lambda name: name[0] == "ops"):
        waiting = "" if name[0] == "ops" else " nowait"
        statement = f"lock table only {{}} in share mode{waiting}"
        try:
            cursor.execute(sql.SQL(statement).format(sql.Identifier(*name)))
        except (errors.LockNotAvailable, errors.UndefinedTable):
            return ".".join(name)
    return None


def _keep_tables(cursor: extensions.cursor, names: list[tuple[str, str]]) -> None:
    """Keep tables from being dropped while the moment is read, as pg_dump does."""
    for name in names:
        cursor.execute(
            sql.SQL("lock table only {} in access share mode").format(
                sql.Identifier(*name)
            )
        )


def _export(cursor: extensions.cursor) -> str:
    cursor.execute("set transaction isolation level repeatable read")
    cursor.execute("select pg_export_snapshot()")
    (snapshot,) = cursor.fetchone() or ("",)
    return str(snapshot)


@contextlib.contextmanager
def _snapshot(
    parameters: Mapping[str, str], snapshot: str | None
) -> Iterator[extensions.cursor]:
    with (
        contextlib.closing(open_connection(parameters)) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("set transaction isolation level repeatable read, read only")
        if snapshot:
            cursor.execute("set transaction snapshot %s", [snapshot])
        yield cursor


def _table_names(
    parameters: Mapping[str, str], snapshot: str | None = None
) -> list[tuple[str, str]]:
    with _snapshot(parameters, snapshot) as cursor:
        cursor.execute(_TABLES)
        return cursor.fetchall()


def _state(
    parameters: Mapping[str, str], snapshot: str | None, name: tuple[str, str]
) -> TableState:
    with _snapshot(parameters, snapshot) as cursor:
        cursor.execute(_SESSION)
        table = sql.Identifier(*name)
        try:
            cursor.execute(sql.SQL(_STATE).format(table))
            rows, checksum = cursor.fetchone() or (0, "0")
            cursor.execute(_KEYS, [table.as_string(cursor)])
        except psycopg2.Error as error:
            raise BackupError(
                f"{'.'.join(name)} cannot be read: {error.diag.message_primary}"
            ) from error
        return TableState(
            rows=rows, checksum=checksum, keys=tuple(key for (key,) in cursor)
        )
