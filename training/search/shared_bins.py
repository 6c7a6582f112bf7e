"""Clients binned once, on which any number of recipes is judged."""

from dataclasses import dataclass

import numpy as np
from sklearn.model_selection import StratifiedKFold

from training.learners import BoostedTrees, Matrix, Outcomes, TrainedTrees
from training.learners.cross_validation import OutOfFold, refuse_too_few_rows


@dataclass(frozen=True)
class Trial:
    """Out-of-fold scores of one recipe and its number of trees."""

    scores: OutOfFold
    rounds: int


class SharedBins:
    """One LightGBM dataset and one set of folds for all trials of a search.

    Only the rows that a search may see come in here. Bins are quantiles of their
    values, without outcomes, so folds may share them too. The number of trees is the
    best of all folds together: a slight favour to every trial alike, which is why no
    figure of a search is reported as the quality of a model.

    Parameters
    ----------
    trees : BoostedTrees
        Says which columns are categorical, and the threads.
    matrix : ndarray of shape (n_clients, n_features)
    is_default : ndarray of shape (n_clients,)
    folds, seed : int
    """

    def __init__(
        self,
        trees: BoostedTrees,
        matrix: Matrix,
        is_default: Outcomes,
        folds: int,
        seed: int,
    ) -> None:
        refuse_too_few_rows(is_default, folds)
        self._matrix = matrix
        self._seed = seed
        self._dataset = trees.dataset(matrix, is_default).construct()
        splitter = StratifiedKFold(folds, shuffle=True, random_state=seed)
        self._splits = list(splitter.split(matrix[:, :1], is_default))

    def run(self, trees: BoostedTrees) -> Trial:
        """Cross-validate a recipe on the shared bins."""
        rounds, boosters = trees.cross_validated(
            self._dataset, self._splits, self._seed
        )
        margins = np.empty(len(self._matrix), np.float64)
        fold = np.empty(len(self._matrix), np.intp)
        for number, (_, held_out) in enumerate(self._splits):
            margins[held_out] = boosters[number].predict(
                self._matrix[held_out], raw_score=True, num_iteration=rounds
            )
            fold[held_out] = number
        predictors = tuple(TrainedTrees(booster, rounds) for booster in boosters)
        return Trial(OutOfFold(margins, fold, predictors), rounds)
