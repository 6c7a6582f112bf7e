"""What the report tells of the last search on the same data."""

from pathlib import Path
from typing import Any

from training.search.folder import found_searches

_TOLD_OF_A_TRIAL = ("number", "cost", "auc", "rounds", "recipe")


def search_figures(
    runs_dir: Path, data_fingerprint: str, method: str
) -> dict[str, Any] | None:
    """Gather the trials, the best of them, and what the search is worth.

    Returns
    -------
    dict or None
        With ``is_other_method``, whether the search began from other trees than those
        of the digest ``method``, or had other costs or folds; None where these data
        have not been searched on.
    """
    searches = [
        found for found in found_searches(runs_dir, data_fingerprint) if "best" in found
    ]
    if not searches:
        return None
    last = searches[-1]
    return {
        "is_other_method": last.get("method") != method,
        "name": last["name"],
        "objective": last["objective"],
        "folds": last["folds"],
        "ended_by": last["ended_by"],
        "defaults": _told(last["defaults"]),
        "best": _told(last["best"]),
        "trials": [_told(trial) for trial in last["trials"]],
        "nested": last.get("nested"),
    }


def _told(trial: dict[str, Any]) -> dict[str, Any]:
    return {name: trial[name] for name in _TOLD_OF_A_TRIAL}
