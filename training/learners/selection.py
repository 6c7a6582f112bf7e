"""Fewer columns, chosen inside ``fit`` on the training rows alone.

References
----------
A. Altmann et al., "Permutation importance: a corrected feature importance measure",
Bioinformatics 26, 2010: the importance of a column is compared with what it gets when
the outcomes are shuffled.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from training.learners import BoostedTrees, Matrix, Outcomes, Predictor, TrainedTrees

Positions = NDArray[np.intp]
Selector = Callable[[BoostedTrees, Matrix, Outcomes, int], Positions]

_ROUNDS = 150
_NULL_DRAWS = 8
_NULL_QUANTILE = 0.75
_GAIN_SHARE = 0.95


def by_cumulated_gain(
    trees: BoostedTrees, matrix: Matrix, is_default: Outcomes, seed: int
) -> Positions:
    """Keep the fewest columns that bring 95 % of the gain of one booster."""
    gain = _gain(trees, matrix, is_default, seed)
    order = np.argsort(-gain, kind="stable")
    needed = int(np.searchsorted(np.cumsum(gain[order]), _GAIN_SHARE * gain.sum())) + 1
    return np.sort(order[:needed])


def by_null_importance(
    trees: BoostedTrees, matrix: Matrix, is_default: Outcomes, seed: int
) -> Positions:
    """Keep the columns whose gain exceeds what they gain on shuffled outcomes.

    A column has to beat three quarters of the draws: a gain that chance gives as often
    is one of many values to split by, not of information.
    """
    gain = _gain(trees, matrix, is_default, seed)
    rng = np.random.default_rng(seed)
    dataset = trees.dataset(matrix, is_default).construct()
    null = np.empty((_NULL_DRAWS, matrix.shape[1]))
    for draw in range(_NULL_DRAWS):
        shuffled = rng.permutation(is_default)
        dataset.set_label(shuffled.astype(np.float32))
        null[draw] = trees.fit_dataset(dataset, seed, _ROUNDS).gain()
    kept = np.flatnonzero(gain > np.quantile(null, _NULL_QUANTILE, axis=0))
    return kept if kept.size else np.array([int(np.argmax(gain))])


def _gain(
    trees: BoostedTrees, matrix: Matrix, is_default: Outcomes, seed: int
) -> NDArray[np.float64]:
    return trees.fit_rounds(matrix, is_default, seed, _ROUNDS).gain()


SELECTORS: dict[str, Selector] = {
    "cumulated_gain": by_cumulated_gain,
    "null_importance": by_null_importance,
}


@dataclass(frozen=True)
class SelectedPredictor:
    """A trained model that reads some of the columns.

    Attributes
    ----------
    positions : ndarray of shape (n_kept,), int
        In the whole matrix, increasing.
    predictor : Predictor
    """

    positions: Positions
    predictor: Predictor

    def margins(self, matrix: Matrix) -> NDArray[np.float64]:
        """Return raw scores, shape (n_rows,), of whole rows."""
        return self.predictor.margins(matrix[:, self.positions])


@dataclass(frozen=True)
class SelectedTrees:
    """Trees on columns that a selector chooses on the rows to learn from.

    Parameters
    ----------
    trees : BoostedTrees
    selector : callable
        One of ``SELECTORS``.
    """

    trees: BoostedTrees
    selector: Selector

    def fit(self, matrix: Matrix, is_default: Outcomes, seed: int) -> SelectedPredictor:
        """Choose columns, then train on them alone."""
        positions = self.selector(self.trees, matrix, is_default, seed)
        learner = on_columns(self.trees, positions)
        trained: TrainedTrees = learner.fit(matrix[:, positions], is_default, seed)
        return SelectedPredictor(positions, trained)


def on_columns(trees: BoostedTrees, positions: Positions) -> BoostedTrees:
    """Return the learner for a matrix that has these columns only."""
    categorical = set(trees.categorical_positions)
    directions = trees.monotone_directions
    return replace(
        trees,
        categorical_positions=tuple(
            new for new, old in enumerate(positions) if int(old) in categorical
        ),
        monotone_directions=tuple(directions[i] for i in positions)
        if directions
        else (),
    )
