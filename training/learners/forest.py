"""A random forest on imputed rows."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier

from training.learners import columns
from training.learners.base import Matrix, Outcomes

# A leaf of repaid credits alone says 0, of which no log-odds exist.
_SMALLEST_PROBABILITY = 1e-4


@dataclass(frozen=True)
class TrainedForest:
    """A trained forest behind its imputers."""

    forest: RandomForestClassifier
    transform: Callable[[Matrix], Matrix]

    def margins(self, matrix: Matrix) -> NDArray[np.float64]:
        """Return the log-odds of the mean leaf rate, shape (n_rows,)."""
        found = self.forest.predict_proba(self.transform(matrix))[:, 1]
        share = np.clip(found, _SMALLEST_PROBABILITY, 1 - _SMALLEST_PROBABILITY)
        return np.asarray(np.log(share / (1 - share)), dtype=np.float64)


@dataclass(frozen=True)
class RandomForest:
    """Trees on bootstrap samples, with codes as numbers in their alphabetical order.

    Parameters
    ----------
    categorical_positions : tuple of int
        Columns that hold indices of categories.
    trees : int
    min_samples_leaf : int
    threads : int
    """

    categorical_positions: tuple[int, ...] = ()
    trees: int = 200
    min_samples_leaf: int = 10
    threads: int = 1

    def fit(self, matrix: Matrix, is_default: Outcomes, seed: int) -> TrainedForest:
        """Fit the imputers, then the forest."""
        by_column = columns.by_column(
            matrix.shape[1],
            self.categorical_positions,
            columns.imputed_number(),
            columns.imputed_code(),
        ).fit(matrix)
        transform = columns.as_matrix(by_column.transform)
        forest = RandomForestClassifier(
            self.trees,
            min_samples_leaf=self.min_samples_leaf,
            random_state=seed,
            n_jobs=self.threads,
        )
        return TrainedForest(forest.fit(transform(matrix), is_default), transform)
