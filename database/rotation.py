"""New passwords, with no moment in which the passfile or the server is without one.

The new passfile is written beside the old one, then the server takes the passwords in
one transaction, then the new file takes the old one's place. Whoever is killed in
between leaves the new file behind: what it is worth is found out by trying it.
"""

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg2
from psycopg2 import extensions

from database.bootstrap import set_password
from database.connection import open_connection, settle_passwords
from database.errors import BootstrapError, ConfigurationError
from database.passfile import drop_pending, new_password, take_pending, write_pending

_SESSIONS = """
    select usename, application_name, count(*)
    from pg_stat_activity
    where usename = any(%s) and pid <> pg_backend_pid()
    group by usename, application_name
    order by usename, application_name
"""


@dataclass(frozen=True)
class OpenSessions:
    """Sessions that one program opened with a password of before.

    Parameters
    ----------
    role, program
        Its role, and the name it gave itself.
    count
        How many there are.
    """

    role: str
    program: str
    count: int


def chosen_roles(wanted: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """Return the roles to rotate, all known ones when none is named.

    Raises
    ------
    ConfigurationError
        Naming a role that is not known.
    """
    unknown = [role for role in wanted if role not in known]
    if unknown:
        raise ConfigurationError(
            f"There is no role {unknown[0]!r} to rotate here. "
            f"The roles are {', '.join(known)}."
        )
    return tuple(role for role in known if not wanted or role in wanted)


def rotate(
    administrator: Mapping[str, str],
    roles: Iterable[str],
    passfile: Path,
    hosts: Iterable[str],
) -> list[OpenSessions]:
    """Give roles new passwords.

    Parameters
    ----------
    administrator
        libpq keywords of a role that may change the others' passwords, leading to
        the warehouse's database.
    roles
        The roles.
    passfile
        Where the passwords are kept; other lines in it stay.
    hosts
        Every name by which clients reach the server.

    Returns
    -------
    list of OpenSessions
        What is still connected: a new password ends no session.

    Raises
    ------
    BootstrapError
        When the server refuses: the old passwords hold. Also when it goes away in
        the middle: the next command finds out which passwords hold.
    """
    settle_passwords(administrator, passfile, is_alone=True)
    passwords = {role: new_password() for role in roles}
    with contextlib.closing(open_connection(administrator)) as connection:
        write_pending(passfile, hosts, connection.info.port, passwords)
        try:
            with connection:
                for role, password in passwords.items():
                    set_password(connection, role, password)
        except psycopg2.OperationalError as error:
            raise BootstrapError(
                "The server went away in the middle. Run the command again when it "
                "is back."
            ) from error
        except psycopg2.Error as error:
            drop_pending(passfile)
            raise BootstrapError(
                "The server refused the new passwords, the old ones hold: "
                f"{error.diag.message_primary or str(error).strip()}"
            ) from error
        take_pending(passfile)
        return _open_sessions(connection, list(passwords))


def _open_sessions(
    connection: extensions.connection, roles: list[str]
) -> list[OpenSessions]:
    with connection.cursor() as cursor:
        cursor.execute(_SESSIONS, [roles])
        return [OpenSessions(*row) for row in cursor]
