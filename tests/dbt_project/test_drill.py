"""The drill restores the built warehouse, with nothing set up, and proves it."""

import re
from pathlib import Path

from tests.running import must_run, run_module


def test_the_drill_restores_the_built_warehouse_whole(built_warehouse: Path) -> None:
    said = must_run("database", "drill", BACKUP_KEY="", BACKUP_DIR="")
    assert re.search(
        r"restored, [1-9]\d+ tables identical, [1-9]\d+ dbt tests passed$", said.strip()
    )
    assert re.search(r"[1-9]\d+ keys and checks are there, in both", said)
    # It leaves the warehouse as it was: no archive, no backup, no second server.
    assert not list(built_warehouse.glob("drill-*"))
    assert not built_warehouse.with_name(f"{built_warehouse.name}-backups").exists()
    assert not (built_warehouse / "server/archiver").exists()
    status = run_module("database", "status")
    assert "No backup in" in status.stdout
    assert status.stderr == ""
