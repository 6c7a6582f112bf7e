"""A client with one theme as granted clients usually have it.

SHAP values measure a theme against the average client, while a sentence compares with
granted clients, who are better than the average. A theme may then add points and yet
be worse than a granted client's. Scoring the client anew, with the theme replaced,
tells whether the score agrees with the sentence.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scoring.asking import Question
from scoring.encoding import FeatureEncoder
from scoring.feature import Feature


class UsualThemes:
    """Replace one theme at a time by the usual values of granted clients.

    Parameters
    ----------
    features : sequence of Feature
        With their typical values; nothing known where there is none.
    theme_of_feature : ndarray of shape (n_features,)
        Index of each feature's theme.
    theme_count : int
    """

    def __init__(
        self,
        features: Sequence[Feature],
        theme_of_feature: NDArray[np.intp],
        theme_count: int,
    ) -> None:
        usual_row = {feature.name: feature.typical for feature in features}
        self._usual = FeatureEncoder(features).encode(usual_row)
        self._is_replaced = theme_of_feature == np.arange(theme_count)[:, np.newaxis]

    def asked(
        self, matrix: NDArray[np.float32], question: Question
    ) -> NDArray[np.float32]:
        """Return the rows that a question is of, themes first.

        Parameters
        ----------
        matrix : ndarray of shape (1, n_features)
            The client.
        question : Question

        Returns
        -------
        ndarray of shape (question.size, n_features)
        """
        rows = matrix.repeat(question.size, axis=0)
        theme_count = question.themes.size
        is_replaced = self._is_replaced[question.themes]
        np.copyto(rows[:theme_count], self._usual, where=is_replaced)
        places = np.arange(theme_count, question.size)
        rows[places, question.features] = self._usual[0, question.features]
        return rows

    def variants(self, matrix: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return one row per theme, in which that theme has the usual values.

        Parameters
        ----------
        matrix : ndarray of shape (1, n_features)
            The client.

        Returns
        -------
        ndarray of shape (n_themes, n_features)
        """
        return np.where(self._is_replaced, self._usual, matrix)
