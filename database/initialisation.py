"""A new data directory, and the administrator's password in an old one."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from database.account import Account
from database.binaries import Binaries
from database.errors import ServerError
from database.files import write_file
from database.logs import tail
from database.roles import ADMINISTRATOR, MAINTENANCE_DATABASE
from database.warehouse import Warehouse

OWN_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}
"""The server sees nothing of the caller's environment, PG variables least of all."""

_TEMPORARY = "data.initialising-"
_BUILTIN_LOCALES_SINCE = 17


def initialise(
    warehouse: Warehouse,
    binaries: Binaries,
    account: Account,
    password: str,
    report: Callable[[str], None],
) -> None:
    """Make the data directory with initdb, whole or not at all.

    It is made under another name and renamed, so that an interrupted initialisation
    is recognised, and done again.

    Raises
    ------
    ServerError
        With what initdb said.
    """
    server = warehouse.server.resolve()
    _remove_interrupted(server, report)
    temporary = server / f"{_TEMPORARY}{os.getpid()}"
    password_file = server / f"{temporary.name}.password"
    account.make_directory(temporary)
    write_file(password_file, f"{password}\n", 0o400, account)
    try:
        result = account.run(
            [
                binaries.tool("initdb"),
                f"--pgdata={temporary}",
                f"--username={ADMINISTRATOR}",
                f"--pwfile={password_file}",
                "--auth=scram-sha-256",
                "--data-checksums",
                "--encoding=UTF8",
                *_locale_options(binaries),
            ],
            OWN_ENVIRONMENT,
        )
    finally:
        password_file.unlink(missing_ok=True)
    if result.returncode != 0:
        shutil.rmtree(temporary, ignore_errors=True)
        raise ServerError(f"initdb failed in {server}:\n{tail(result.stdout)}")
    temporary.rename(warehouse.data)


def check_version(warehouse: Warehouse, binaries: Binaries) -> None:
    """Check that the data are of the programs' major version.

    Raises
    ------
    ServerError
        When they are not, or are no PostgreSQL data.
    """
    try:
        found = (warehouse.data / "PG_VERSION").read_text().strip()
    except FileNotFoundError as error:
        raise ServerError(
            f"{warehouse.data} holds no PostgreSQL data. Put its contents back, or "
            "move the folder away to begin anew."
        ) from error
    if found != str(binaries.major):
        raise ServerError(
            f"The data in {warehouse.data} were made by PostgreSQL {found}, but the "
            f"programs in {binaries.directory} are version {binaries.version}. Set "
            f"PG_BIN to the programs of version {found}, or restore a backup into a "
            "new warehouse."
        )


def reset_administrator(
    warehouse: Warehouse, binaries: Binaries, account: Account, password: str
) -> None:
    """Give the administrator a new password while the server is stopped.

    Raises
    ------
    ServerError
        When PostgreSQL's single-user mode refuses.
    """
    statement = f"alter role {ADMINISTRATOR} password '{password}'\n"
    result = account.run(
        [
            binaries.tool("postgres"),
            "--single",
            "-D",
            warehouse.data,
            MAINTENANCE_DATABASE,
        ],
        OWN_ENVIRONMENT,
        text=statement,
    )
    if result.returncode != 0 or "ERROR" in result.stdout:
        raise ServerError(
            f"The administrator's password in {warehouse.data} could not be renewed."
        )


def _remove_interrupted(server: Path, report: Callable[[str], None]) -> None:
    """Remove what an interrupted initdb has left; one still dying may resist."""
    for path in server.glob(f"{_TEMPORARY}*"):
        if path.is_dir():
            report("Removing an initialisation that was interrupted")
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink()


def _locale_options(binaries: Binaries) -> list[str]:
    """Sort by code point, the same on every machine; know all letters where one can."""
    if binaries.major >= _BUILTIN_LOCALES_SINCE:
        return ["--locale-provider=builtin", "--locale=C.UTF-8", "--lc-messages=C"]
    return ["--locale=C"]
