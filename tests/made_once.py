"""What every process of the suite reads, made once by whichever comes first."""

from __future__ import annotations

import fcntl
from collections.abc import Callable
from pathlib import Path

from tests.running import must_run, run_dbt


def made_once(folder: Path, make: Callable[[Path], None]) -> Path:
    """Make a folder unless it is there; another process that makes it is awaited."""
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            unfinished = folder.with_suffix(".unfinished")
            make(unfinished)
            unfinished.rename(folder)
    return folder


def build_warehouse(sample: Path, folder: Path) -> None:
    """Load and build a sample without dbt's own tests, and stop the server.

    `test_idempotence` runs those tests, once for all.
    """
    environment = {"WAREHOUSE_DIR": str(folder / "warehouse")}
    folder.mkdir()
    must_run("database", "start", **environment)
    must_run("ingestion", "load", str(sample), **environment)
    untested = ("build", "--exclude-resource-type", "test", "unit_test")
    finished = run_dbt(*untested, **environment)
    assert finished.returncode == 0, finished.stdout[-8000:]
    must_run("database", "stop", **environment)
