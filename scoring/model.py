"""The model that answers: probability, points, rating, decision, reasons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast, get_args

import numpy as np
from numpy.typing import NDArray

from scoring.booster import Booster
from scoring.calibration import probability_of
from scoring.cost import CostMatrix
from scoring.decision import Decision
from scoring.detail import Detail
from scoring.encoding import FeatureEncoder
from scoring.errors import LanguageError
from scoring.explanation import Contribution, Explanation
from scoring.feature import Feature, Language, Theme
from scoring.manifest import Manifest
from scoring.points import RatingBand, rating_of
from scoring.population import Population
from scoring.reasoning import Reasoning
from scoring.reasons import Reason


@dataclass(frozen=True, slots=True)
class Score:
    """The answer for one client.

    Attributes
    ----------
    probability : float
        Calibrated probability of default.
    points : int
        Rounded points; more are safer.
    unrounded_points : float
        ``base_points`` plus all contributions.
    rating : str
    decision : {"grant", "review", "refuse"}
    threshold : float
        Probability of default from which a refusal is cheaper.
    base_points : float
        Points of the average margin.
    contributions : tuple of Contribution
        ``(theme, label, points)`` for every theme; empty without explanation.
    reasons : tuple of Reason
        Empty without explanation.
    """

    probability: float
    points: int
    unrounded_points: float
    rating: str
    decision: Decision
    threshold: float
    base_points: float
    contributions: tuple[Contribution, ...] = ()
    reasons: tuple[Reason, ...] = ()


class ScoringModel:
    """A verified model, ready to score; one instance serves many threads.

    Parameters
    ----------
    manifest : Manifest
    booster : Booster
        With as many features as the manifest.
    population : Population, optional
        The clients that it learned from, in counts; None where its folder keeps none.
    """

    def __init__(
        self,
        manifest: Manifest,
        booster: Booster,
        population: Population | None = None,
    ) -> None:
        self.manifest = manifest
        self.population = population
        self._booster = booster
        self._encoder = FeatureEncoder(manifest.features)
        self._reasoning = Reasoning(
            manifest.features,
            manifest.themes,
            manifest.calibrator,
            manifest.scale,
            booster,
        )
        self.base_points = float(
            manifest.scale.from_log_odds(
                manifest.calibrator.log_odds(manifest.base_value)
            )
        )

    @property
    def version(self) -> str:
        """Name of the model."""
        return self.manifest.version

    @property
    def features(self) -> tuple[Feature, ...]:
        """Inputs of the model, in their order."""
        return self.manifest.features

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Columns that a feature row must have."""
        return tuple(feature.name for feature in self.manifest.features)

    @property
    def themes(self) -> tuple[Theme, ...]:
        """Families of features, in the order of the contributions."""
        return self.manifest.themes

    @property
    def ratings(self) -> tuple[RatingBand, ...]:
        """Rating bands, safest first."""
        return self.manifest.ratings

    @property
    def cost_matrix(self) -> CostMatrix:
        """Costs that the threshold follows from."""
        return self.manifest.cost_matrix

    @property
    def threshold(self) -> float:
        """Probability of default from which a refusal is cheaper."""
        return self.manifest.decision_rule.threshold

    @property
    def review_band(self) -> tuple[float, float]:
        """Probabilities between which a person decides."""
        return self.manifest.decision_rule.review_band

    def public_manifest(self) -> dict[str, Any]:
        """Return what any caller may know of the model, ready for JSON."""
        return self.manifest.public()

    def score(
        self,
        row: Mapping[str, object],
        *,
        explain: bool = True,
        language: str = "fr",
    ) -> Score:
        """Score one client.

        Parameters
        ----------
        row : mapping of str to object
            A row of the feature table: every feature by name, None where nothing is
            known. Other keys are ignored.
        explain : bool, default=True
            Whether to compute contributions and reasons; without them a score takes a
            fraction of the time.
        language : {"fr", "en"}, default="fr"
            Of labels and sentences.

        Returns
        -------
        Score

        Raises
        ------
        FeatureRowError
            If a feature is absent or of the wrong kind.
        LanguageError
            If the language is another.
        """
        return self.score_many([row], explain=explain, language=language)[0]

    def score_many(
        self,
        rows: Sequence[Mapping[str, object]],
        *,
        explain: bool = False,
        language: str = "fr",
    ) -> list[Score]:
        """Score several clients, in one pass over the trees.

        Parameters
        ----------
        rows : sequence of mapping of str to object
        explain : bool, default=False
        language : {"fr", "en"}, default="fr"

        Returns
        -------
        list of Score
            In the order of the rows, each as :meth:`score` gives it.

        Raises
        ------
        FeatureRowError
            As of :meth:`score`, for any of the rows.
        LanguageError
        """
        known_language = _checked_language(language)
        if not rows:
            return []
        matrix = self._encoder.encode_many(rows)
        if not explain:
            return self._scores(self._booster.margins(matrix))
        return self._explained(matrix, rows, known_language)

    def margins(self, rows: Sequence[Mapping[str, object]]) -> NDArray[np.float64]:
        """Return the booster's raw scores, shape (n_rows,)."""
        return self._booster.margins(self._encoder.encode_many(rows))

    def shap_values(self, row: Mapping[str, object]) -> NDArray[np.float64]:
        """Return one client's SHAP values on the margin, shape (n_features + 1,)."""
        values = self._booster.shap_values(self._encoder.encode(row))
        return values.reshape(-1)

    def detail(self, row: Mapping[str, object], *, language: str = "fr") -> Detail:
        """Take the score of one client apart down to its features.

        Parameters
        ----------
        row : mapping of str to object
            As `score` takes it.
        language : {"fr", "en"}, default="fr"

        Raises
        ------
        FeatureRowError
            If a feature is absent or of the wrong kind.
        LanguageError
            If the language is another.
        """
        known_language = _checked_language(language)
        themes, reasons = self._reasoning.detail(
            self._encoder.encode(row), row, known_language
        )
        return Detail(self.base_points, themes, reasons)

    def _explained(
        self,
        matrix: NDArray[np.float32],
        rows: Sequence[Mapping[str, object]],
        language: Language,
    ) -> list[Score]:
        clients = self._reasoning.reasoned(matrix, rows, language)
        return [
            replace(
                score,
                contributions=self._contributions(explanation, language),
                reasons=reasons,
            )
            for score, explanation, reasons in zip(
                # Of the margins themselves, not of the sum of their parts: the same
                # digits as without explanation.
                self._scores(clients.margins),
                clients.explanations,
                clients.reasons,
                strict=True,
            )
        ]

    def _scores(self, margins: NDArray[np.float64]) -> list[Score]:
        log_odds = self.manifest.calibrator.log_odds(margins)
        rule = self.manifest.decision_rule
        scores = []
        for probability, exact_points in zip(
            probability_of(log_odds).tolist(),
            self.manifest.scale.from_log_odds(log_odds).tolist(),
            strict=True,
        ):
            points = round(exact_points)
            scores.append(
                Score(
                    probability=probability,
                    points=points,
                    unrounded_points=exact_points,
                    rating=rating_of(points, self.manifest.ratings),
                    decision=rule.decide(probability),
                    threshold=rule.threshold,
                    base_points=self.base_points,
                )
            )
        return scores

    def _contributions(
        self, explanation: Explanation, language: Language
    ) -> tuple[Contribution, ...]:
        return tuple(
            Contribution(theme.code, theme.label(language), points)
            for theme, points in zip(
                self.manifest.themes, explanation.theme_points.tolist(), strict=True
            )
        )


def _checked_language(language: str) -> Language:
    for known in get_args(Language):
        if language == known:
            return cast(Language, known)
    raise LanguageError(
        f"Reasons exist in {' and '.join(get_args(Language))}, not in {language!r}."
    )
