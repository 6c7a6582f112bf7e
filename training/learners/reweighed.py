"""Trees on clients weighted so that a group says nothing of the outcome.

References
----------
F. Kamiran and T. Calders, "Data preprocessing techniques for classification without
discrimination", Knowledge and Information Systems 33, 2012 (reweighing).
"""

from dataclasses import dataclass

import lightgbm
import numpy as np
from numpy.typing import NDArray

from training.learners.base import Matrix, Outcomes, Predictor
from training.learners.boosted_trees import BoostedTrees, TrainedTrees

Floats = NDArray[np.float64]


def reweighing(group: NDArray[np.float32], is_default: Outcomes) -> Floats:
    """Weigh clients so that group and outcome are independent.

    Parameters
    ----------
    group : ndarray of shape (n_clients,)
        A number per group; NaN, of unknown group, is a group too.
    is_default : ndarray of shape (n_clients,)

    Returns
    -------
    ndarray of shape (n_clients,)
        Share of the group times share of the outcome, over the share of both.
    """
    weights = np.empty(group.size)
    for inside in (np.isnan(group), *(group == g for g in np.unique(group))):
        for outcome in (is_default, ~is_default):
            both = inside & outcome
            expected = inside.mean() * outcome.mean()
            weights[both] = expected / both.mean() if both.any() else 1.0
    return weights


@dataclass(frozen=True)
class ReweighedTrees:
    """Boosted trees, reweighed by the last column, from which nothing is learnt.

    Parameters
    ----------
    trees : BoostedTrees
        Its categorical positions are those of the columns before the last.
    """

    trees: BoostedTrees

    def fit(self, matrix: Matrix, is_default: Outcomes, seed: int) -> Predictor:
        """Choose the number of trees as ever, then train them on weighted rows."""
        known = matrix[:, :-1]
        rounds = self.trees.choose_rounds(known, is_default, seed)
        parameters = self.trees.parameters(seed)
        data = lightgbm.Dataset(
            known,
            label=is_default.astype(np.float32),
            weight=reweighing(matrix[:, -1], is_default),
            categorical_feature=list(self.trees.categorical_positions),
            params={"num_threads": parameters["num_threads"]},
        )
        booster = lightgbm.train(parameters, data, rounds)
        return _WithoutLastColumn(TrainedTrees(booster, rounds))


@dataclass(frozen=True)
class _WithoutLastColumn:
    trained: TrainedTrees

    def margins(self, matrix: Matrix) -> Floats:
        """Score rows whose last column was for the weights alone."""
        return self.trained.margins(matrix[:, :-1])
