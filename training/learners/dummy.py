"""The learner that knows nothing: what every other must beat."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring import log_odds_of
from training.learners.base import Matrix, Outcomes


@dataclass(frozen=True)
class TrainedPrior:
    """The same score for everybody."""

    margin: float

    def margins(self, matrix: Matrix) -> NDArray[np.float64]:
        """Return the log-odds of the mean rate, shape (n_rows,)."""
        return np.full(len(matrix), self.margin)


@dataclass(frozen=True)
class Prior:
    """Gives every client the mean default rate of the training rows."""

    def fit(self, matrix: Matrix, is_default: Outcomes, seed: int) -> TrainedPrior:
        """Learn the rate."""
        return TrainedPrior(log_odds_of(float(is_default.mean())))
