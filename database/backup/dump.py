"""One database as pg_dump writes it, and its restoration by pg_restore."""

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import psycopg2
from psycopg2 import extensions, sql

from database.backup.keys import BackupKey, reading_identity
from database.backup.manifest import Backup
from database.backup.streams import Sealed, seal, unsealed
from database.backup.tools import output_of, run_tool
from database.backup.trust import Keys
from database.binaries import Binaries
from database.bootstrap import bootstrap, create_database
from database.connection import open_connection
from database.errors import BackupError
from database.roles import LOGIN_ROLES, MAINTENANCE_DATABASE

_ZSTD_SINCE = 16


def take_dump(
    administrator: Mapping[str, str],
    binaries: Binaries,
    target: Path,
    key: BackupKey | None,
    snapshot: str | None,
) -> Sealed:
    """Stream a dump of a database, as it is under a snapshot, to a new file.

    Raises
    ------
    BackupError
        With pg_dump's message.
    """
    command: list[str | Path] = [
        binaries.tool("pg_dump"),
        "--format=custom",
        *_compression(binaries),
        "--no-password",
        *([f"--snapshot={snapshot}"] if snapshot else []),
    ]
    with output_of(command, administrator) as output:
        return seal(output, target, key, compress=False)


def verify_dump(backup: Backup, binaries: Binaries, key: BackupKey | None) -> None:
    """Read a dump whole, as a restore would.

    Raises
    ------
    BackupError
        When it is damaged.
    """
    _feed(
        [binaries.tool("pg_restore"), f"--file={os.devnull}"],
        {},
        backup,
        key,
    )


def restore_dump(
    administrator: Mapping[str, str],
    binaries: Binaries,
    backup: Backup,
    keys: Keys,
    target: str,
) -> None:
    """Restore a dump into a database that is absent or empty.

    All goes into a database of another name first, which takes the place of the target
    when it is complete. The dump is decrypted on the way and never lies on the disk.

    Parameters
    ----------
    administrator
        libpq keywords of a role that may create and drop databases.
    binaries
        PostgreSQL's programs.
    backup
        The dump.
    keys
        Which open it, and tell who wrote it.
    target
        Name of the database to make.

    Raises
    ------
    BackupError
        When the backup is damaged or not signed, the target is not empty or in use,
        or pg_restore fails. The target is as before.
    """
    keys.check(backup.manifest_path, backup.told)
    temporary = f"{target}_restoring"
    with _maintenance(administrator) as maintenance:
        _check_version(maintenance, binaries)
        _check_roles(maintenance)
        _check_replaceable(maintenance, administrator, target)
        _drop_database(maintenance, temporary)
        create_database(maintenance, temporary)
    try:
        parameters = {**administrator, "dbname": temporary}
        command: list[str | Path] = [
            binaries.tool("pg_restore"),
            "--exit-on-error",
            "--no-password",
            f"--dbname={temporary}",
        ]
        _feed(command, parameters, backup, keys.encryption)
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


def check_empty(administrator: Mapping[str, str]) -> None:
    """Check that a server has nothing that a restore would replace.

    Raises
    ------
    BackupError
        Naming the database that holds something, or is in use.
    """
    query = "select datname from pg_database where not datistemplate"
    with _maintenance(administrator) as maintenance:
        with maintenance.cursor() as cursor:
            cursor.execute(query)
            names = [name for (name,) in cursor if name != MAINTENANCE_DATABASE]
        for name in names:
            _check_replaceable(maintenance, administrator, name)


def _compression(binaries: Binaries) -> list[str]:
    return ["--compress=zstd"] if binaries.major >= _ZSTD_SINCE else []


def _feed(
    command: list[str | Path],
    parameters: Mapping[str, str],
    backup: Backup,
    key: BackupKey | None,
) -> None:
    reading_identity(key, backup.manifest.recipient)
    try:
        with unsealed(backup.path, key, backup.manifest.sha256) as stream:
            run_tool(command, parameters, stream)
    except OSError as error:
        raise BackupError(f"{backup.path}: {error.strerror}.") from error


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
