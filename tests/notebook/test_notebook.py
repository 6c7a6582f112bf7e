"""The notebook runs from its first cell to its last, and its pair says the same."""

from __future__ import annotations

import re
from pathlib import Path

import jupytext

from tests.running import ROOT, must_run, run_module

SCRIPT = ROOT / "notebooks" / "credit_scoring.py"
NOTEBOOK = SCRIPT.with_suffix(".ipynb")


def sources(path: Path) -> list[tuple[str, str]]:
    return [(cell.cell_type, cell.source) for cell in jupytext.read(path).cells]


def test_the_notebook_runs_on_whatever_the_warehouse_holds(
    built_warehouse: Path, tmp_path: Path
) -> None:
    made = tmp_path / "made.ipynb"
    must_run("tools.run_notebook", "--out", str(made))
    code = [cell for cell in jupytext.read(made).cells if cell.cell_type == "code"]
    shown = [output for cell in code for output in cell.outputs]
    assert [o.text for o in shown if o.get("name") == "stderr"] == []
    pictures = [o for o in shown if "image/png" in o.get("data", {})]
    assert len(pictures) == 6
    assert made.stat().st_size < 1 << 20


def test_a_cell_that_fails_fails_the_run(tmp_path: Path) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text("# %%\nraise ValueError('here')\n")
    made = tmp_path / "made.ipynb"
    finished = run_module(
        "tools.run_notebook", "--source", str(broken), "--out", str(made)
    )
    assert finished.returncode == 1
    assert re.search(r"ValueError\S*: here", finished.stderr)
    assert not made.exists()


def test_script_and_notebook_are_one() -> None:
    assert sources(SCRIPT) == sources(NOTEBOOK), (
        "run `jupytext --sync notebooks/credit_scoring.py`"
    )


def test_the_kept_notebook_has_no_outputs() -> None:
    cells = jupytext.read(NOTEBOOK).cells
    assert [c for c in cells if c.get("outputs") or c.get("execution_count")] == []
