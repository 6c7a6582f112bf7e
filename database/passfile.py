"""Passwords in libpq's passfile format.

One line per server and role, `host:port:database:user:password`, in which a colon or
backslash inside a field is escaped with a backslash.
See https://www.postgresql.org/docs/current/libpq-pgpass.html.
"""

import contextlib
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
    path: Path, hosts: Iterable[str], port: int, passwords: Mapping[str, str]
) -> None:
    """Put passwords into a passfile that may hold those of other servers.

    The new lines come first, where libpq finds them before any older ones.
    """
    write_file(path, _with_passwords(path, hosts, port, passwords), 0o600)


def pending_path(path: Path) -> Path:
    """Return where new passwords wait until the server has them."""
    return path.with_name(f"{path.name}.pending")


def write_pending(
    path: Path, hosts: Iterable[str], port: int, passwords: Mapping[str, str]
) -> None:
    """Write beside a passfile what `add_passwords` would make of it."""
    text = _with_passwords(path, hosts, port, passwords)
    write_file(pending_path(path), text, 0o600)


def take_pending(path: Path) -> None:
    """Let the pending passfile take the place of the old one, if there is one."""
    with contextlib.suppress(FileNotFoundError):
        pending_path(path).replace(path)


def drop_pending(path: Path) -> None:
    """Remove the pending passfile, if there is one."""
    pending_path(path).unlink(missing_ok=True)


def pending_passwords(path: Path) -> dict[str, str]:
    """Return the passwords of a pending passfile that the present one has not."""
    present = read_passwords(path)
    return {
        role: password
        for role, password in read_passwords(pending_path(path)).items()
        if present.get(role) != password
    }


def _with_passwords(
    path: Path, hosts: Iterable[str], port: int, passwords: Mapping[str, str]
) -> str:
    others = path.read_text() if path.exists() else ""
    mine = _lines(hosts, port, passwords)
    replaced = {line.rpartition(":")[0] for line in mine.splitlines()}
    kept = "".join(
        f"{line}\n"
        for line in others.splitlines()
        if line.rpartition(":")[0] not in replaced
    )
    return mine + kept


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
