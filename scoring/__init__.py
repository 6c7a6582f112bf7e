"""The model artefact: load, predict, explain, decide. No SQL, no HTTP.

A model folder holds a LightGBM booster as text and a JSON manifest. ``load_model``
verifies the folder and returns a :class:`ScoringModel`, whose ``score`` turns one
row of the feature table into a probability of default, points, a rating, a decision
and its reasons. It also keeps the clients of training in counts, and tells how far
later ones have moved from them. Needs NumPy, SciPy and LightGBM only.
"""

from scoring.artefact import load_model, write_artefact
from scoring.booster import Booster
from scoring.calibration import Calibrator, log_odds_of, probability_of
from scoring.client_costs import ClientCosts, CreditCostRates
from scoring.cost import CostCurve, CostMatrix, cost_curve
from scoring.decision import Decision, DecisionRule
from scoring.detail import Detail, FeaturePart, ThemePart
from scoring.encoding import FeatureEncoder
from scoring.errors import (
    ArtefactError,
    FeatureRowError,
    LanguageError,
    ScoringError,
)
from scoring.evidence import Evidence, GroupRates, Interval, Outcomes
from scoring.explanation import Contribution
from scoring.feature import Category, DataType, Feature, Language, Theme, Unit
from scoring.formatting import format_number, format_value
from scoring.manifest import SCHEMA_VERSION, Manifest, to_json
from scoring.model import Score, ScoringModel
from scoring.points import PointsScale, RatingBand, rating_of
from scoring.population import Population
from scoring.profile import Profile
from scoring.reasoning import Reasoning
from scoring.reasons import Reason
from scoring.stability import (
    DRIFT_EXIT_CODES,
    FeatureStability,
    Stability,
    Verdict,
    feature_stability,
    stability_index,
    worst_verdict,
)

__all__ = [
    "DRIFT_EXIT_CODES",
    "SCHEMA_VERSION",
    "ArtefactError",
    "Booster",
    "Calibrator",
    "Category",
    "ClientCosts",
    "Contribution",
    "CostCurve",
    "CostMatrix",
    "CreditCostRates",
    "DataType",
    "Decision",
    "DecisionRule",
    "Detail",
    "Evidence",
    "Feature",
    "FeatureEncoder",
    "FeaturePart",
    "FeatureRowError",
    "FeatureStability",
    "GroupRates",
    "Interval",
    "Language",
    "LanguageError",
    "Manifest",
    "Outcomes",
    "PointsScale",
    "Population",
    "Profile",
    "RatingBand",
    "Reason",
    "Reasoning",
    "Score",
    "ScoringError",
    "ScoringModel",
    "Stability",
    "Theme",
    "ThemePart",
    "Unit",
    "Verdict",
    "cost_curve",
    "feature_stability",
    "format_number",
    "format_value",
    "load_model",
    "log_odds_of",
    "probability_of",
    "rating_of",
    "stability_index",
    "to_json",
    "worst_verdict",
    "write_artefact",
]
