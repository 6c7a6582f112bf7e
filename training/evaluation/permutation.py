"""What the ranking loses when columns are shuffled among held-out clients.

References
----------
L. Breiman, "Random forests", Machine Learning 45, 2001; A. Fisher, C. Rudin and
F. Dominici, "All models are wrong, but many are useful", JMLR 20, 2019.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from training.evaluation.ranking import RankedScores, area_under_curve
from training.learners import Matrix, Outcomes, Predictor
from training.learners.cross_validation import OutOfFold

Columns = NDArray[np.intp]

_REPEATS = 3
_ROWS_PER_FOLD = 2_000


class Loss(NamedTuple):
    """AUC lost, and how much that differs from fold to fold (standard deviation)."""

    value: float
    spread: float


def permutation_losses(
    found: OutOfFold,
    matrix: Matrix,
    is_default: Outcomes,
    groups: Sequence[Columns],
    seed: int,
) -> list[Loss]:
    """Shuffle each group of columns in turn, in the rows that a fold held out.

    Parameters
    ----------
    found : OutOfFold
        The predictors, and which rows each of them never saw.
    matrix : ndarray of shape (n_clients, n_features)
    is_default : ndarray of shape (n_clients,)
    groups : sequence of ndarray
        Positions of the columns that are shuffled together: a client gets all of them
        from one other client, so that what they tell each other stays.
    seed : int

    Returns
    -------
    list of Loss
        One per group, the mean over folds and three shuffles.
    """
    rng = np.random.default_rng(seed)
    by_fold = []
    for number, predictor in enumerate(found.predictors):
        rows = np.flatnonzero(found.fold == number)
        if rows.size > _ROWS_PER_FOLD:
            rows = np.sort(rng.choice(rows, _ROWS_PER_FOLD, replace=False))
        by_fold.append(
            _losses_of_fold(predictor, matrix[rows], is_default[rows], groups, rng)
        )
    losses = np.array(by_fold)
    return [
        Loss(float(mean), float(spread))
        for mean, spread in zip(
            losses.mean(axis=0), losses.std(axis=0, ddof=1), strict=True
        )
    ]


def _losses_of_fold(
    predictor: Predictor,
    held_out: Matrix,
    is_default: Outcomes,
    groups: Sequence[Columns],
    rng: np.random.Generator,
) -> list[float]:
    whole = _auc(predictor, held_out, is_default)
    orders = [rng.permutation(len(held_out)) for _ in range(_REPEATS)]
    losses = []
    for columns in groups:
        shuffled = held_out.copy()
        aucs = []
        for order in orders:
            shuffled[:, columns] = held_out[np.ix_(order, columns)]
            aucs.append(_auc(predictor, shuffled, is_default))
        losses.append(whole - float(np.mean(aucs)))
    return losses


def _auc(predictor: Predictor, rows: Matrix, is_default: Outcomes) -> float:
    ranked = RankedScores(is_default, predictor.margins(rows))
    return float(area_under_curve(ranked.confusion()))
