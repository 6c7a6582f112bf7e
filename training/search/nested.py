"""What a search is worth: repeated inside every training part, judged outside it.

The loss of the best trial is the least of many noisy figures and flatters itself. A
learner that searches inside ``fit`` is judged on clients whom the search never saw.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from training.learners import BoostedTrees, Matrix, Outcomes, TrainedTrees
from training.search.loop import search
from training.search.options import SearchOptions
from training.search.space import with_recipe
from training.search.store import TrialRecord, TrialStore


@dataclass(frozen=True)
class SearchedTrees:
    """A learner that searches its recipe on the rows that it is given.

    Parameters
    ----------
    defaults : BoostedTrees
    options : SearchOptions
        The seed is that of ``fit``.
    folder : Path
        Keeps the trials of each set of rows, so that a broken run goes on.
    data_fingerprint : str
    found : callable
        Called with the trial that each ``fit`` chose.
    """

    defaults: BoostedTrees
    options: SearchOptions
    folder: Path
    data_fingerprint: str
    found: Callable[[TrialRecord], None] = lambda best: None

    def fit(self, matrix: Matrix, is_default: Outcomes, seed: int) -> TrainedTrees:
        """Search, then train by the best recipe on all rows."""
        options = replace(self.options, seed=seed)
        rows = _digest(matrix, is_default)
        store = TrialStore(
            self.folder / f"{rows[:16]}-{seed}.jsonl",
            options.subject(self.data_fingerprint) | {"rows": rows},
        )
        best = search(self.defaults, matrix, is_default, options, store).best
        self.found(best)
        learner = with_recipe(self.defaults, best.recipe)
        return learner.fit(matrix, is_default, seed)


def _digest(matrix: Matrix, is_default: Outcomes) -> str:
    digest = hashlib.sha256(np.ascontiguousarray(matrix).tobytes())
    digest.update(np.packbits(is_default).tobytes())
    return digest.hexdigest()
