"""Why a score is what it is: exact SHAP values, by theme, in points.

The booster's own TreeSHAP splits a margin into one contribution per feature and the
average margin. The sums by theme are turned into points with the calibrator's slope.
Where the calibrator is a straight line the conversion is exact feature by feature.
Where it bends, the mean slope between the average margin and the client's margin is
used for all contributions alike: they still add up to the score, in the proportions
of their margins.

References
----------
S. Lundberg et al., "From local explanations to global understanding with explainable
AI for trees", Nature Machine Intelligence 2, 2020.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scoring.calibration import Calibrator
from scoring.feature import Feature, Theme
from scoring.points import PointsScale


class Contribution(NamedTuple):
    """Points that a theme adds to (positive) or takes from the average score."""

    theme: str
    label: str
    points: float


@dataclass(frozen=True)
class Explanation:
    """A score taken apart.

    Attributes
    ----------
    feature_points : ndarray of shape (n_features,)
        Points of every feature; they add up to the distance from the base points.
    theme_points : ndarray of shape (n_themes,)
        The same, summed by theme.
    """

    feature_points: NDArray[np.float64]
    theme_points: NDArray[np.float64]


class Explainer:
    """Turn SHAP values of the margin into points by feature and by theme.

    Parameters
    ----------
    features : sequence of Feature
    themes : sequence of Theme
        Every theme that a feature belongs to.
    calibrator : Calibrator
    scale : PointsScale
    """

    def __init__(
        self,
        features: Sequence[Feature],
        themes: Sequence[Theme],
        calibrator: Calibrator,
        scale: PointsScale,
    ) -> None:
        positions = {theme.code: index for index, theme in enumerate(themes)}
        self.theme_of_feature = np.array(
            [positions[feature.theme] for feature in features], dtype=np.intp
        )
        self._theme_count = len(themes)
        self._calibrator = calibrator
        self._scale = scale

    def explain(self, shap_values: NDArray[np.float64]) -> Explanation:
        """Convert one client's SHAP values.

        Parameters
        ----------
        shap_values : ndarray of shape (n_features + 1,)
            Contributions to the margin; the last one is the average margin.
        """
        average_margin = float(shap_values[-1])
        margin = float(shap_values.sum())
        slope = self._calibrator.slope_between(average_margin, margin)
        feature_points = -self._scale.factor * slope * shap_values[:-1]
        return Explanation(feature_points, self.by_theme(feature_points))

    def by_theme(self, feature_points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum points of features into an array of shape (n_themes,)."""
        sums = np.bincount(
            self.theme_of_feature, weights=feature_points, minlength=self._theme_count
        )
        return sums.astype(np.float64, copy=False)
