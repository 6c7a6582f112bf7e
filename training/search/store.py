"""Trials on disk: one line of JSON each, written when it is judged."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from training.errors import SearchError
from training.registry.files import write_whole


@dataclass(frozen=True)
class TrialRecord:
    """A trial as it is kept.

    Attributes
    ----------
    number : int
        From 0.
    point : dict of str to float
        In Hyperopt's coordinates.
    recipe : dict
        Fields of ``BoostedTrees`` that it sets.
    loss, cost, auc : float or None
        Out of fold; None where the scores could not be calibrated.
    rounds : int or None
        Number of trees.
    seconds : float
    """

    number: int
    point: dict[str, float]
    recipe: dict[str, Any]
    loss: float | None
    cost: float | None
    auc: float | None
    rounds: int | None
    seconds: float


def best_of(trials: Sequence[TrialRecord]) -> TrialRecord:
    """Return the first of the trials with the least loss."""
    return min(trials, key=lambda t: float("inf") if t.loss is None else t.loss)


class TrialStore:
    """The trials of one search, in one file.

    The first line says what was searched; a search can only go on with the same.

    Parameters
    ----------
    path : Path
    subject : mapping
        Whatever makes two trials comparable: data, objective, folds, seed, costs.
    """

    def __init__(self, path: Path, subject: Mapping[str, Any]) -> None:
        self._path = path
        self._subject = dict(subject)

    def load(self) -> list[TrialRecord]:
        """Return what was kept, without a last line that a broken run left half.

        Raises
        ------
        SearchError
            If the file holds another search, or something else.
        """
        if not self._path.exists():
            return []
        whole_lines = self._path.read_bytes().rpartition(b"\n")[0].split(b"\n")
        try:
            header, *trials = [json.loads(line) for line in whole_lines if line]
            records = [TrialRecord(**trial) for trial in trials]
        except (ValueError, TypeError) as error:
            raise SearchError(
                f"{self._path} does not hold trials of a search ({error}). Move it "
                "away, or give the search another --name."
            ) from error
        different = sorted(
            name
            for name in header.keys() | self._subject.keys()
            if header.get(name) != self._subject.get(name)
        )
        if different:
            raise SearchError(
                f"{self._path} holds trials of another search (different: "
                f"{', '.join(different)}). Give this one another --name."
            )
        return records

    def start(self, kept: list[TrialRecord]) -> None:
        """Write the file anew with what was kept, so that lines can be added."""
        lines = [self._subject, *(asdict(trial) for trial in kept)]
        text = "".join(f"{json.dumps(line)}\n" for line in lines)
        write_whole(self._path, text.encode())

    def add(self, trial: TrialRecord) -> None:
        """Add a trial; it is on the disk when this returns."""
        with self._path.open("a") as file:
            file.write(f"{json.dumps(asdict(trial), allow_nan=False)}\n")
            file.flush()
            os.fsync(file.fileno())
