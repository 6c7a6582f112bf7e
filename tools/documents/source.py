"""The report that documents tell of, with the candidates measured beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tools.documents.errors import DocumentsError
from training.candidates.run import newest_table


def read_report(path: Path, runs: Path) -> dict[str, Any]:
    """Read a report; take the candidates from `runs` where it has none.

    Parameters
    ----------
    path : pathlib.Path
        `report.json` of a trained version.
    runs : pathlib.Path
        Where `training candidates` keeps its tables.

    Raises
    ------
    DocumentsError
        If there is no report, or nothing to compare the model with.
    """
    if not path.exists():
        raise DocumentsError(
            f"{path} is missing: train a model first, by `make demo SERVE=0` or "
            "`python -m training run`."
        )
    report: dict[str, Any] = json.loads(path.read_bytes())
    if report.get("candidates") is None:
        report["candidates"] = _measured_since(report, runs)
    return report


def _measured_since(report: dict[str, Any], runs: Path) -> dict[str, Any]:
    table = newest_table(runs, report["data_fingerprint"], "")
    if table is None:
        raise DocumentsError(
            "The model was not compared with a scorecard, a forest and SMOTE on its "
            f"own data: {runs}/candidates has no table of them. `make docs` "
            "measures them, or `python -m training candidates`."
        )
    # Whether with the same trees, the report alone could tell.
    return table | {"is_other_method": None}
