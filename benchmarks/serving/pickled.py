"""The served model as a scikit-learn pipeline, as it is usually pickled.

Imports nothing of the house, so that another environment can unpickle it.
"""

from __future__ import annotations

from typing import Any

import lightgbm
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin


class BoosterClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A booster behind scikit-learn's interface.

    Parameters
    ----------
    model_text : str
        A LightGBM model of two classes.
    """

    def __init__(self, model_text: str) -> None:
        self.model_text = model_text

    def fit(self, frame: pd.DataFrame, outcomes: Any) -> BoosterClassifier:
        """Read the trained booster; nothing is learned."""
        self.booster_ = lightgbm.Booster(model_str=self.model_text)
        self.classes_ = np.array([0, 1])
        return self

    def predict_proba(self, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return both classes' probabilities, shape (n_rows, 2)."""
        default = np.asarray(self.booster_.predict(matrix, num_threads=1))
        return np.column_stack([1 - default, default])

    def predict(self, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the probability of default: what a served model answers with."""
        return self.predict_proba(matrix)[:, 1]
