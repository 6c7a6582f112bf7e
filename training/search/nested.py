"""What a search is worth: repeated inside every training part, judged outside it.

The loss of the best trial is the least of many noisy figures and flatters itself. A
learner that searches inside ``fit`` is judged on clients whom the search never saw.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.evaluation.calibration import PlattLine, fit_calibration
from training.learners import BoostedTrees, Matrix, Outcomes, TrainedTrees
from training.search.loop import search
from training.search.options import SearchOptions
from training.search.shared_bins import SharedBins
from training.search.space import with_recipe
from training.search.store import TrialRecord, TrialStore
from training.validation.method import method_digest


@dataclass(frozen=True)
class LevelledPredictor:
    """A trained booster whose scores are log-odds already."""

    trees: TrainedTrees
    line: PlattLine

    def margins(self, matrix: Matrix) -> NDArray[np.float64]:
        """Return calibrated log-odds, shape (n_rows,)."""
        return self.line.log_odds(self.trees.margins(matrix))


@dataclass(frozen=True)
class LevelledTrees:
    """Trees whose scores are brought to log-odds on the rows to learn from.

    Folds whose recipes differ, by weights or by the number of trees, have margins on
    different scales: no line through the margins of some folds fits another's.

    Parameters
    ----------
    trees : BoostedTrees
    folds : int
        Inside the rows, for the number of trees and the line.
    """

    trees: BoostedTrees
    folds: int

    def fit(self, matrix: Matrix, is_default: Outcomes, seed: int) -> LevelledPredictor:
        """Cross-validate for the number of trees and the line, then train."""
        bins = SharedBins(self.trees, matrix, is_default, self.folds, seed)
        inner = bins.run(self.trees)
        line = fit_calibration(inner.scores.margins, is_default)
        trained = self.trees.fit_rounds(matrix, is_default, seed, inner.rounds)
        return LevelledPredictor(trained, line)


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
        Called with the trial that each ``fit`` chose and how many were tried.
    """

    defaults: BoostedTrees
    options: SearchOptions
    folder: Path
    data_fingerprint: str
    found: Callable[[TrialRecord, int], None] = lambda best, tried: None

    def fit(self, matrix: Matrix, is_default: Outcomes, seed: int) -> LevelledPredictor:
        """Search, then train by the best recipe on all rows."""
        options = replace(self.options, seed=seed)
        rows = _digest(matrix, is_default)
        method = method_digest(self.defaults, options.costs, options.folds)
        store = TrialStore(
            self.folder / f"{rows[:16]}-{seed}.jsonl",
            options.subject(self.data_fingerprint) | {"rows": rows, "method": method},
        )
        result = search(self.defaults, matrix, is_default, options, store)
        self.found(result.best, len(result.trials))
        trees = with_recipe(self.defaults, result.best.recipe)
        return LevelledTrees(trees, options.folds).fit(matrix, is_default, seed)


def _digest(matrix: Matrix, is_default: Outcomes) -> str:
    digest = hashlib.sha256(np.ascontiguousarray(matrix).tobytes())
    digest.update(np.packbits(is_default).tobytes())
    return digest.hexdigest()
