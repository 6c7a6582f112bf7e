"""From clients' encoded rows to the points of each theme and the reasons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.asking import Answer, Question, answered_together
from scoring.booster import Booster
from scoring.calibration import Calibrator
from scoring.detail import ThemePart, theme_parts
from scoring.explanation import Explainer, Explanation
from scoring.feature import Feature, Language, Theme
from scoring.points import PointsScale
from scoring.reasons import Reason, ReasonWriter
from scoring.usual import UsualThemes


@dataclass(frozen=True, slots=True)
class ReasonedClients:
    """Clients whose scores were taken apart, one after the other.

    Attributes
    ----------
    margins : ndarray of shape (n_clients,)
    explanations : list of Explanation
    reasons : list of tuple of Reason
    """

    margins: NDArray[np.float64]
    explanations: list[Explanation]
    reasons: list[tuple[Reason, ...]]


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
        return self._points(self._booster.margins(matrix))

    def explain(self, matrix: NDArray[np.float32]) -> list[Explanation]:
        """Take the scores of clients apart, shape (n_rows, n_features)."""
        return list(map(self._explainer.explain, self._booster.shap_values(matrix)))

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

    def reasoned(
        self,
        matrix: NDArray[np.float32],
        rows: Sequence[Mapping[str, object]],
        language: Language,
    ) -> ReasonedClients:
        """Score clients, take their scores apart and write the reasons.

        Parameters
        ----------
        matrix : ndarray of shape (n_clients, n_features)
            As the booster reads them; at least one client.
        rows : sequence of mapping
            The same values by name, as people know them.
        language : {"fr", "en"}
        """
        own: NDArray[np.float64] | None = None
        own_points = np.empty(0)

        def answer(questions: Mapping[int, Question]) -> dict[int, Answer]:
            """Ask the trees, the first time about the clients as they are as well."""
            nonlocal own, own_points
            asked = [
                self._usual_themes.asked(matrix[place : place + 1], question)
                for place, question in questions.items()
            ]
            themselves = [matrix] if own is None else []
            margins = self._booster.margins(np.concatenate([*themselves, *asked]))
            points = self._points(margins)
            start, answers = 0, {}
            if own is None:
                start = len(matrix)
                own, own_points = margins[:start], points[:start]
            for place, question in questions.items():
                end = start + question.size
                answers[place] = own_points[place] - points[start:end]
                start = end
            return answers

        explanations = self.explain(matrix)
        writing = [
            self._writer.write(explanation, row, language)
            for explanation, row in zip(explanations, rows, strict=True)
        ]
        reasons = answered_together(writing, answer)
        if own is None:  # nothing was asked
            own = self._booster.margins(matrix)
        return ReasonedClients(own, explanations, reasons)

    def detail(
        self,
        matrix: NDArray[np.float32],
        row: Mapping[str, object],
        language: Language,
    ) -> tuple[tuple[ThemePart, ...], tuple[Reason, ...]]:
        """Take one client's score apart by feature, beside its reasons."""
        client = self.reasoned(matrix, [row], language)
        [explanation], [reasons] = client.explanations, client.reasons
        untold = self._writer.untold(explanation, reasons)
        parts = theme_parts(
            explanation, self.features, self.themes, untold, row, language
        )
        return parts, reasons

    def _points(self, margins: NDArray[np.float64]) -> NDArray[np.float64]:
        log_odds = self._calibrator.log_odds(margins)
        return np.asarray(self._scale.from_log_odds(log_odds), dtype=np.float64)
