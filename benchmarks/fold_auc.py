"""The mean AUC of the folds, and how sure a difference of two of them is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from training.evaluation.bootstrap import Estimate, replicate_chunks
from training.evaluation.metrics import auc
from training.learners import Learner, Matrix, Outcomes
from training.learners.cross_validation import OutOfFold
from training.validation.protocol import repeated_out_of_fold

FOLDS = 5
SEEDS = (0, 1, 2)

_BOOTSTRAP_SEED = 0


class FoldAuc:
    """Repeated out-of-fold scores, judged fold by fold.

    A fold's clients are scored by one model, so its AUC compares nothing but scores of
    that model; the AUC of all clients at once would mix the scales of five.

    Parameters
    ----------
    is_default : ndarray of shape (n_clients,)
    repetitions : sequence of OutOfFold
        One per seed.
    judged : ndarray of shape (n_clients,), bool, optional
        The clients who count; all by default.
    """

    def __init__(
        self,
        is_default: Outcomes,
        repetitions: Sequence[OutOfFold],
        judged: NDArray[np.bool_] | None = None,
    ) -> None:
        everyone = np.ones(is_default.size, dtype=np.bool_)
        counts = everyone if judged is None else judged
        self._is_default = is_default
        self._folds = [
            (rows, auc(is_default[rows], repetition.margins[rows]))
            for repetition in repetitions
            for number in np.unique(repetition.fold)
            for rows in [np.flatnonzero((repetition.fold == number) & counts)]
        ]

    @property
    def value(self) -> float:
        """Mean over folds and seeds."""
        return float(self._means(np.ones((1, self._is_default.size)))[0])

    def estimate(self) -> Estimate:
        """Return the value with its interval over clients drawn again."""
        return Estimate.from_replicates(self.value, self._replicates())

    def minus(self, other: FoldAuc) -> Estimate:
        """Return the difference to other scores of the same clients.

        Both are judged on the same draws, so what makes some clients hard for both
        falls out of the interval. A drawn client comes with all seeds.
        """
        return Estimate.from_replicates(
            self.value - other.value, self._replicates() - other._replicates()
        )

    def _replicates(self) -> NDArray[np.float64]:
        chunks = replicate_chunks(self._is_default, _BOOTSTRAP_SEED)
        return np.concatenate([self._means(weights) for weights in chunks])

    def _means(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        areas = [value(weights[:, rows]) for rows, value in self._folds]
        return np.asarray(np.mean(areas, axis=0), np.float64)


def cross_validated(
    learner: Learner,
    matrix: Matrix,
    is_default: Outcomes,
    workers: int,
    judged: NDArray[np.bool_] | None = None,
) -> FoldAuc:
    """Judge a learner by stratified 5-fold with three seeds.

    The folds depend on the order and the outcomes of the rows alone, so learners and
    features are compared on the same ones.
    """
    repetitions = repeated_out_of_fold(
        learner, matrix, is_default, FOLDS, SEEDS, workers
    )
    return FoldAuc(is_default, repetitions, judged)
