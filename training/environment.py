"""Where and with what a run was made."""

import os
import platform
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path
from typing import Any


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0))


def environment() -> dict[str, Any]:
    """Return the machine's kind and every installed package with its version."""
    return {
        "python": sys.version.split()[0],
        "platform": platform.platform(),
        "processors": processors(),
        "git_revision": git_revision(),
        "git_has_changes": _git("status", "--porcelain") not in {None, ""},
        "packages": dict(
            sorted((found.name, found.version) for found in distributions())
        ),
    }


def git_revision() -> str | None:
    """Return the commit of the checkout, None outside a repository."""
    return _git("rev-parse", "--verify", "HEAD") or None


def _git(*arguments: str) -> str | None:
    try:
        found = subprocess.run(
            ["git", *arguments],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return None
    return found.stdout.strip() if found.returncode == 0 else None
