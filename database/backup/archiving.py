"""The server's archiving of its write-ahead log: turning it on, looking at it."""

import contextlib
import hashlib
import json
import os
import shlex
import shutil
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from database.account import Account, server_account
from database.backup.signature import KEY_FILE
from database.backup.trust import Keys
from database.backup.vault import Vault
from database.binaries import STATE_DIRECTORY
from database.configuration import write_configuration
from database.connection import open_connection
from database.errors import BackupError
from database.files import write_file
from database.process import find_server
from database.settings import DatabaseSettings
from database.warehouse import Warehouse

PATIENCE_SECONDS = 120
"""How long a finished file of the log may need to reach the archive."""

_POLL_SECONDS = 0.05
_PACKAGES = ("pyrage", "zstandard")
_SETTINGS = "settings.json"
_PROBE = "probe"
_SIGNATURE = "signature.py"
_UNNEEDED = (
    "site-packages",
    "test",
    "ensurepip",
    "idlelib",
    "tkinter",
    "turtledemo",
    "lib2to3",
    "config-*",
    "*_cffi*",
)


@dataclass(frozen=True)
class ArchiveStatus:
    """How the archiving goes.

    Parameters
    ----------
    directory
        Where the log goes, None while there is no archive.
    waiting
        Finished files of the log that are not there yet.
    archived_at, failed_at
        Of the last success and the last failure, None if there was none.
    failures
        How often it failed since the server's statistics began.
    """

    directory: Path | None
    waiting: int
    archived_at: datetime | None
    failed_at: datetime | None
    failures: int

    @property
    def is_failing(self) -> bool:
        """Whether the last attempt failed, or the archive is gone."""
        if self.directory is None:
            return False
        if self.failed_at and (
            self.archived_at is None or self.failed_at > self.archived_at
        ):
            return True
        return self.is_gone

    @property
    def is_gone(self) -> bool:
        """Whether the archive's folder does not exist any more."""
        if self.directory is None:
            return False
        try:
            return not self.directory.is_dir()
        except PermissionError:
            return False


def turn_on(
    settings: DatabaseSettings,
    vault: Vault,
    keys: Keys,
    system_identifier: str,
    *,
    is_passing: bool = False,
) -> Path:
    """Let the running server archive its log in a vault, encrypted and signed.

    Called again it brings the program, the key and the place up to date.

    Parameters
    ----------
    settings
        Of the embedded server.
    vault
        Where the archive is to lie.
    keys
        The server gets the public half of the one that encrypts, and a key derived
        from the one that signs, for its log alone.
    system_identifier
        The server's, after which its archive is named.
    is_passing
        The archive will be taken away again: what comes afterwards is not missed.

    Returns
    -------
    Path
        The archive's folder.

    Raises
    ------
    BackupError
        When the server's user can neither reach nor write the place.
    """
    warehouse = Warehouse.at(settings.warehouse_dir)
    account = server_account(settings.warehouse_user, warehouse.data)
    directory = _make_archive(vault, account, system_identifier)
    program = warehouse.archiver
    shutil.rmtree(program.with_name(f"{program.name}.new"), ignore_errors=True)
    fresh = program.with_name(f"{program.name}.new")
    fresh.mkdir(mode=0o755)
    try:
        _copy_program(fresh)
        python = _reachable_python(account)
        described = {
            "directory": os.fspath(directory),
            "recipient": keys.encryption.public if keys.encryption else None,
            "is_passing": is_passing,
            "command": _command(python, program),
        }
        write_file(fresh / _SETTINGS, json.dumps(described), 0o644)
        if keys.signing:
            secret = keys.signing.of_log(system_identifier).secret.hex()
            write_file(fresh / KEY_FILE, secret, 0o600, account)
        command = _command(python, fresh)
        _archive(command, fresh / _SETTINGS, _PROBE, directory, account)
        for path in directory.glob(f"{_PROBE}.*"):
            path.unlink()
        # Of the server's past before this archive; without them a log that goes on
        # under another timeline would be left out of a restore, without a word.
        for history in sorted((warehouse.data / "pg_wal").glob("*.history")):
            _archive(command, history, history.name, directory, account)
        put_in_place(fresh, program)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    _reload(warehouse, account)
    return directory


def turn_off(settings: DatabaseSettings) -> None:
    """Let the server keep its log for itself again."""
    warehouse = Warehouse.at(settings.warehouse_dir)
    shutil.rmtree(warehouse.archiver, ignore_errors=True)
    if find_server(warehouse.data):
        _reload(warehouse, server_account(settings.warehouse_user, warehouse.data))


def archive_directory(warehouse: Warehouse) -> Path | None:
    """Return where the log goes, None while there is no archive."""
    described = _described(warehouse)
    return Path(described["directory"]) if described else None


def is_passing(warehouse: Warehouse) -> bool:
    """Tell whether the log goes to an archive that is to be taken away again."""
    described = _described(warehouse)
    return bool(described and described["is_passing"])


