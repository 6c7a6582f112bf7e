"""Out-of-fold scores: every client judged by a model that never saw them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from training.errors import FeatureTableError
from training.learners import Learner, Matrix, Outcomes, Predictor

# Inner folds, calibration and bootstrap need a few of the rarer outcome in each part.
MIN_RARE_PER_FOLD = 6


@dataclass(frozen=True)
class OutOfFold:
    """Scores of a stratified cross-validation.

    Attributes
    ----------
    margins : ndarray of shape (n_clients,)
        Before calibration, by the model of the client's own held-out fold.
    fold : ndarray of shape (n_clients,), int
        The fold in which the client was held out.
    predictors : tuple of Predictor
        One per fold.
    """

    margins: NDArray[np.float64]
    fold: NDArray[np.intp]
    predictors: tuple[Predictor, ...]


def out_of_fold(
    learner: Learner,
    matrix: Matrix,
    is_default: Outcomes,
    folds: int,
    seed: int,
    workers: int = 1,
    groups: NDArray[np.intp] | None = None,
) -> OutOfFold:
    """Train on all folds but one, score that one, in turn.

    Parameters
    ----------
    learner : Learner
    matrix : ndarray of shape (n_clients, n_features)
    is_default : ndarray of shape (n_clients,)
    folds, seed : int
        Of ``StratifiedKFold(shuffle=True)``.
    workers : int, default=1
        Folds trained at the same time; the result is the same.
    groups : ndarray of shape (n_clients,), int, optional
        Clients of one group are held out together (``StratifiedGroupKFold``).

    Returns
    -------
    OutOfFold

    Raises
    ------
    FeatureTableError
        If an outcome is too rare for so many folds.
    """
    refuse_too_few_rows(is_default, folds)
    splits = list(_splits(is_default, folds, seed, groups))

    def fit(train: NDArray[np.intp]) -> Predictor:
        return learner.fit(matrix[train], is_default[train], seed)

    with ThreadPoolExecutor(workers) as pool:
        predictors = tuple(pool.map(fit, (train for train, _ in splits)))
    margins = np.empty(is_default.size, dtype=np.float64)
    fold = np.empty(is_default.size, dtype=np.intp)
    for number, (_, held_out) in enumerate(splits):
        margins[held_out] = predictors[number].margins(matrix[held_out])
        fold[held_out] = number
    return OutOfFold(margins, fold, predictors)


def refuse_too_few_rows(is_default: Outcomes, folds: int) -> None:
    """Refuse labelled clients too few to be divided into so many folds.

    Raises
    ------
    FeatureTableError
        Saying how many there are and how many are needed.
    """
    defaults = int(is_default.sum())
    rarer = min(defaults, is_default.size - defaults)
    if rarer < MIN_RARE_PER_FOLD * folds:
        raise FeatureTableError(
            f"{is_default.size} labelled clients with {defaults} defaults are too few "
            f"for {folds} folds: at least {MIN_RARE_PER_FOLD * folds} of either "
            "outcome are needed. Load more clients, or ask for fewer --folds."
        )


def _splits(
    is_default: Outcomes, folds: int, seed: int, groups: NDArray[np.intp] | None
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    kind = StratifiedKFold if groups is None else StratifiedGroupKFold
    splitter = kind(folds, shuffle=True, random_state=seed)
    yield from splitter.split(np.zeros((is_default.size, 1)), is_default, groups)
