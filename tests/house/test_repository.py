"""What may not be in the repository is not in it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from tests.running import ROOT

# Rows of the competition's tables would be the bank's clients' data.
LARGEST_FILE = 1 << 20


def tracked_files() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
    )
    return [name for name in listed.stdout.decode().split("\0") if name]


def test_locks_name_no_index() -> None:
    locks = [ROOT / "requirements.txt", *(ROOT / "requirements").iterdir()]
    naming = [
        lock.name
        for lock in locks
        if re.search(r"https?://|^-", lock.read_text(), re.MULTILINE)
    ]
    assert naming == []


def test_locks_hold_exact_versions_with_hashes() -> None:
    for lock in [ROOT / "requirements.txt", *(ROOT / "requirements").iterdir()]:
        entries = re.split(r"\n(?=\S)", lock.read_text().strip())
        loose = [e for e in entries if "==" not in e or "--hash=sha256:" not in e]
        assert loose == [], lock.name


def test_no_tracked_file_is_large_enough_to_hold_client_tables() -> None:
    large = [
        name
        for name in tracked_files()
        if (ROOT / name).exists() and (ROOT / name).stat().st_size > LARGEST_FILE
    ]
    assert large == []


def test_no_table_is_tracked_but_dbt_seeds() -> None:
    suspects = [
        name
        for name in tracked_files()
        if re.search(r"\.(csv|parquet|feather|pkl|dump)(\.gz)?$", name)
        and "seeds" not in Path(name).parts
    ]
    assert suspects == []
