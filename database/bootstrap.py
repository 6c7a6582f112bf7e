"""Roles, schemas, grants and logs, made by SQL that may run any number of times."""

import contextlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import psycopg2
from psycopg2 import extensions, sql
from psycopg2.extensions import encrypt_password

from database.connection import open_connection
from database.errors import BootstrapError
from database.passfile import add_passwords, new_password
from database.roles import LOGIN_ROLES, MAINTENANCE_DATABASE

SCRIPTS = tuple(
    Path(__file__).parent / "sql" / f"{name}.sql"
    for name in (
        "010_roles",
        "020_schemas",
        "030_load_log",
        "031_append",
        "035_build_log",
        "040_decision_log",
        "043_client_score",
        "044_feature_list",
        "045_decision_chain",
        "046_idempotent_call",
        "047_decision_review",
        "048_decision_log_by_time",
        "049_dashboard_access",
        "050_grants",
        "055_decision_days",
        "060_signals",
    )
)
"""All of them are needed; one that is absent from a checkout is an error."""

# Any number, the same in every run: two runs at once wait for each other.
_LOCK_KEY = 7_236_114_902


def bootstrap(
    administrator: Mapping[str, str],
    database: str,
    choose_passwords: Callable[
        [extensions.connection, Iterable[str]], Mapping[str, str]
    ],
) -> None:
    """Make the database with its roles, schemas, grants and logs, or bring it up.

    Parameters
    ----------
    administrator
        libpq keywords of a role that may create roles and databases.
    database
        The database's name.
    choose_passwords
        Called with the connection and the login roles that this run created; returns
        the roles whose password is to be set, with the password. It must have kept
        them safely when it returns: they are committed afterwards.

    Raises
    ------
    BootstrapError
        With the server's message; nothing is changed then. Also when a script is
        missing or empty.
    """
    scripts = _read_scripts()
    _ensure_database(administrator, database)
    connection = open_connection({**administrator, "dbname": database})
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK_KEY])
            existing = login_roles(connection)
            for script in scripts:
                cursor.execute(script)
            created = [role for role in LOGIN_ROLES if role not in existing]
            for role, password in choose_passwords(connection, created).items():
                set_password(connection, role, password)
    except psycopg2.Error as error:
        raise BootstrapError(
            f"Roles and schemas could not be made in {database}: {_message(error)}"
        ) from error
    finally:
        connection.close()


def roles_without_password(connection: extensions.connection) -> set[str]:
    """Return the login roles that cannot log in yet, as far as the caller may know.

    Only a superuser may look; for others the answer is empty.
    """
    query = "select rolname from pg_authid where rolpassword is null"
    with connection.cursor() as cursor:
        cursor.execute("select has_table_privilege('pg_authid', 'select')")
        if cursor.fetchone() != (True,):
            return set()
        cursor.execute(f"{query} and rolname = any(%s)", [list(LOGIN_ROLES)])
        return {name for (name,) in cursor}


def bootstrap_external(
    administrator: Mapping[str, str], database: str, passfile: Path
) -> tuple[str, ...]:
    """Bootstrap a server that others run, keeping new passwords in a passfile.

    Parameters
    ----------
    administrator
        libpq keywords of a role that may create roles and databases.
    database
        The database's name.
    passfile
        Where to write passwords, in libpq's format; lines for other servers stay.

    Returns
    -------
    tuple of str
        The roles that were given a password, because they had none.
    """
    given: dict[str, str] = {}

    def for_new_roles(
        connection: extensions.connection, created: Iterable[str]
    ) -> Mapping[str, str]:
        lacking = {*created, *roles_without_password(connection)}
        given.update({role: new_password() for role in LOGIN_ROLES if role in lacking})
        if given:
            info = connection.info
            add_passwords(passfile, [info.host or "localhost"], info.port, given)
        return given

    bootstrap(administrator, database, for_new_roles)
    return tuple(given)


def login_roles(connection: extensions.connection) -> set[str]:
    """Return the house's login roles that the server has."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select rolname from pg_roles where rolname = any(%s)", [list(LOGIN_ROLES)]
        )
        return {name for (name,) in cursor}


def set_password(connection: extensions.connection, role: str, password: str) -> None:
    """Set a password, sending only its SCRAM verifier to the server."""
    verifier = encrypt_password(password, role, connection, "scram-sha-256")
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("alter role {} password {}").format(
                sql.Identifier(role), sql.Literal(verifier)
            )
        )


def _read_scripts() -> list[str]:
    """Read all scripts before anything is done, so that half of them is never run."""
    try:
        texts = [script.read_text() for script in SCRIPTS]
    except OSError as error:
        raise BootstrapError(
            f"{error.filename} cannot be read: {error.strerror}. Is the checkout "
            "complete?"
        ) from error
    empty = [str(path) for path, text in zip(SCRIPTS, texts, strict=True) if not text]
    if empty:
        raise BootstrapError(f"{', '.join(empty)} is empty. Is the checkout complete?")
    return texts


def _ensure_database(administrator: Mapping[str, str], database: str) -> None:
    connection = open_connection({**administrator, "dbname": MAINTENANCE_DATABASE})
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("select 1 from pg_database where datname = %s", [database])
            if cursor.fetchone() is None:
                create_database(connection, database)
    except psycopg2.Error as error:
        raise BootstrapError(
            f"Database {database} could not be created: {_message(error)}"
        ) from error
    finally:
        connection.close()


def create_database(connection: extensions.connection, database: str) -> None:
    """Create an empty database in UTF-8; the connection is in autocommit."""
    name = sql.Identifier(database)
    statement = "create database {} template template0 encoding 'UTF8'"
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(name))
        # Before anything is in it: everybody may connect to a new database.
        cursor.execute(sql.SQL("revoke all on database {} from public").format(name))


def close_other_databases(administrator: Mapping[str, str]) -> None:
    """Take from everybody the right to connect to what PostgreSQL itself has made.

    For a server that is the house's own; on another one others may need them.
    """
    connection = open_connection({**administrator, "dbname": MAINTENANCE_DATABASE})
    with contextlib.closing(connection), connection, connection.cursor() as cursor:
        cursor.execute("revoke all on database postgres, template1 from public")


def _message(error: psycopg2.Error) -> str:
    return error.diag.message_primary or str(error).strip()
