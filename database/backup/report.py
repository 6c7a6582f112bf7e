"""What the commands print of the backups."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from rich.table import Table

from database.backup.archiving import ArchiveStatus
from database.backup.drill import DrillResult
from database.backup.manifest import Backup
from database.backup.plan import Target, plan_for
from database.backup.vault import Vault
from database.errors import BackupError

_MIB = 2**20


def listing(vault: Vault, backups: Sequence[Backup]) -> Table:
    """Return the table of all backups, with the time to which each can be restored."""
    table = Table()
    for header in ("kind", "name", "MiB", "age", "read back", "restorable until"):
        table.add_column(header, overflow="fold")
    for backup in backups:
        manifest = backup.manifest
        verified = manifest.verified_at
        table.add_row(
            manifest.kind,
            backup.name,
            f"{manifest.size_bytes / _MIB:.1f}",
            _age(datetime.now(UTC) - manifest.finished_at),
            f"{verified:%Y-%m-%d %H:%M}" if verified else "never",
            _range(vault, backup),
        )
    return table


def status_lines(
    vault: Vault, backups: Sequence[Backup], archive: ArchiveStatus
) -> tuple[list[str], list[str]]:
    """Return what there is to say of backups and archive, and what is wrong."""
    said: list[str] = []
    wrong: list[str] = []
    if backups:
        last = backups[-1]
        age = _age(datetime.now(UTC) - last.manifest.finished_at)
        said.append(f"Last backup: {last.manifest.kind} {last.name}, {age} old")
    else:
        said.append(f"No backup in {vault.directory}")
    if archive.directory is None:
        said.append("The write-ahead log is archived from the first base backup on")
        return said, wrong
    last_time = (
        f"{archive.archived_at:%Y-%m-%dT%H:%M:%SZ}" if archive.archived_at else "never"
    )
    said.append(
        f"Write-ahead log to {archive.directory}: last file {last_time}, "
        f"{archive.waiting} waiting, {archive.failures} failures"
    )
    if archive.is_gone:
        wrong.append(f"The archive's folder {archive.directory} is gone.")
    if archive.is_failing:
        wrong.append(
            f"The write-ahead log does not reach the archive: {archive.waiting} files "
            "wait on the server's disk and fill it. The server's log says why; see "
            "docs/runbook.md."
        )
    return said, wrong


def drill_lines(result: DrillResult) -> list[str]:
    """Return what a drill has shown; the last line is the verdict."""
    tests = (
        "no dbt tests: nothing was built, or dbt is not installed"
        if result.dbt_tests is None
        else f"{result.dbt_tests} dbt tests passed"
    )
    return [
        f"Base backup and log: {result.base_seconds:.1f} s until it answered; "
        f"dump: {result.dump_seconds:.1f} s",
        f"{result.keys} keys and checks are there, in both",
        f"Had the server been lost: changes of the last {result.loss.seconds:.0f} s "
        f"are not in the archive; {result.loss.rows} rows are newer than the backup",
        f"restored, {result.tables} tables identical, {tests}",
    ]


def _age(age: timedelta) -> str:
    minutes = int(age.total_seconds() // 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} d"


def _range(vault: Vault, backup: Backup) -> str:
    if backup.manifest.kind == "dump":
        return "its moment"
    try:
        return f"{plan_for(vault, backup, Target()).reaches:%Y-%m-%dT%H:%M:%SZ}"
    except BackupError:
        return "the log has gaps"
