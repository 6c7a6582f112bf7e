"""The trees: margins and SHAP values, safe to call from several threads."""

import numpy as np
from numpy.typing import NDArray

from scoring.lightgbm_library import Prediction, Trees


class Booster:
    """A LightGBM model read from its text form.

    Before the first SHAP values of a model LightGBM measures every tree's depth in
    place: that is done here, before anybody shares the model.

    Parameters
    ----------
    model_text : str

    Raises
    ------
    ArtefactError
        If the text is not a LightGBM model.
    """

    def __init__(self, model_text: str) -> None:
        self._trees = Trees(model_text)
        self.shap_values(np.zeros((1, self.feature_count), dtype=np.float32))

    @property
    def feature_count(self) -> int:
        """Number of columns that the trees expect."""
        return self._trees.feature_count

    def margins(self, matrix: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the raw scores of a matrix of shape (n_rows, n_features)."""
        return self._trees.predict(matrix, Prediction.RAW_SCORE)[:, 0]

    def shap_values(self, matrix: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return exact SHAP values, shape (n_rows, n_features + 1).

        The last column is the average margin; a row adds up to its margin.
        """
        return self._trees.predict(matrix, Prediction.CONTRIBUTIONS)
