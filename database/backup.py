"""Backups by pg_dump, each with its checksum, and their restoration."""

import contextlib
import hashlib
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import psycopg2
from psycopg2 import extensions, sql

from database.binaries import Binaries
from database.bootstrap import bootstrap, create_database
from database.connection import libpq_environment, open_connection
from database.errors import BackupError
from database.roles import LOGIN_ROLES, MAINTENANCE_DATABASE

_CHUNK_BYTES = 1024 * 1024
_JOBS = 2
_ZSTD_SINCE = 16


def default_backup_path(directory: Path, database: str) -> Path:
    """Return the path of a backup made now."""
    return directory / f"{database}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.dump"


def checksum_path(backup: Path) -> Path:
    """Return the path of a backup's checksum, in the format of `sha256sum`."""
    return backup.with_name(f"{backup.name}.sha256")


def back_up(administrator: Mapping[str, str], binaries: Binaries, target: Path) -> int:
    """Write all of a database as it is at one moment, with a checksum beside it.

    The checksum comes last: a backup without one was interrupted.

    Parameters
    ----------
    administrator
        libpq keywords, naming the database.
    binaries
        PostgreSQL's programs.
    target
        A file that does not exist; readable by its owner alone.

    Returns
    -------
    int
        Size of the backup in bytes.

    Raises
    ------
    BackupError
        With pg_dump's message; nothing is left of the backup then.
    """
    if target.exists():
        raise BackupError(f"{target} exists already; name another file.")
    partial = target.with_name(f"{target.name}.partial")
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)
        os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        _run_tool(
            [
                os.fspath(binaries.tool("pg_dump")),
                "--format=custom",
                *_compression(binaries),
                "--no-password",
                f"--file={partial}",
            ],
            administrator,
        )
        digest = _sha256(partial)
        _synchronise(partial)
        partial.rename(target)
        checksum_path(target).write_text(f"{digest}  {target.name}\n")
    except OSError as error:
        raise BackupError(f"{error.filename or target}: {error.strerror}.") from error
    finally:
        partial.unlink(missing_ok=True)
    return target.stat().st_size


def verify_checksum(backup: Path) -> None:
    """Check a backup against the checksum beside it.

    Raises
    ------
    BackupError
        When either file is missing or they disagree.
    """
    try:
        expected = checksum_path(backup).read_text().split(maxsplit=1)[0]
        actual = _sha256(backup)
    except (OSError, IndexError) as error:
        raise BackupError(
            f"{backup} and its checksum {checksum_path(backup).name} must both be "
            f"readable: {error}"
        ) from error
    if actual != expected:
        raise BackupError(
            f"{backup} is damaged: its SHA-256 is {actual}, not {expected}. "
            "Nothing was restored; use another backup."
        )


def restore(
    administrator: Mapping[str, str],
    binaries: Binaries,
    backup: Path,
    target: str,
    report: Callable[[str], None] = print,
) -> None:
    """Restore a backup into a database that is absent or empty.

    All goes into a database of another name first, which takes the place of the target
    when it is complete.

    Parameters
    ----------
    administrator
        libpq keywords of a role that may create and drop databases.
    binaries
        PostgreSQL's programs.
    backup
        A file written by `back_up`, its checksum beside it.
    target
        Name of the database to make.
    report
        Called with a short line at each step.

    Raises
    ------
    BackupError
        When the backup is damaged, the target is not empty or in use, or pg_restore
        fails. The target is as before.
    """
    report(f"Checking {backup.name}")
    verify_checksum(backup)
    temporary = f"{target}_restoring"
    with _maintenance(administrator) as maintenance:
        _check_version(maintenance, binaries)
        _check_roles(maintenance)
        _check_replaceable(maintenance, administrator, target)
        _drop_database(maintenance, temporary)
        create_database(maintenance, temporary)
    try:
        report(f"Restoring into {target}")
        parameters = {**administrator, "dbname": temporary}
        _run_tool(
            [
                os.fspath(binaries.tool("pg_restore")),
                "--exit-on-error",
                "--no-password",
                f"--jobs={_JOBS}",
                f"--dbname={temporary}",
                os.fspath(backup.absolute()),
            ],
            parameters,
        )
        report("Roles, grants and statistics")
        bootstrap(administrator, temporary, lambda _connection, _created: {})
        _analyse(parameters)
        with _maintenance(administrator) as maintenance:
            _check_replaceable(maintenance, administrator, target)
            _drop_database(maintenance, target)
            _rename_database(maintenance, temporary, target)
    except BaseException:
        with _maintenance(administrator) as maintenance:
            _drop_database(maintenance, temporary)
        raise


