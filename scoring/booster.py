"""The trees: margins and SHAP values, safe to call from several threads."""

from typing import Any

import lightgbm
import numpy as np
from numpy.typing import NDArray

from scoring.errors import ArtefactError

# One thread per call: a row is too little work to share, and a server has its own
# threads. The shape was checked by the encoder.
_PREDICT_OPTIONS: dict[str, Any] = {
    "num_threads": 1,
    "predict_disable_shape_check": True,
}


class Booster:
    """A LightGBM model read from its text form.

    LightGBM predicts under a shared lock of its own. Before the first SHAP values of a
    model it measures every tree's depth in place: that is done here, before anybody
    shares the model.

    Parameters
    ----------
    model_text : str

    Raises
    ------
    ArtefactError
        If the text is not a LightGBM model.
    """

    def __init__(self, model_text: str) -> None:
        try:
            self._booster = lightgbm.Booster(model_str=model_text)
        except lightgbm.basic.LightGBMError as error:
            raise ArtefactError(f"The booster cannot be read: {error}") from error
        self.shap_values(np.zeros((1, self.feature_count), dtype=np.float32))

    @property
    def feature_count(self) -> int:
        """Number of columns that the trees expect."""
        return int(self._booster.num_feature())

    def margins(self, matrix: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the raw scores of a matrix of shape (n_rows, n_features)."""
        scores = self._booster.predict(matrix, raw_score=True, **_PREDICT_OPTIONS)
        return np.asarray(scores, dtype=np.float64)

    def shap_values(self, matrix: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return exact SHAP values, shape (n_rows, n_features + 1).

        The last column is the average margin; a row adds up to its margin.
        """
        values = self._booster.predict(matrix, pred_contrib=True, **_PREDICT_OPTIONS)
        return np.asarray(values, dtype=np.float64)
