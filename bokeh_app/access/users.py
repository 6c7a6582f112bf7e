"""The users of the dashboard, kept under the database role `registrar`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime

import psycopg2
from psycopg2 import errors as pg_errors
from psycopg2 import extensions

from bokeh_app.access.passwords import hash_password
from bokeh_app.access.user import Role
from bokeh_app.errors import DashboardError
from database import connect
from database.roles import ADMINISTRATOR

LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,63}")

_INSERT = """
    insert into ops.dashboard_user (login, full_name, role_name, password_hash)
    values (%s, %s, %s, %s)
"""
_LIST = """
    select login, full_name, role_name, password_changed_at, disabled_at
    from ops.dashboard_user
    order by login
"""
_SET_PASSWORD = """
    update ops.dashboard_user
    set password_hash = %s, password_changed_at = now(), valid_from = now()
    where login = %s
"""
_SET_ROLE = """
    update ops.dashboard_user set role_name = %s, valid_from = now() where login = %s
"""
_DISABLE = """
    update ops.dashboard_user
    set disabled_at = coalesce(disabled_at, now()), valid_from = now()
    where login = %s
"""
_ENABLE = """
    update ops.dashboard_user set disabled_at = null, valid_from = now()
    where login = %s
"""


class UserError(DashboardError):
    """A user cannot be kept as asked; the message says why."""


@dataclass(frozen=True)
class KnownUser:
    """One line of the list of users."""

    login: str
    name: str
    role: Role
    password_changed_at: datetime
    disabled_at: datetime | None


class Users:
    """Adds and changes users over one open connection.

    Parameters
    ----------
    connection
        Of the role `registrar`.
    """

    def __init__(self, connection: extensions.connection) -> None:
        self._connection = connection

    def add(self, login: str, name: str, role: Role, password: str) -> None:
        """Let somebody sign in.

        Raises
        ------
        UserError, WeakPasswordError
        """
        if not LOGIN.fullmatch(login):
            raise UserError(
                f"{login!r} is no login: 2 to 64 small letters, digits, `.`, `_`, "
                "`@` or `-`, the first a letter or digit."
            )
        hashed = hash_password(password)
        try:
            self._run(_INSERT, login, name, role, hashed)
        except pg_errors.UniqueViolation:
            raise UserError(
                f"There is a user {login} already; `users password` gives them a new "
                "password, `users enable` lets them in again."
            ) from None
        except pg_errors.CheckViolation:
            raise UserError("A name has 1 to 100 characters.") from None

    def all(self) -> list[KnownUser]:
        """Return all users by login."""
        with self._connection, self._connection.cursor() as cursor:
            cursor.execute(_LIST)
            return [KnownUser(*row) for row in cursor]

    def set_password(self, login: str, password: str) -> None:
        """Give a new password; who is signed in with the old one is signed out."""
        self._change(login, _SET_PASSWORD, hash_password(password))

    def set_role(self, login: str, role: Role) -> None:
        """Make somebody advisor or manager; they sign in again."""
        self._change(login, _SET_ROLE, role)

    def disable(self, login: str) -> None:
        """Keep somebody out, and end where they are signed in."""
        self._change(login, _DISABLE)

    def enable(self, login: str) -> None:
        """Let somebody in again, with the password they had."""
        self._change(login, _ENABLE)

    def _change(self, login: str, statement: str, *values: str) -> None:
        if self._run(statement, *values, login) == 0:
            raise UserError(f"There is no user {login}; `users list` shows who is.")

    def _run(self, statement: str, *values: str) -> int:
        with self._connection, self._connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.rowcount


@contextmanager
def open_users() -> Iterator[Users]:
    """Open the list of users as the administrator, reduced to `registrar`'s rights.

    Raises
    ------
    DatabaseError
        If the database is away.
    UserError
        If it lacks the tables, or does not let this person keep users.
    """
    try:
        with closing(connect(ADMINISTRATOR)) as connection:
            with connection, connection.cursor() as cursor:
                cursor.execute("set role registrar")
            yield Users(connection)
    except (
        pg_errors.UndefinedTable,
        pg_errors.InvalidParameterValue,
        pg_errors.UndefinedObject,
    ):
        raise UserError(
            "The database has no dashboard users yet: run `python -m database start`, "
            "or `bootstrap` for the server that PGHOST names."
        ) from None
    except pg_errors.InsufficientPrivilege:
        raise UserError(
            "This database user may not keep users; its administrator says "
            "`grant registrar to …`."
        ) from None
    except psycopg2.OperationalError as error:
        raise UserError(f"The database went away: {type(error).__name__}.") from None
