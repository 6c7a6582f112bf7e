"""Decisions in counts, by bins of the model's training population."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from operator import is_
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from function_app.warehouse.feature_table import FeatureValue
from scoring import ScoringModel

_Key = TypeVar("_Key")


@dataclass(frozen=True)
class Counts:
    """What was decided by one model since the last look.

    Attributes
    ----------
    model_version : str
    score_bins : mapping of int to int
        Decisions by bin of the score; empty where the artefact keeps no population.
    missing : mapping of str to int
        Decisions without a value, by feature; those that had one always are left out.
    """

    model_version: str
    score_bins: Mapping[int, int]
    missing: Mapping[str, int]


class _ModelTally:
    """Adds up one model's decisions in arrays, since each has hundreds of inputs."""

    def __init__(self, model: ScoringModel) -> None:
        self._model = model
        self._names = model.feature_names
        self._missing = np.zeros(len(self._names), dtype=np.int64)
        population = model.population
        self._score = population.score if population is not None else None
        self._bins: NDArray[np.int64] = np.zeros(
            len(self._score.counts) if self._score is not None else 0, dtype=np.int64
        )
        self.decisions = 0

    def add(self, probability: float, inputs: Mapping[str, FeatureValue]) -> None:
        self.decisions += 1
        is_missing = map(is_, inputs.values(), repeat(None))
        self._missing += np.fromiter(is_missing, np.bool_, len(self._names))
        if self._score is not None:
            self._bins[self._score.bin_of(probability)] += 1

    def counts(self) -> Counts:
        return Counts(
            model_version=self._model.version,
            score_bins=_above_zero(range(self._bins.size), self._bins),
            missing=_above_zero(self._names, self._missing),
        )


def _above_zero(keys: Sequence[_Key], numbers: NDArray[np.int64]) -> dict[_Key, int]:
    return {key: int(n) for key, n in zip(keys, numbers, strict=True) if n}


class Tally:
    """Adds up decisions, and hands them over in one go now and then.

    Counting a decision costs some microseconds; handing hundreds of features over to
    a metrics library costs as much as a score, and so is done once for many.

    Parameters
    ----------
    most : int
        After how many decisions they are to be handed over.
    """

    def __init__(self, most: int = 100) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._of_model: dict[str, _ModelTally] = {}
        self._waiting = 0

    def add(
        self,
        model: ScoringModel,
        probability: float,
        inputs: Mapping[str, FeatureValue],
    ) -> bool:
        """Count one decision, and tell whether :meth:`take` is due.

        Parameters
        ----------
        model : ScoringModel
        probability : float
        inputs : mapping of str to float, str or None
            Every feature of the model, in the model's order.
        """
        with self._lock:
            tally = self._of_model.get(model.version)
            if tally is None:
                tally = self._of_model[model.version] = _ModelTally(model)
            tally.add(probability, inputs)
            self._waiting += 1
            return self._waiting >= self._most

    def take(self) -> list[Counts]:
        """Return what was counted since the last time, by model."""
        with self._lock:
            taken, self._of_model = self._of_model, {}
            self._waiting = 0
        return [tally.counts() for tally in taken.values()]
