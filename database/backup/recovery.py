"""A point in time, restored from a base backup and the log that followed it."""

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from database import logs, ports
from database.account import Account, server_account
from database.backup.archiving import turn_off
from database.backup.base import unpack_base
from database.backup.dump import check_empty
from database.backup.keys import BackupKey, reading_identity
from database.backup.plan import Plan, Target
from database.backup.streams import synchronise, unseal
from database.backup.trust import Keys
from database.backup.vault import Segment
from database.binaries import Binaries, find_binaries, reachable_binaries
from database.certificates import ensure_certificates
from database.configuration import access_rules, server_configuration
from database.connection import embedded_parameters
from database.errors import BackupError, ServerError
from database.files import write_file
from database.initialisation import OWN_ENVIRONMENT, reset_administrator
from database.lock import locked
from database.passfile import new_password, read_passwords, write_passwords
from database.place import make_server_directories, make_warehouse_directory
from database.process import READY, end_orphans, find_server
from database.roles import ADMINISTRATOR
from database.server import EmbeddedServer
from database.settings import DatabaseSettings
from database.warehouse import LOOPBACK_NAMES, Warehouse

_RESTORING = "data.restoring"
_REPLACED = "data.replaced"
_POLL_SECONDS = 0.05
_TIMEOUT_SECONDS = 24 * 3600
_ENDED_EARLY = "recovery ended before configured recovery target was reached"

Report = Callable[[str], None]


def restore_moment(
    settings: DatabaseSettings, plan: Plan, keys: Keys, report: Report
) -> EmbeddedServer:
    """Restore a moment into a warehouse that is absent or empty, and start its server.

    The data are made complete under another name; only then do they take their place.

    Parameters
    ----------
    settings
        They name the warehouse.
    plan
        What to read.
    keys
        Which open it, and tell who wrote it.
    report
        Called with a short line at each step.

    Raises
    ------
    BackupError
        When the warehouse holds data, a file is damaged or not signed, or PostgreSQL
        cannot get to the moment. The warehouse is as before.
    """
    check_signatures(plan, keys)
    reading_identity(keys.encryption, plan.base.manifest.recipient)
    server = EmbeddedServer(settings, report)
    warehouse = server.warehouse
    _check_absent_or_empty(settings, server)
    make_warehouse_directory(warehouse)
    with locked(warehouse.lock, report):
        account = server_account(settings.warehouse_user, warehouse.data)
        binaries = reachable_binaries(find_binaries(settings.pg_bin), account)
        _check_major(plan, binaries)
        make_server_directories(warehouse, account, report)
        ensure_certificates(warehouse, account)
        data = warehouse.server.resolve() / _RESTORING
        _remove_interrupted(data)
        try:
            account.make_directory(data)
            fill(data, plan, keys.encryption, account, report)
            recovery = _Recovery(warehouse, data, binaries, account)
            _recover(recovery, plan.target, report)
            _put_in_place(warehouse, data)
        finally:
            shutil.rmtree(data, ignore_errors=True)
        _renew_administrator(warehouse, binaries, account)
    turn_off(settings)
    server.start()
    return server


def check_signatures(plan: Plan, keys: Keys) -> None:
    """Check who wrote what a plan names, before any of it is unpacked.

    Raises
    ------
    DatabaseError
        As `Keys.check`.
    """
    keys.check(plan.base.manifest_path, plan.base.told)
    for segment in plan.segments:
        keys.check_log(
            plan.base.manifest.system_identifier, segment.description, segment.told
        )


def _check_absent_or_empty(settings: DatabaseSettings, server: EmbeddedServer) -> None:
    if not server.warehouse.data.exists():
        return
    if not server.status().is_running:
        server.start()
    try:
        check_empty(embedded_parameters(settings, ADMINISTRATOR))
    except BackupError as error:
        raise BackupError(
            f"The warehouse {server.warehouse.directory} holds data, and a restore "
            f"never replaces any: {error} Name a new folder with --into."
        ) from error
    server.stop()


def _remove_interrupted(data: Path) -> None:
    running = find_server(data)
    if running:
        raise BackupError(
            f"A restore that was interrupted still runs on {data} (process "
            f"{running.pid}). Stop it with: kill -INT {running.pid}"
        )
    shutil.rmtree(data, ignore_errors=True)


def _check_major(plan: Plan, binaries: Binaries) -> None:
    version = plan.base.manifest.server_version
    if version.split(".")[0] != str(binaries.major):
        raise BackupError(
            f"The base backup is of PostgreSQL {version}, and the programs in "
            f"{binaries.directory} are version {binaries.version}. Set PG_BIN to those "
            f"of version {version.split('.')[0]}, or restore the dump."
        )


