"""Trees that learn from rows made ready first: imputed, resampled, encoded, compared.

The preparation is fitted wherever trees are: on the training rows of a fold, and again
on the training part of each inner fold by which the number of trees is chosen. So a
synthetic client never helps to judge the real ones that it was made from.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import lightgbm
import numpy as np
from numpy.typing import NDArray

from training.learners.base import Matrix, Outcomes
from training.learners.boosted_trees import BoostedTrees, TrainedTrees


@dataclass(frozen=True)
class PreparedRows:
    """Training rows as the trees see them, and how any other row is to be changed.

    Attributes
    ----------
    matrix : ndarray of shape (n_prepared, n_columns)
    is_default : ndarray of shape (n_prepared,)
    transform : callable
        From rows of the feature table to rows with these columns, one for one.
    origins : ndarray of shape (n_columns,), int
        The feature that each column was made from.
    categorical_positions : tuple of int
        Columns that hold indices of categories.
    weights : ndarray of shape (n_prepared,), optional
    """

    matrix: Matrix
    is_default: Outcomes
    transform: Callable[[Matrix], Matrix]
    origins: NDArray[np.intp]
    categorical_positions: tuple[int, ...] = ()
    weights: NDArray[np.float64] | None = None


def unchanged(matrix: Matrix) -> Matrix:
    """Return the rows as they are."""
    return matrix


def every_feature(matrix: Matrix) -> NDArray[np.intp]:
    """Return the origins of columns that are the features themselves."""
    return np.arange(matrix.shape[1], dtype=np.intp)


class Preparation(Protocol):
    """Anything that makes training rows ready; it sees training rows alone."""

    def fit(self, matrix: Matrix, is_default: Outcomes, seed: int) -> PreparedRows:
        """Make the rows ready, and learn how others are."""


@dataclass(frozen=True)
class TrainedPreparedTrees:
    """Trained trees behind their preparation.

    Attributes
    ----------
    trees : TrainedTrees
    transform : callable
        Of rows of the feature table.
    origins : ndarray of shape (n_columns,), int
        The feature that each of the trees' columns was made from.
    """

    trees: TrainedTrees
    transform: Callable[[Matrix], Matrix]
    origins: NDArray[np.intp]

    def margins(self, matrix: Matrix) -> NDArray[np.float64]:
        """Return raw scores, shape (n_rows,)."""
        return self.trees.margins(self.transform(matrix))


@dataclass(frozen=True)
class PreparedTrees:
    """LightGBM on prepared rows.

    Parameters
    ----------
    trees : BoostedTrees
        Their parameters; which columns are categorical, the preparation says. A
        direction stays with the feature itself, not with what is made from it.
    preparation : Preparation
    """

    trees: BoostedTrees
    preparation: Preparation

    def fit(
        self, matrix: Matrix, is_default: Outcomes, seed: int
    ) -> TrainedPreparedTrees:
        """Choose the number of trees, then train that many on all prepared rows."""
        rounds = self._choose_rounds(matrix, is_default, seed)
        rows = self.preparation.fit(matrix, is_default, seed)
        booster = lightgbm.train(
            self._parameters(rows, len(matrix), seed),
            self._dataset(rows),
            num_boost_round=rounds,
        )
        return TrainedPreparedTrees(
            TrainedTrees(booster, rounds), rows.transform, rows.origins
        )

    def _choose_rounds(self, matrix: Matrix, is_default: Outcomes, seed: int) -> int:
        def prepare(
            train: lightgbm.Dataset,
            held_out: lightgbm.Dataset,
            parameters: dict[str, object],
        ) -> tuple[lightgbm.Dataset, lightgbm.Dataset, dict[str, object]]:
            given, outcomes = _rows_of(train)
            rows = self.preparation.fit(given, outcomes, seed)
            learnt = self._dataset(rows)
            judged = _judged(held_out, rows, learnt, parameters)
            return learnt, judged, self._parameters(rows, len(given), seed)

        history = lightgbm.cv(
            self.trees.parameters(seed),
            lightgbm.Dataset(
                matrix,
                label=is_default.astype(np.float32),
                params={"num_threads": self.trees.threads},
                free_raw_data=False,
            ),
            num_boost_round=self.trees.max_rounds,
            folds=self.trees.inner_splits(matrix, is_default, seed),
            metrics="binary_logloss",
            fpreproc=prepare,
            callbacks=[lightgbm.early_stopping(self.trees.patience, verbose=False)],
        )
        found = len(np.asarray(history["valid binary_logloss-mean"]))
        return max(self.trees.min_rounds, found)

    def _parameters(
        self, rows: PreparedRows, given: int, seed: int
    ) -> dict[str, object]:
        # A leaf of so many of all rows is out of reach where few of them are left.
        share = min(1.0, len(rows.matrix) / given)
        trees = replace(
            self.trees,
            min_child_samples=max(1, round(share * self.trees.min_child_samples)),
        )
        if trees.monotone_directions:
            followed = np.zeros(rows.origins.size, dtype=int)
            features, firsts = np.unique(rows.origins, return_index=True)
            followed[firsts] = np.array(trees.monotone_directions)[features]
            trees = replace(trees, monotone_directions=tuple(followed.tolist()))
        return trees.parameters(seed)

    def _dataset(self, rows: PreparedRows) -> lightgbm.Dataset:
        return lightgbm.Dataset(
            rows.matrix,
            label=rows.is_default.astype(np.float32),
            weight=rows.weights,
            categorical_feature=list(rows.categorical_positions),
            # A dataset without it would set all processors to work, for trees too.
            params={"num_threads": self.trees.threads},
        )


def _judged(
    held_out: lightgbm.Dataset,
    rows: PreparedRows,
    learnt: lightgbm.Dataset,
    parameters: dict[str, object],
) -> lightgbm.Dataset:
    matrix, is_default = _rows_of(held_out)
    return learnt.create_valid(
        rows.transform(matrix),
        label=is_default.astype(np.float32),
        weight=_as_common_as_in(rows, is_default),
        params={"num_threads": parameters["num_threads"]},
    )


def _rows_of(dataset: lightgbm.Dataset) -> tuple[Matrix, Outcomes]:
    dataset.construct()
    return (
        np.asarray(dataset.get_data(), dtype=np.float32),
        np.asarray(dataset.get_label()) > 0,
    )


def _as_common_as_in(rows: PreparedRows, outcomes: Outcomes) -> NDArray[np.float64]:
    """Weigh held-out rows so that defaults are as common as where the trees learn.

    Trees that learn from as many defaults as repaid credits predict for such a world.
    Judged by the log loss of this one, they would go on growing for the sake of its
    rate, which recalibration gives them for nothing.
    """
    learnt = float(np.average(rows.is_default, weights=rows.weights))
    met = float(outcomes.mean())
    return np.where(outcomes, learnt / met, (1 - learnt) / (1 - met))
