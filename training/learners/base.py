"""What the protocol asks of anything that can be trained."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]
Outcomes = NDArray[np.bool_]


class Predictor(Protocol):
    """A trained model."""

    def margins(self, matrix: Matrix) -> NDArray[np.float64]:
        """Return one score per row, higher for riskier, before calibration."""


class Learner(Protocol):
    """Anything that learns from a matrix; all it needs is fitted inside ``fit``.

    A learner sees training rows alone. Resampling, encoding, imputing or choosing a
    hyperparameter inside ``fit`` can therefore not leak from the rows that are held
    out to judge it.
    """

    def fit(self, matrix: Matrix, is_default: Outcomes, seed: int) -> Predictor:
        """Learn from rows and their outcomes."""