def fill(
    data: Path, plan: Plan, key: BackupKey | None, account: Account, report: Report
) -> None:
    """Unpack what a plan names into an empty folder.

    Raises
    ------
    BackupError
        When a file is damaged, or the disk is full.
    """
    report(f"Unpacking base backup {plan.base.name}")
    unpack_base(plan.base, key, data, account)
    report(f"Unpacking {len(plan.segments)} files of the write-ahead log")
    for segment in plan.segments:
        try:
            _unpack_segment(segment, data / "pg_wal", key, account)
        except OSError as error:
            raise BackupError(
                f"{segment.path} cannot be unpacked into {data / 'pg_wal'}: "
                f"{error.strerror}. The {len(plan.segments)} files of the log need "
                f"{plan.log_bytes / 2**20:.0f} MiB there."
            ) from error


def _unpack_segment(
    segment: Segment, folder: Path, key: BackupKey | None, account: Account
) -> None:
    target = folder / segment.name
    target.unlink(missing_ok=True)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        unseal(segment.path, file, key, segment.sha256)
        file.flush()
        if account.is_other:
            os.fchown(file.fileno(), account.uid, account.gid)
        os.fsync(file.fileno())


@dataclass(frozen=True)
class _Recovery:
    """PostgreSQL replaying the log on data that are not yet in their place."""

    warehouse: Warehouse
    data: Path
    binaries: Binaries
    account: Account

    def run(self, target: Target) -> str | None:
        """Replay up to a target and stop; return the log's text if that failed."""
        port = ports.free_port()
        configuration = server_configuration(self.warehouse, port) + _goal(target)
        self._write("postgresql.conf", configuration)
        self._write("pg_hba.conf", access_rules())
        self._write("recovery.signal", "")
        before = logs.mark(self.warehouse.log)
        try:
            self._control("start", f"--log={self.warehouse.log / 'startup.log'}")
            is_done = self._replayed()
        except BaseException:
            # The server is no child of ours and would go on on data that are removed.
            self._control("stop", "--mode=immediate")
            raise
        is_stopped = not is_done or self._control("stop", "--mode=fast")
        # A startup that fails leaves processes that hold the data, and the one that
        # writes the log, for a moment longer.
        end_orphans(self.data)
        if not is_done:
            return logs.written_since(self.warehouse.log, before)
        if not is_stopped:
            raise ServerError(f"The restored server in {self.data} does not stop.")
        return None

    def _replayed(self) -> bool:
        """Wait until the log has been replayed, however long; False if that failed.

        pg_ctl returns when the replay has begun.
        """
        while running := find_server(self.data):
            if running.state == READY:
                return True
            time.sleep(_POLL_SECONDS)
        return False

    def _control(self, action: str, option: str) -> bool:
        result = self.account.run(
            [
                self.binaries.tool("pg_ctl"),
                action,
                "--silent",
                "--wait",
                f"--timeout={_TIMEOUT_SECONDS}",
                f"--pgdata={self.data}",
                option,
            ],
            OWN_ENVIRONMENT,
        )
        return result.returncode == 0

    def _write(self, name: str, text: str) -> None:
        write_file(self.data / name, text, 0o600, self.account)


def _recover(recovery: _Recovery, target: Target, report: Report) -> None:
    report("Replaying the write-ahead log")
    fault = recovery.run(target)
    if fault and _ENDED_EARLY in fault and target.time:
        # Nothing was committed after the target, which the archive is known to reach:
        # so the end of the log is the moment.
        fault = recovery.run(Target())
    if fault:
        raise BackupError(
            "PostgreSQL cannot replay the write-ahead log to the moment:\n"
            f"{logs.tail(fault)}"
        )


def _goal(target: Target) -> str:
    lines = [
        "archive_mode = off",
        # All that is needed lies in pg_wal already.
        "restore_command = '/bin/false'",
        # Then only a server that has replayed the log is ready.
        "hot_standby = off",
        "recovery_target_action = promote",
    ]
    if target.restore_point:
        lines.append(f"recovery_target_name = '{target.restore_point}'")
    elif target.time:
        time = target.time.astimezone(UTC)
        lines.append(f"recovery_target_time = '{time:%Y-%m-%d %H:%M:%S.%f+00}'")
    return "\n".join(lines) + "\n"


def _put_in_place(warehouse: Warehouse, data: Path) -> None:
    replaced = warehouse.data.with_name(_REPLACED)
    shutil.rmtree(replaced, ignore_errors=True)
    if warehouse.data.exists():
        if find_server(warehouse.data):
            raise BackupError(f"A server was started on {warehouse.data} meanwhile.")
        warehouse.data.rename(replaced)
    data.rename(warehouse.data)
    synchronise(warehouse.data.parent)
    shutil.rmtree(replaced, ignore_errors=True)


def _renew_administrator(
    warehouse: Warehouse, binaries: Binaries, account: Account
) -> None:
    """Make the passfile's word the server's: the backup may come from elsewhere."""
    passwords = read_passwords(warehouse.passfile)
    passwords.setdefault(ADMINISTRATOR, new_password())
    write_passwords(
        warehouse.passfile, LOOPBACK_NAMES, warehouse.port() or 0, passwords
    )
    reset_administrator(warehouse, binaries, account, passwords[ADMINISTRATOR])
