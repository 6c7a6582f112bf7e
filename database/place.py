"""The folders of a warehouse, and where the server's part of it lies."""

import hashlib
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from database.account import Account
from database.binaries import STATE_DIRECTORY
from database.errors import ServerError
from database.process import find_server
from database.warehouse import Warehouse


def make_warehouse_directory(warehouse: Warehouse) -> None:
    """Make the warehouse folder, through which the server's user must pass."""
    directory = warehouse.directory
    if not directory.is_dir():
        directory.mkdir(mode=0o700, parents=True)
    status = directory.stat()
    if os.geteuid() == 0 and status.st_uid == 0:
        # What is secret inside is closed by its own mode.
        directory.chmod(status.st_mode | 0o011)


def make_server_directories(
    warehouse: Warehouse, account: Account, report: Callable[[str], None]
) -> None:
    """Make the folders of the server.

    They lie in the warehouse if the server's user can reach them there. If not (a
    checkout in root's home, say), they lie below `STATE_DIRECTORY`, and the warehouse
    holds a link to them.
    """
    warehouse.authority.mkdir(mode=0o700, exist_ok=True)
    if warehouse.server.is_symlink() and not warehouse.server.exists():
        report(f"{warehouse.server.readlink()} with the server's data is gone")
        warehouse.server.unlink()
    if not warehouse.server.exists():
        if account.can_enter(warehouse.directory):
            warehouse.server.mkdir()
        else:
            _place_elsewhere(warehouse, report)
    # The present user keeps these folders, so that the server's user cannot exchange
    # what is in them for links; only data and log belong to that user.
    passable = 0o711 if account.is_other else 0o700
    for path in (warehouse.server.resolve(), warehouse.tls):
        path.mkdir(exist_ok=True)
        path.chmod(passable)
    if not account.can_enter(warehouse.server.resolve()):
        raise ServerError(
            f"User {account.name}, who runs the server, cannot reach "
            f"{warehouse.server.resolve()}. Open the folders above it to that user "
            "again (chmod o+x), or move the server folder and leave a link to it."
        )
    account.make_directory(warehouse.log)
    link = warehouse.directory / "log"
    if not link.is_symlink():
        link.symlink_to(Path("server") / "log")


def _place_elsewhere(warehouse: Warehouse, report: Callable[[str], None]) -> None:
    path = os.fspath(warehouse.directory.resolve())
    place = STATE_DIRECTORY / hashlib.sha256(path.encode()).hexdigest()[:16]
    if place.exists():
        _set_aside(place, report)
    place.mkdir(parents=True)
    STATE_DIRECTORY.chmod(0o755)
    warehouse.server.symlink_to(place)
    report(f"The server's user cannot reach {path}: its data go to {place}")


def _set_aside(place: Path, report: Callable[[str], None]) -> None:
    """Keep what a deleted warehouse of the same path has left: data are never lost."""
    running = find_server(place / "data")
    if running:
        raise ServerError(
            f"A server of an earlier warehouse still runs on {place / 'data'} "
            f"(process {running.pid}). Stop it with: kill -INT {running.pid}"
        )
    aside = place.with_name(f"{place.name}-{datetime.now(UTC):%Y%m%dT%H%M%S}")
    place.rename(aside)
    report(f"Data of an earlier warehouse of this path are kept in {aside}")
