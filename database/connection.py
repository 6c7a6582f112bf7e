"""Connections to the embedded server, or to the one that the environment names."""

import os
from collections.abc import Mapping
from pathlib import Path

import psycopg2
from psycopg2 import extensions
from psycopg2.extensions import make_dsn

from database.errors import ConfigurationError, ConnectionFailedError
from database.passfile import (
    drop_pending,
    pending_passwords,
    pending_path,
    read_passwords,
    take_pending,
)
from database.roles import ADMINISTRATOR, DEFAULT_DATABASE, LOGIN_ROLES
from database.settings import DatabaseSettings, read_settings
from database.warehouse import HOST, LOOPBACK_NAMES, Warehouse

# A server that vanished sends nothing that would end the wait: without these a program
# waits for hours. A refusal comes at once, whatever is set here.
NETWORK = {
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",
}

DEFAULT_SSLMODE = "verify-full"
"""libpq's own, `prefer`, takes any certificate, and plain text from who offers it."""

WRONG_PASSWORD = "password authentication failed"

_ENVIRONMENT_NAMES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "dbname": "PGDATABASE",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "passfile": "PGPASSFILE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
}


def connect(
    role: str, *, application_name: str | None = None, read_only: bool = False
) -> extensions.connection:
    """Open a connection under a role of the house.

    Parameters
    ----------
    role
        The role of the calling part, such as ``"loader"`` or ``"advisor"``.
    application_name
        Shown in ``pg_stat_activity`` and the log; the role's name by default.
    read_only
        Refuse every write in this connection, whatever the role may do.

    Returns
    -------
    psycopg2.extensions.connection
        Open, outside any transaction. The caller closes it.

    Raises
    ------
    ConfigurationError
        For a role that does not exist.
    ConnectionFailedError
        When the server is away or refuses the role.
    """
    parameters = {
        "application_name": application_name or f"credit-scoring {role}",
        **connection_parameters(role),
    }
    try:
        connection = open_connection(parameters)
    except ConnectionFailedError as error:
        if "Connection refused" in str(error) and is_embedded(read_settings()):
            raise ConnectionFailedError(
                f"{error} Run `python -m database start`."
            ) from error
        raise
    if read_only:
        connection.set_session(readonly=True)
    return connection


def connection_parameters(role: str) -> dict[str, str]:
    """Return the libpq keywords for a role, secrets kept in the passfile if they can.

    Without ``PGHOST``, or when it names the embedded server, they lead to the embedded
    server under `role`. Otherwise libpq's variables decide, ``PGUSER`` included.

    Raises
    ------
    ConfigurationError
        For an unknown role, or when the embedded server was never started.
    """
    settings = read_settings()
    if is_embedded(settings):
        return embedded_parameters(settings, role)
    return external_parameters(settings, role)


def administrator_parameters(
    settings: DatabaseSettings, database: str | None = None
) -> dict[str, str]:
    """Return the libpq keywords for whoever may make roles and databases.

    On an external server that is the user whom libpq's variables name.
    """
    if is_embedded(settings):
        return embedded_parameters(settings, ADMINISTRATOR, database)
    parameters = external_parameters(settings, None)
    return {**parameters, "dbname": database} if database else parameters


def is_embedded(settings: DatabaseSettings) -> bool:
    """Tell whether the settings lead to the embedded server.

    They do when ``PGHOST`` is unset, and also when it is what `python -m database env`
    printed: the loopback address with this warehouse's port or root certificate (the
    port alone may have changed since).
    """
    if settings.pghost is None:
        return True
    warehouse = Warehouse.at(settings.warehouse_dir)
    if settings.pghost not in LOOPBACK_NAMES:
        return False
    return (
        settings.pgport is not None and settings.pgport == warehouse.port()
    ) or settings.pgsslrootcert == str(warehouse.root_certificate)


