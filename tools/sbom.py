"""Write a bill of material for each lock into `build/sbom`, in CycloneDX' form.

From the locks alone: exact versions and hashes, the same on every machine.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SBOM = ROOT / "build" / "sbom"
FUNCTION_LOCK = ROOT / "requirements.txt"


def locks() -> dict[str, Path]:
    """Return the locks by the name of what they are the lock of."""
    others = sorted((ROOT / "requirements").glob("*.txt"))
    return {"function": FUNCTION_LOCK, **{lock.stem: lock for lock in others}}


def write_bill(lock: Path, target: Path) -> None:
    """Write one bill, which the library checks against CycloneDX' schema.

    Raises
    ------
    subprocess.CalledProcessError
        If it cannot be made; the library's message has been printed.
    """
    subprocess.run(
        [
            # A lock tells what is there, not what asked for it: no graph of that.
            *(sys.executable, "-W", "ignore::UserWarning", "-m", "cyclonedx_py"),
            *("requirements", str(lock)),
            *("--pyproject", str(ROOT / "pyproject.toml")),
            *("--spec-version", "1.6", "--output-format", "JSON"),
            *("--output-reproducible", "--output-file", str(target)),
        ],
        check=True,
    )


def write_bills(folder: Path) -> list[Path]:
    """Write a bill for every lock; return their files."""
    folder.mkdir(parents=True, exist_ok=True)
    bills = []
    for name, lock in locks().items():
        bills.append(folder / f"{name}.cdx.json")
        write_bill(lock, bills[-1])
    return bills


def main() -> int:
    """Write all bills and say where they are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=SBOM)
    options = parser.parse_args()
    try:
        for bill in write_bills(options.out):
            print(bill)
    except subprocess.CalledProcessError as error:
        print(f"sbom: cyclonedx-py ended with {error.returncode}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
