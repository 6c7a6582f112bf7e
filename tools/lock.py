"""Compile the hashed locks from pyproject.toml's dependency groups.

Needs `uv` on PATH (`pipx install uv`). A lock holds exact versions and hashes
and no index address, so that it installs from whatever index pip is set to.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

LOCK_OF_GROUP = {
    "dev": ROOT / "requirements" / "dev.txt",
    "container": ROOT / "requirements" / "container.txt",
    "dashboard": ROOT / "requirements" / "dashboard.txt",
    "spark": ROOT / "requirements" / "spark.txt",
    "training": ROOT / "requirements" / "training.txt",
    "warehouse": ROOT / "requirements" / "warehouse.txt",
    # Azure installs the file of this name beside host.json.
    "function": ROOT / "requirements.txt",
}


def compile_lock(uv: str, group: str, target: Path) -> None:
    """Resolve one group into one file, for every Python the project supports."""
    subprocess.run(
        [
            *(uv, "pip", "compile", "pyproject.toml", "--group", group),
            *("--universal", "--python-version", "3.11"),
            *("--fork-strategy", "fewest", "--no-strip-extras"),
            *("--generate-hashes", "--no-emit-index-url", "--no-annotate"),
            *("--no-header", "--quiet", "--output-file", str(target)),
        ],
        cwd=ROOT,
        check=True,
    )


def main() -> int:
    """Compile every lock."""
    uv = shutil.which("uv")
    if uv is None:
        print("lock: `uv` is not on PATH; install it: pipx install uv", file=sys.stderr)
        return 1
    for group, target in LOCK_OF_GROUP.items():
        compile_lock(uv, group, target)
        print(f"{target.relative_to(ROOT)}: compiled from group {group}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