def embedded_parameters(
    settings: DatabaseSettings, role: str, database: str | None = None
) -> dict[str, str]:
    """Return the libpq keywords for a role of the embedded server."""
    known = (*LOGIN_ROLES, ADMINISTRATOR)
    if role not in known:
        raise ConfigurationError(
            f"There is no role {role!r}. The roles are {', '.join(known)}."
        )
    warehouse = Warehouse.at(settings.warehouse_dir)
    port = warehouse.port()
    if port is None:
        raise ConfigurationError(
            f"No server was ever started in {warehouse.directory}. "
            "Run `python -m database start`, or set PGHOST to use another server."
        )
    default = settings.pgdatabase if settings.pghost else DEFAULT_DATABASE
    parameters = {
        "host": HOST,
        "port": str(port),
        "dbname": database or default,
        "user": role,
        "passfile": str(warehouse.passfile),
        "sslmode": "verify-full",
        "sslrootcert": str(warehouse.root_certificate),
    }
    settle_passwords({**parameters, "dbname": DEFAULT_DATABASE}, warehouse.passfile)
    if settings.pgpassword:
        # libpq prefers PGPASSWORD, meant for some other server, to the passfile.
        parameters["password"] = read_passwords(warehouse.passfile).get(role, "")
    return parameters


def external_parameters(settings: DatabaseSettings, role: str | None) -> dict[str, str]:
    """Return the libpq keywords that the environment gives, `role` its default user."""
    candidates = {
        "host": settings.pghost,
        "port": settings.pgport,
        "dbname": settings.pgdatabase,
        "user": settings.pguser or role,
        "password": settings.pgpassword and settings.pgpassword.get_secret_value(),
        "passfile": settings.pgpassfile,
        "sslmode": settings.pgsslmode or DEFAULT_SSLMODE,
        "sslrootcert": settings.pgsslrootcert,
    }
    return {
        keyword: os.fspath(value) if isinstance(value, Path) else str(value)
        for keyword, value in candidates.items()
        if value is not None
    }


def open_connection(parameters: Mapping[str, str]) -> extensions.connection:
    """Connect with libpq keywords, turning a refusal into this package's error.

    Raises
    ------
    ConnectionFailedError
        With libpq's reason and the address, never a password.
    """
    try:
        return psycopg2.connect(make_dsn(**{**NETWORK, **parameters}))
    except psycopg2.OperationalError as error:
        user = parameters.get("user", "the default user")
        host, port = parameters.get("host", "?"), parameters.get("port", "5432")
        lines = str(error).strip().splitlines()
        reason = " ".join(line.strip() for line in lines)
        raise ConnectionFailedError(
            f"Cannot connect to {host}:{port} as {user}: {reason}{_advice(reason)}"
        ) from error


def settle_passwords(
    parameters: Mapping[str, str], passfile: Path, *, is_alone: bool = False
) -> None:
    """Finish a rotation of passwords that was killed after the server took them.

    Parameters
    ----------
    parameters
        libpq keywords that lead to the warehouse's database.
    passfile
        The passfile, beside which the new one may still wait.
    is_alone
        No rotation can be under way: passwords that the server refuses are dropped.
    """
    if not pending_path(passfile).exists():
        return
    for role, password in pending_passwords(passfile).items():
        try:
            # A password given here goes before the passfile's.
            tried = {**parameters, "user": role, "password": password}
            open_connection(tried).close()
        except ConnectionFailedError as error:
            if is_alone and WRONG_PASSWORD in str(error):
                drop_pending(passfile)
            return
        break
    take_pending(passfile)


def _advice(reason: str) -> str:
    """Say what to set where libpq's reason is that it cannot trust the server."""
    if "root certificate file" in reason or "certificate verify failed" in reason:
        return (
            ". Set PGSSLROOTCERT to the certificate of the server's authority, or to "
            "`system` for those that the system trusts"
        )
    if "server does not support SSL" in reason:
        return (
            ". Give the server a certificate; only where the network itself is safe, "
            "set PGSSLMODE=disable"
        )
    return ""


def libpq_environment(parameters: Mapping[str, str]) -> dict[str, str]:
    """Return libpq keywords as the environment variables that mean the same."""
    return {
        name: parameters[keyword]
        for keyword, name in _ENVIRONMENT_NAMES.items()
        if keyword in parameters
    }
