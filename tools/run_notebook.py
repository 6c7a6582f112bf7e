"""Run the notebook on what the warehouse holds: `python -m tools.run_notebook`.

Writes it with its outputs under build/notebook; the one that is kept has none.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import jupytext
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from traitlets.config import Config

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "notebooks" / "credit_scoring.py"
SECONDS_FOR_A_CELL = 900


def run_notebook(source: Path, target: Path) -> None:
    """Execute a notebook from the root of the project, and keep it with its outputs.

    Parameters
    ----------
    source : pathlib.Path
        In jupytext's percent form.
    target : pathlib.Path
        The `.ipynb` to write.

    Raises
    ------
    CellExecutionError
        If a cell fails.
    """
    notebook = jupytext.read(source)
    client = NotebookClient(
        notebook,
        timeout=SECONDS_FOR_A_CELL,
        kernel_name="python3",
        # By files, not by ports, on which others of the machine could listen.
        config=Config({"ConnectionFileMixin": {"transport": "ipc"}}),
        resources={"metadata": {"path": str(ROOT)}},
    )
    client.execute()
    target.parent.mkdir(parents=True, exist_ok=True)
    jupytext.write(notebook, target)


def main() -> int:
    """Run it; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=Path, default=SOURCE)
    parser.add_argument(
        "--out", type=Path, default=ROOT / "build/notebook/credit_scoring.ipynb"
    )
    given = parser.parse_args()
    try:
        run_notebook(given.source, given.out)
    except CellExecutionError as error:
        print(f"notebook: a cell failed.\n{error}", file=sys.stderr)
        return 1
    print(given.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