def archive_status(
    warehouse: Warehouse, administrator: Mapping[str, str]
) -> ArchiveStatus:
    """Look at the archiving of a running server."""
    query = """
        select
            (select count(*) from pg_ls_archive_statusdir() where name like '%.ready'),
            last_archived_time, last_failed_time, failed_count
        from pg_stat_archiver
    """
    with (
        contextlib.closing(open_connection(administrator)) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(query)
        waiting, archived_at, failed_at, failures = cursor.fetchone() or (0,) * 4
    return ArchiveStatus(
        archive_directory(warehouse), waiting, archived_at, failed_at, failures
    )


def finish_segment(administrator: Mapping[str, str], directory: Path, log: Path) -> str:
    """Close the present file of the log, and wait until the archive has it.

    Returns
    -------
    str
        The file's name.

    Raises
    ------
    BackupError
        When it does not come within `PATIENCE_SECONDS`.
    """
    with (
        contextlib.closing(open_connection(administrator)) as connection,
        connection.cursor() as cursor,
    ):
        connection.autocommit = True
        # At the first byte of a file there is nothing to close, and the one before
        # counts; from PostgreSQL 17 on that position would name the file it begins.
        cursor.execute("select pg_walfile_name(pg_switch_wal() - 1)")
        (name,) = cursor.fetchone() or ("",)
    description = directory / f"{name}.json"
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not description.exists():
        if time.monotonic() > deadline:
            raise BackupError(
                f"The server does not bring {name} into the archive {directory}: "
                "`python -m database status` tells since when, the log in "
                f"{log} why."
            )
        time.sleep(_POLL_SECONDS)
    return str(name)


def _described(warehouse: Warehouse) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(
            (warehouse.archiver / _SETTINGS).read_bytes()
        )
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found


def _make_archive(vault: Vault, account: Account, system_identifier: str) -> Path:
    """Make the server's folder in the vault, or a link to where its user can reach."""
    vault.make()
    if not vault.wal.exists():
        vault.wal.unlink(missing_ok=True)
        if account.can_enter(vault.directory):
            vault.wal.mkdir(mode=0o711)
        else:
            digest = hashlib.sha256(os.fsencode(vault.directory.resolve())).hexdigest()
            place = STATE_DIRECTORY / f"wal-{digest[:16]}"
            place.mkdir(mode=0o711, parents=True, exist_ok=True)
            STATE_DIRECTORY.chmod(0o755)
            vault.wal.symlink_to(place)
    directory = vault.wal.resolve() / system_identifier
    account.make_directory(directory)
    if account.is_other and directory.stat().st_uid != account.uid:
        os.chown(directory, account.uid, account.gid)
    return directory


def _copy_program(target: Path) -> None:
    source = Path(__file__).with_name("archiver.py")
    shutil.copyfile(source, target / source.name)
    house = target / "database/backup"
    house.mkdir(parents=True)
    for folder in (house, house.parent):
        (folder / "__init__.py").touch()
    shutil.copyfile(source.with_name(_SIGNATURE), house / _SIGNATURE)
    for package in _PACKAGES:
        found = find_spec(package)
        if found is None or found.origin is None:
            raise BackupError(f"The package {package} is not installed: `make setup`.")
        shutil.copytree(
            Path(found.origin).parent,
            target / package,
            ignore=shutil.ignore_patterns(*_UNNEEDED, "__pycache__"),
        )
    for path in [target, *target.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)


def _reachable_python(account: Account) -> Path:
    """Return a Python that the server's user can run, copied if that is needed."""
    python = Path(sys.executable).resolve()
    if account.can_enter(python.parent) and os.access(python, os.X_OK):
        return python
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    copy = STATE_DIRECTORY / f"python-{sys.version.split()[0]}"
    if not copy.is_dir():
        temporary = copy.with_name(f"{copy.name}.{os.getpid()}")
        prefix = Path(sys.base_prefix)
        try:
            STATE_DIRECTORY.mkdir(mode=0o755, parents=True, exist_ok=True)
            (temporary / "bin").mkdir(parents=True)
            shutil.copy2(python, temporary / "bin" / version)
            shutil.copytree(
                prefix / "lib" / version,
                temporary / "lib" / version,
                ignore=shutil.ignore_patterns(*_UNNEEDED),
            )
            for library in (prefix / "lib").glob(f"lib{version}*.so*"):
                shutil.copy2(library, temporary / "lib")
            temporary.chmod(0o755)
            temporary.rename(copy)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    return copy / "bin" / version


def _command(python: Path, program: Path) -> str:
    """Return the shell's words up to the names of the file."""
    words = [
        "env",
        f"LD_LIBRARY_PATH={python.parent.parent / 'lib'}",
        # Neither the user's settings nor site-packages: it starts in milliseconds.
        *(os.fspath(python), "-I", "-S", "-B"),
        os.fspath(program / "archiver.py"),
    ]
    return shlex.join(words)


def put_in_place(fresh: Path, program: Path) -> None:
    """Exchange the program; the settings stay and come last.

    Without them a start would stop archiving, and the log would have a gap. Whoever is
    killed in between leaves a program that fails, and files that wait.
    """
    program.mkdir(mode=0o755, exist_ok=True)
    for path in program.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != _SETTINGS:
            path.unlink()
    for path in fresh.iterdir():
        if path.name != _SETTINGS:
            path.rename(program / path.name)
    (fresh / _SETTINGS).replace(program / _SETTINGS)


def _archive(
    command: str, file: Path, name: str, directory: Path, account: Account
) -> None:
    """Archive a file as the server's user will."""
    words = [*shlex.split(command), os.fspath(file), name]
    result = account.run(words, {"PATH": "/usr/bin:/bin", "LC_ALL": "C"})
    if result.returncode != 0:
        raise BackupError(
            f"User {account.name}, who runs the server, cannot archive the "
            f"write-ahead log in {directory}: {result.stdout.strip()}"
        )


def _reload(warehouse: Warehouse, account: Account) -> None:
    running = find_server(warehouse.data)
    if running is None or running.port is None:
        raise BackupError("The server is not running: `python -m database start`.")
    write_configuration(warehouse, running.port, account)
    os.kill(running.pid, signal.SIGHUP)
