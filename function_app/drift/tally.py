"""Count decided clients over the bins of the training population."""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from function_app.drift.decisions import Decided
from scoring import Population

Counts = NDArray[np.int64]


class Tally:
    """Counts that grow with each chunk; no client is kept.

    Parameters
    ----------
    population : Population
        Whose bins they are counted over.
    """

    def __init__(self, population: Population) -> None:
        self._population = population
        self._score = np.zeros(len(population.score.counts), np.int64)
        self._features = {
            name: np.zeros(len(profile.counts), np.int64)
            for name, profile in population.features.items()
        }
        self.decisions: Counter[str] = Counter()

    @classmethod
    def of(cls, population: Population, chunks: Iterable[Sequence[Decided]]) -> "Tally":
        """Count all chunks."""
        tally = cls(population)
        for chunk in chunks:
            tally.add(chunk)
        return tally

    def add(self, chunk: Sequence[Decided]) -> None:
        """Count some more clients."""
        self.decisions.update(decided.decision for decided in chunk)
        self._score += self._population.score.count(
            [decided.probability for decided in chunk]
        )
        for name, profile in self._population.features.items():
            column = [decided.inputs.get(name) for decided in chunk]
            self._features[name] += profile.count(column)

    @property
    def clients(self) -> int:
        """How many were counted."""
        return self.decisions.total()

    @property
    def score(self) -> list[int]:
        """Counts of the probability of default."""
        counts: list[int] = self._score.tolist()
        return counts

    @property
    def features(self) -> dict[str, list[int]]:
        """Counts of each feature, by name."""
        return {name: counts.tolist() for name, counts in self._features.items()}