def _compression(binaries: Binaries) -> list[str]:
    return ["--compress=zstd"] if binaries.major >= _ZSTD_SINCE else []


def _run_tool(command: list[str], parameters: Mapping[str, str]) -> None:
    """Run a client program; the connection goes by environment, not by command line."""
    result = subprocess.run(
        command,
        env={**os.environ, **libpq_environment(parameters)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        raise BackupError(f"{Path(command[0]).name} failed: {result.stderr.strip()}")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _synchronise(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


@contextlib.contextmanager
def _maintenance(administrator: Mapping[str, str]) -> Iterator[extensions.connection]:
    connection = open_connection({**administrator, "dbname": MAINTENANCE_DATABASE})
    try:
        connection.autocommit = True
        yield connection
    except psycopg2.Error as error:
        raise BackupError(error.diag.message_primary or str(error).strip()) from error
    finally:
        connection.close()


def _check_version(maintenance: extensions.connection, binaries: Binaries) -> None:
    major = maintenance.server_version // 10_000
    if binaries.major > major:
        raise BackupError(
            f"The server is PostgreSQL {major}, and pg_restore {binaries.version} "
            "writes what it may not understand. Set PG_BIN to the programs of "
            f"version {major}."
        )


def _check_roles(maintenance: extensions.connection) -> None:
    query = "select count(*) from pg_roles where rolname = any(%s)"
    with maintenance.cursor() as cursor:
        cursor.execute(query, [list(LOGIN_ROLES)])
        if cursor.fetchone() != (len(LOGIN_ROLES),):
            raise BackupError(
                "The server lacks the roles that own what is in the backup. "
                "Run `python -m database bootstrap` on it first."
            )


def _check_replaceable(
    maintenance: extensions.connection, administrator: Mapping[str, str], target: str
) -> None:
    with maintenance.cursor() as cursor:
        cursor.execute("select 1 from pg_database where datname = %s", [target])
        if cursor.fetchone() is None:
            return
        cursor.execute(
            "select count(*) from pg_stat_activity where datname = %s", [target]
        )
        (sessions,) = cursor.fetchone() or (0,)
    if sessions:
        raise BackupError(
            f"Database {target} is in use by {sessions} sessions. Stop the programs "
            "that use it, or restore with --into another name."
        )
    if not _is_empty({**administrator, "dbname": target}):
        raise BackupError(
            f"Database {target} is not empty, and a restore never replaces data. "
            "Restore with --into another name."
        )


def _is_empty(parameters: Mapping[str, str]) -> bool:
    """Tell whether a database holds no more than bootstrap made: empty logs."""
    query = """
        select n.nspname, c.relname
        from pg_class as c
        inner join pg_namespace as n on c.relnamespace = n.oid
        where c.relkind in ('r', 'p', 'm', 'v', 'f')
            and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'
    """
    connection = open_connection(parameters)
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute(query)
        relations = cursor.fetchall()
        if any(schema != "ops" for schema, _ in relations):
            return False
        for schema, name in relations:
            cursor.execute(
                sql.SQL("select exists (select from {})").format(
                    sql.Identifier(schema, name)
                )
            )
            if cursor.fetchone() == (True,):
                return False
    return True


def _drop_database(maintenance: extensions.connection, database: str) -> None:
    statement = sql.SQL("drop database if exists {}")
    with maintenance.cursor() as cursor:
        cursor.execute(statement.format(sql.Identifier(database)))


def _rename_database(maintenance: extensions.connection, old: str, new: str) -> None:
    statement = sql.SQL("alter database {} rename to {}")
    with maintenance.cursor() as cursor:
        cursor.execute(statement.format(sql.Identifier(old), sql.Identifier(new)))


def _analyse(parameters: Mapping[str, str]) -> None:
    connection = open_connection(parameters)
    with contextlib.closing(connection), connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute("analyze")
