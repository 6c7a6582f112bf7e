"""From a client's encoded row to the points of each theme and the reasons."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from scoring.booster import Booster
from scoring.calibration import Calibrator
from scoring.detail import ThemePart, theme_parts
from scoring.explanation import Explainer, Explanation
from scoring.feature import Feature, Language, Theme
from scoring.points import PointsScale
from scoring.reasons import Reason, ReasonWriter
from scoring.usual import UsualThemes


class Reasoning:
    """Explain scores of one model.

    Parameters
    ----------
    features : sequence of Feature
        In the booster's order, with their typical values.
    themes : sequence of Theme
        Every theme that a feature belongs to.
    calibrator : Calibrator
    scale : PointsScale
    booster : Booster
    """

    def __init__(
        self,
        features: Sequence[Feature],
        themes: Sequence[Theme],
        calibrator: Calibrator,
        scale: PointsScale,
        booster: Booster,
    ) -> None:
        self.features = tuple(features)
        self.themes = tuple(themes)
        self._calibrator = calibrator
        self._scale = scale
        self._booster = booster
        self._explainer = Explainer(features, themes, calibrator, scale)
        self._writer = ReasonWriter(features, themes, self._explainer)
        self._usual_themes = UsualThemes(
            features, self._explainer.theme_of_feature, len(self.themes)
        )

    @property
    def theme_of_feature(self) -> NDArray[np.intp]:
        """Index of each feature's theme, shape (n_features,)."""
        return self._explainer.theme_of_feature

    def points(self, matrix: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return unrounded points, shape (n_rows,)."""
        log_odds = self._calibrator.log_odds(self._booster.margins(matrix))
        return np.asarray(self._scale.from_log_odds(log_odds), dtype=np.float64)

    def explain(self, matrix: NDArray[np.float32]) -> Explanation:
        """Take the score of one client apart, given a row of shape (1, n_features)."""
        return self._explainer.explain(self._booster.shap_values(matrix).reshape(-1))

    def usual_points(self, matrix: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return a client's points with each theme, in turn, as is usual.

        Parameters
        ----------
        matrix : ndarray of shape (1, n_features)

        Returns
        -------
        ndarray of shape (n_themes,)
        """
        return self.points(self._usual_themes.variants(matrix))

    def reasons(
        self,
        matrix: NDArray[np.float32],
        explanation: Explanation,
        row: Mapping[str, object],
        language: Language,
    ) -> tuple[Reason, ...]:
        """Write the reasons of one client's score.

        Parameters
        ----------
        matrix : ndarray of shape (1, n_features)
        explanation : Explanation
            Of that row.
        row : mapping of str to object
            The same values by name, as people know them.
        language : {"fr", "en"}
        """
        own = self.points(matrix)

        def advantages_of(positions: NDArray[np.intp]) -> NDArray[np.float64]:
            return own - self.points(self._usual_themes.single(matrix, positions))

        def advantages_of_themes(themes: NDArray[np.intp]) -> NDArray[np.float64]:
            return own - self.points(self._usual_themes.variants(matrix, themes))

        return self._writer.write(
            explanation, advantages_of_themes, advantages_of, row, language
        )

    def detail(
        self,
        matrix: NDArray[np.float32],
        row: Mapping[str, object],
        language: Language,
    ) -> tuple[tuple[ThemePart, ...], tuple[Reason, ...]]:
        """Take one client's score apart by feature, beside its reasons."""
        explanation = self.explain(matrix)
        reasons = self.reasons(matrix, explanation, row, language)
        untold = self._writer.untold(explanation, reasons)
        parts = theme_parts(
            explanation, self.features, self.themes, untold, row, language
        )
        return parts, reasons
