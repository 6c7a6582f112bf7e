"""Passwords in libpq's passfile format.

One line per server and role, `host:port:database:user:password`, in which a colon or
backslash inside a field is escaped with a backslash.
See https://www.postgresql.org/docs/current/libpq-pgpass.html.
"""

import re
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path

from database.errors import ConfigurationError
from database.files import write_file

_FIELD = re.compile(r"((?:[^:\\]|\\.)*)(?::|$)")
_FIELD_COUNT = 5


def new_password() -> str:
    """Return a random password of 256 bits."""
    return secrets.token_urlsafe(32)


def read_passwords(path: Path) -> dict[str, str]:
    """Return the password of each user in a passfile, the first line winning.

    Raises
    ------
    ConfigurationError
        When the file exists and cannot be read by the present user.
    """
    try:
        lines = path.read_text().splitlines()
    except FileNotFoundError:
        return {}
    except PermissionError as error:
        raise ConfigurationError(
            f"{path} belongs to another user and cannot be read. Run the command as "
            "the user who started the warehouse, or name another WAREHOUSE_DIR."
        ) from error
    passwords: dict[str, str] = {}
    for line in lines:
        fields = _split(line)
        if len(fields) == _FIELD_COUNT and not line.startswith("#"):
            passwords.setdefault(fields[3], fields[4])
    return passwords


def write_passwords(
    path: Path, hosts: Iterable[str], port: int, passwords: Mapping[str, str]
) -> None:
    """Replace a passfile whole, readable by its owner alone.

    Parameters
    ----------
    path
        The file to write.
    hosts
        Every name by which clients reach the server.
    port
        The server's port.
    passwords
        Password of each user, valid for all databases of the server.
    """
    write_file(path, _lines(hosts, port, passwords), 0o600)


def add_passwords(
    path: Path, host: str, port: int, passwords: Mapping[str, str]
) -> None:
    """Put passwords into a passfile that may hold those of other servers.

    The new lines come first, where libpq finds them before any older ones.
    """
    others = path.read_text() if path.exists() else ""
    mine = _lines([host], port, passwords)
    replaced = {line.rpartition(":")[0] for line in mine.splitlines()}
    kept = "".join(
        f"{line}\n"
        for line in others.splitlines()
        if line.rpartition(":")[0] not in replaced
    )
    write_file(path, mine + kept, 0o600)


def _lines(hosts: Iterable[str], port: int, passwords: Mapping[str, str]) -> str:
    return "".join(
        f"{_escape(host)}:{port}:*:{_escape(user)}:{_escape(password)}\n"
        for user, password in passwords.items()
        for host in hosts
    )


def _split(line: str) -> list[str]:
    fields: list[str] = []
    position = 0
    while position <= len(line):
        match = _FIELD.match(line, position)
        if match is None:
            return []
        fields.append(re.sub(r"\\(.)", r"\1", match[1]))
        if match.end(1) == len(line):
            break
        position = match.end()
    return fields


def _escape(field: str) -> str:
    return re.sub(r"([:\\])", r"\\\1", field)
