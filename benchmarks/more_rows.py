"""Learners that are given more rows, or fewer, than the protocol hands them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.model_selection import train_test_split

from training.learners import Learner, Matrix, Outcomes, Predictor


@dataclass(frozen=True)
class WithMoreRows:
    """Learn from the given rows and always from these as well.

    Parameters
    ----------
    learner : Learner
    matrix : ndarray of shape (n_more, n_features)
        Of clients who are never held out.
    is_default : ndarray of shape (n_more,)
    """

    learner: Learner
    matrix: Matrix
    is_default: Outcomes

    def fit(self, matrix: Matrix, is_default: Outcomes, seed: int) -> Predictor:
        """Learn from both."""
        return self.learner.fit(
            np.concatenate((matrix, self.matrix)),
            np.concatenate((is_default, self.is_default)),
            seed,
        )


@dataclass(frozen=True)
class OnShare:
    """Learn from a random share of the given rows.

    Parameters
    ----------
    learner : Learner
    share : float
        Between 0 and 1, both excluded.
    """

    learner: Learner
    share: float

    def fit(self, matrix: Matrix, is_default: Outcomes, seed: int) -> Predictor:
        """Learn from a stratified draw."""
        kept, _ = train_test_split(
            np.arange(is_default.size),
            train_size=self.share,
            stratify=is_default,
            random_state=seed,
        )
        return self.learner.fit(matrix[kept], is_default[kept], seed)
