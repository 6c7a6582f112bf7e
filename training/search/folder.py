"""The folder of one search: trials, the best recipe, and what the report shows."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from scoring import to_json
from training.errors import SearchError
from training.registry.files import write_whole
from training.search.store import TrialRecord, TrialStore, best_of

SEARCHES = "search"


class SearchFolder:
    """``<runs>/search/<name>/``.

    Parameters
    ----------
    path : Path
    subject : mapping
        What two trials must share to be of one search.
    constraints : tuple of str
        Families of columns that every trial binds.
    """

    def __init__(
        self, path: Path, subject: Mapping[str, Any], constraints: tuple[str, ...] = ()
    ) -> None:
        self.path = path
        self._subject = dict(subject)
        self._constraints = constraints

    @property
    def trials_of_folds(self) -> Path:
        """Where a nested search keeps the trials of its training parts."""
        return self.path / "nested"

    @property
    def best_path(self) -> Path:
        """The recipe that ``run --parameters`` takes."""
        return self.path / "best.json"

    def store(self, *, resume: bool) -> TrialStore:
        """Open the trials.

        Raises
        ------
        SearchError
            If there are some and they are not to be gone on with.
        """
        path = self.path / "trials.jsonl"
        if path.exists() and not resume:
            raise SearchError(
                f"{path} has trials already. Add --resume to go on with them, or give "
                "this search another --name."
            )
        return TrialStore(path, self._subject)

    def refuse_kept_folds(self) -> None:
        """Refuse to begin a nested search where one has been.

        Raises
        ------
        SearchError
            Saying how to go on with it.
        """
        if self.trials_of_folds.exists():
            raise SearchError(
                f"{self.trials_of_folds} has trials already. Add --resume to go on "
                "with them, or give this search another --name."
            )

    def write_best(self, best: TrialRecord) -> None:
        """Write the recipe of the best trial so far."""
        objective = self._subject["objective"]
        trial = f"trial {best.number}" if best.number >= 0 else "the defaults"
        origin = (
            f"{trial} of the search {self.path.name} by {objective}, on the "
            "development part of the data with this fingerprint: out-of-fold figures "
            "on those very clients are a little flattered by the choice"
        )
        write_whole(
            self.best_path,
            to_json(
                {
                    "origin": origin,
                    "constraints": list(self._constraints),
                    "parameters": best.recipe,
                    **self._subject,
                }
            ),
        )

    def write_history(self, trials: Sequence[TrialRecord], ended_by: str) -> None:
        """Write what was tried, the defaults first."""
        self._update(
            {
                "ended_by": ended_by,
                "defaults": asdict(trials[0]),
                "best": asdict(best_of(trials)),
                "trials": [asdict(trial) for trial in trials[1:]],
            }
        )

    def write_nested(self, figures: Mapping[str, Any]) -> None:
        """Write what the search is worth on clients whom it never saw."""
        self._update({"nested": dict(figures)})

    def _update(self, parts: Mapping[str, Any]) -> None:
        path = self.path / "search.json"
        known = json.loads(path.read_bytes()) if path.exists() else {}
        known |= {"name": self.path.name, **self._subject, **parts}
        write_whole(path, to_json(known))


def found_searches(runs_dir: Path, data_fingerprint: str) -> list[dict[str, Any]]:
    """Return the searches on the same data, for the report, oldest first."""
    paths = sorted(
        (runs_dir / SEARCHES).glob("*/search.json"), key=lambda p: p.stat().st_mtime
    )
    documents = [json.loads(path.read_bytes()) for path in paths]
    return [d for d in documents if d["data_fingerprint"] == data_fingerprint]
