"""Ask for known weaknesses of every locked package, by pip-audit.

Exit code 0: none is known; 1: pip-audit names one; 3: the index could not be asked,
which `--unless-unreachable` turns into 0 for machines that are cut off.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# What is served comes first; dev.txt holds whatever the others do, but Spark.
LOCKS = (
    ROOT / "requirements.txt",
    ROOT / "requirements" / "dev.txt",
    ROOT / "requirements" / "spark.txt",
)
UNREACHABLE = 3
SECONDS = 20

# pip-audit's own words where nobody answers, or a mirror that has no advisories.
_SIGNS_OF_ABSENCE = (
    "not found on PyPI",
    "ConnectionError",
    "ConnectTimeout",
    "ReadTimeout",
    "ProxyError",
    "SSLError",
    "Could not connect",
    "HTTPError",
    "JSONDecodeError",
)


def audit(lock: Path) -> int:
    """Audit one lock as it is, without resolving or installing anything."""
    finished = subprocess.run(
        [
            *(sys.executable, "-m", "pip_audit", "--progress-spinner", "off"),
            # Strict: a package that the index does not know would pass as sound.
            *("--disable-pip", "--require-hashes", "--strict"),
            *("--timeout", str(SECONDS)),
            *("--requirement", str(lock)),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    name = lock.relative_to(ROOT)
    if finished.returncode == 0:
        print(f"{name}: {finished.stderr.strip() or 'no known weakness'}")
        return 0
    if any(sign in finished.stderr for sign in _SIGNS_OF_ABSENCE):
        print(
            f"{name}: not audited, the index cannot be asked: "
            f"{cause_of(finished.stderr)}"
        )
        return UNREACHABLE
    print(f"{name}:\n{finished.stdout}{finished.stderr}", file=sys.stderr)
    return finished.returncode


def cause_of(message: str) -> str:
    """Return what a chain of errors began with, in one short line."""
    last = message.strip().rpartition("\n")[2]
    began = last.rpartition("Caused by ")[2]
    return textwrap.shorten(began, 160, placeholder=" …")


def main() -> int:
    """Audit the locks until one is found weak or cannot be audited."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--unless-unreachable",
        action="store_true",
        help="succeed where the index cannot be asked",
    )
    arguments = parser.parse_args()
    for lock in LOCKS:
        code = audit(lock)
        if code == UNREACHABLE and arguments.unless_unreachable:
            return 0
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
