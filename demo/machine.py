"""What one machine keeps between runs: its database, and the scoring function's key."""

from __future__ import annotations

import os
import secrets
import subprocess
from pathlib import Path

from rich.console import Console

from demo.steps import python_module, run

ROOT = Path(__file__).resolve().parent.parent


def warehouse_directory() -> Path:
    """Return where the embedded server and this machine's secrets live."""
    return Path(os.environ.get("WAREHOUSE_DIR", ROOT / ".warehouse")).absolute()


def api_key(warehouse: Path) -> tuple[str, Path]:
    """Return the scoring function's key and its file, made at the first run."""
    path = warehouse / "scoring_api_key"
    if not path.exists():
        write_secret(path, secrets.token_urlsafe(32))
    return path.read_text(), path


def write_secret(path: Path, text: str) -> None:
    """Write a file that its owner alone can read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)


def database_is_running() -> bool:
    """Tell whether the database was up before the demo."""
    status = subprocess.run(
        python_module("database", "status"), capture_output=True, check=False
    )
    return status.returncode == 0


def end_database(console: Console, keep: bool) -> None:
    """Stop the database if this run started it to serve; else say that it runs."""
    if not database_is_running():
        return
    if keep:
        console.print(
            "The database is running; `python -m database stop` stops it.",
            highlight=False,
        )
    else:
        run(python_module("database", "stop"))
