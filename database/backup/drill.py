"""The drill: restore the last backup elsewhere, and prove that it is the database."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from database.backup.archiving import (
    archive_directory,
    archive_status,
    is_passing,
    turn_off,
)
from database.backup.dump import restore_dump
from database.backup.keys import new_key
from database.backup.manifest import Backup
from database.backup.plan import Target, plan_for
from database.backup.recovery import restore_moment
from database.backup.signature import SigningKey
from database.backup.tables import (
    TableStates,
    differences,
    row_counts,
    table_states,
)
from database.backup.taking import Order, Workshop, take_backup
from database.backup.trust import Keys
from database.connection import embedded_parameters, libpq_environment
from database.errors import BackupError, ServerError
from database.roles import ADMINISTRATOR, DEFAULT_DATABASE
from database.server import EmbeddedServer
from database.settings import BACKUP_SECRETS, REPOSITORY, DatabaseSettings

_SCRATCH = "drill-"
_HEART = "marts.dim_client"
"""Without it the database was never built, and has nothing that dbt could test."""

_FROM_DUMP = "from_dump"
_TAIL_CHARACTERS = 4000

Report = Callable[[str], None]


@dataclass(frozen=True)
class Loss:
    """What would be missing, had the server been lost when the drill began.

    Parameters
    ----------
    seconds
        Age of the last file in the archive of the write-ahead log.
    rows
        Rows that the tables have by now and had not at the backup's moment; the
        archive brings most of them back.
    """

    seconds: float
    rows: int


@dataclass(frozen=True)
class DrillResult:
    """What a drill has shown.

    Parameters
    ----------
    tables
        How many tables are identical, the same ones in both restores.
    keys
        How many constraints they carry.
    dbt_tests
        How many passed, None where dbt is not installed or nothing was built.
    base_seconds, dump_seconds
        How long each restore took, until the database answered.
    loss
        What would have been lost.
    """

    tables: int
    keys: int
    dbt_tests: int | None
    base_seconds: float
    dump_seconds: float
    loss: Loss


def run_drill(work: Workshop) -> DrillResult:
    """Restore the last backup into an empty server and compare it with its manifest.

    Where there is no backup yet, one is taken for the drill alone, with a key of its
    own, and goes with it.

    Raises
    ------
    BackupError
        When anything is not as it was.
    """
    _remove_interrupted(work)
    if not work.vault.bases() or not work.vault.dumps():
        with _passing_backups(work) as passing:
            return _drill(passing)
    return _drill(work)


@contextlib.contextmanager
def _passing_backups(work: Workshop) -> Iterator[Workshop]:
    if archive_directory(work.warehouse):
        raise BackupError(
            f"The server archives its log in {archive_directory(work.warehouse)}, but "
            f"{work.vault.directory} lacks a base backup or a dump. Does BACKUP_DIR "
            "name the right folder? `python -m database backup` takes both."
        )
    work.report("No backup yet: taking one for this drill, with keys of its own")
    with _scratch(work, "backups-") as folder:
        keys = Keys(new_key(), SigningKey.new())
        settings = work.settings.model_copy(update={"backup_dir": folder})
        passing = replace(work, settings=settings, keys=keys)
        try:
            take_backup(passing, Order(is_passing=True))
            yield passing
        finally:
            turn_off(work.settings)


def _drill(work: Workshop) -> DrillResult:
    base, dump = work.vault.bases()[-1], work.vault.dumps()[-1]
    loss = _loss(work, base)
    with _scratch(work, "server-") as folder:
        settings = work.settings.model_copy(
            update={
                "warehouse_dir": folder / "warehouse",
                "warehouse_port": None,
                "pghost": None,
                "pgpassword": None,
            }
        )
        began = time.monotonic()
        assert base.manifest.wal is not None
        point = Target(restore_point=base.manifest.wal.restore_point)
        plan = plan_for(work.vault, base, point)
        server = restore_moment(settings, plan, work.keys, work.report)
        try:
            base_seconds = time.monotonic() - began
            administrator = embedded_parameters(settings, ADMINISTRATOR)
            work.report("Comparing every table with the base backup's moment")
            _compare(base, table_states(administrator))
            began = time.monotonic()
            work.report(f"Restoring dump {dump.name}")
            restore_dump(administrator, work.binaries, dump, work.keys, _FROM_DUMP)
            dump_seconds = time.monotonic() - began
            work.report("Comparing every table with the dump's moment")
            _compare(dump, table_states({**administrator, "dbname": _FROM_DUMP}))
            passed = (
                _dbt_tests(settings, folder, work.report)
                if _HEART in base.manifest.tables
                else None
            )
        finally:
            server.remove()
    return DrillResult(
        tables=len(base.manifest.tables),
        keys=sum(len(state.keys) for state in base.manifest.tables.values()),
        dbt_tests=passed,
        base_seconds=base_seconds,
        dump_seconds=dump_seconds,
        loss=loss,
    )


def _remove_interrupted(work: Workshop) -> None:
    """Remove what a drill that was killed has left, its server first."""
    for folder in work.warehouse.directory.glob(f"{_SCRATCH}*"):
        settings = work.settings.model_copy(
            update={"warehouse_dir": folder / "warehouse"}
        )
        with contextlib.suppress(ServerError):
            EmbeddedServer(settings, work.report).remove()
        shutil.rmtree(folder, ignore_errors=True)
    if is_passing(work.warehouse):
        turn_off(work.settings)


def _loss(work: Workshop, base: Backup) -> Loss:
    status = archive_status(work.warehouse, work.administrator)
    now = row_counts(work.administrator)
    then = base.manifest.tables
    segments = work.vault.segments(base.manifest.system_identifier)
    last = max(
        (segment.written_at for segment in segments if segment.is_log),
        default=status.archived_at or base.manifest.finished_at,
    )
    rows = sum(
        max(0, count - (then[name].rows if name in then else 0))
        for name, count in now.items()
    )
    return Loss((datetime.now(UTC) - last).total_seconds(), rows)


def _compare(backup: Backup, found: TableStates) -> None:
    different = differences(backup.manifest.tables, found)
    if different:
        raise BackupError(
            f"{backup.name} does not restore to what it was taken from: "
            f"{'; '.join(different[:10])}"
        )


def _dbt_tests(settings: DatabaseSettings, folder: Path, report: Report) -> int | None:
    """Run the project's tests on the restored server; None where dbt is missing."""
    program = Path(sys.executable).with_name("dbt")
    project = REPOSITORY / "dbt_project"
    if not program.exists() or not project.is_dir():
        report("dbt is not installed here: its tests are not run")
        return None
    report("Running the dbt tests on it")
    parameters = embedded_parameters(settings, "transformer", DEFAULT_DATABASE)
    kept = {
        name: text
        for name, text in os.environ.items()
        if not name.startswith("PG") and name not in BACKUP_SECRETS
    }
    target = folder / "target"
    finished = subprocess.run(
        [
            *(program, "--quiet", "--no-use-colors", "test"),
            # Unit tests bring rows of their own: they tell nothing of a restore.
            "--exclude-resource-type=unit_test",
            *("--project-dir", project, "--profiles-dir", project),
            *("--target-path", target, "--log-path", folder / "logs"),
        ],
        env={
            **kept,
            **libpq_environment(parameters),
            "WAREHOUSE_DIR": os.fspath(settings.warehouse_dir),
        },
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode != 0:
        raise BackupError(
            "The dbt tests do not pass on the restored database:\n"
            f"{(finished.stdout + finished.stderr).strip()[-_TAIL_CHARACTERS:]}"
        )
    found = json.loads((target / "run_results.json").read_bytes())
    return sum(1 for result in found["results"] if result["status"] == "pass")


@contextlib.contextmanager
def _scratch(work: Workshop, name: str) -> Iterator[Path]:
    """Give a folder in the warehouse, which the server's user may pass through."""
    folder = Path(
        tempfile.mkdtemp(prefix=f"{_SCRATCH}{name}", dir=work.warehouse.directory)
    )
    try:
        folder.chmod(0o711)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
