"""All figures of a model in one document."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring import (
    Calibrator,
    CostMatrix,
    DecisionRule,
    PointsScale,
    RatingBand,
    probability_of,
)
from training.evaluation.audit import AGE_BANDS, age_bands, group_audit
from training.evaluation.bands import decile_table, rating_bands
from training.evaluation.bootstrap import Estimate, replicate_weights
from training.evaluation.calibration import (
    PlattLine,
    calibrator_of,
    cross_fitted_log_odds,
    expected_calibration_error,
    fit_calibration,
    fit_platt_line,
    reliability,
)
from training.evaluation.ranking import (
    Confusion,
    RankedScores,
    area_under_curve,
    average_precision,
    kolmogorov_smirnov,
)
from training.evaluation.review import review_band
from training.evaluation.thresholds import ThresholdComparison

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Evaluation:
    """What cross-validation says of a model, and what serving needs of it.

    Attributes
    ----------
    calibrator : Calibrator
        Of all out-of-fold margins.
    slope : float
        Of the calibrator's line.
    rule : DecisionRule
    scale : PointsScale
    ratings : tuple of RatingBand
    probability : ndarray of shape (n_clients,)
        Cross-fitted, out of fold.
    metrics : dict of str to Estimate
    figures : dict
        Tables and curves of the report.
    """

    calibrator: Calibrator
    slope: float
    rule: DecisionRule
    scale: PointsScale
    ratings: tuple[RatingBand, ...]
    probability: Floats
    metrics: dict[str, Estimate]
    figures: dict[str, Any]


def evaluate(
    margins: Floats,
    fold: NDArray[np.intp],
    is_default: NDArray[np.bool_],
    genders: NDArray[np.object_],
    ages: Floats,
    costs: CostMatrix,
    seed: int,
) -> Evaluation:
    """Calibrate and judge out-of-fold margins.

    Parameters
    ----------
    margins : ndarray of shape (n_clients,)
        Out of fold.
    fold : ndarray of shape (n_clients,)
    is_default : ndarray of shape (n_clients,)
    genders : ndarray of shape (n_clients,)
    ages : ndarray of shape (n_clients,)
    costs : CostMatrix
    seed : int
        Of the bootstrap.

    Returns
    -------
    Evaluation

    Raises
    ------
    EvaluationError
        If the margins do not tell bad from good.
    """
    line = fit_calibration(margins, is_default)
    log_odds = cross_fitted_log_odds(margins, is_default, fold)
    probability = probability_of(log_odds)
    scale = PointsScale(costs.threshold)
    points = scale.from_log_odds(log_odds)
    ranked = RankedScores(is_default, probability)
    comparison = ThresholdComparison(ranked, costs)
    losses = _row_losses(probability, is_default)
    sampled: dict[str, list[float]] = {}
    lines: list[PlattLine] = []
    for weights in replicate_weights(is_default, seed):
        confusion = ranked.confusion(weights)
        comparison.add_replicate(confusion)
        for name, value in _values(confusion, losses, weights).items():
            sampled.setdefault(name, []).append(value)
        calibration = fit_platt_line(log_odds, is_default, weights)
        sampled.setdefault("calibration_slope", []).append(calibration.slope)
        lines.append(fit_platt_line(margins, is_default, weights))
    values = _values(ranked.confusion(), losses, np.ones_like(probability))
    values["calibration_slope"] = fit_platt_line(log_odds, is_default).slope
    metrics = {
        name: Estimate.from_replicates(value, sampled[name])
        for name, value in values.items()
    }
    metrics["cost_per_client"] = comparison.business_cost()
    rule = DecisionRule(costs.threshold, review_band(line, lines, costs.threshold))
    groups = reliability(probability, is_default)
    return Evaluation(
        calibrator=calibrator_of(line, margins),
        slope=line.slope,
        rule=rule,
        scale=scale,
        ratings=rating_bands(points, is_default, scale),
        probability=probability,
        metrics=metrics,
        figures={
            "fold_auc": _by_fold(fold, is_default, probability),
            "thresholds": comparison.table(),
            "empirical_threshold": comparison.empirical_optimum().to_dict(),
            "cost_curve": comparison.curve(),
            "decisions": _decision_table(probability, is_default, rule),
            "roc": _roc(ranked.confusion()),
            "reliability": groups,
            "expected_calibration_error": expected_calibration_error(groups),
            "deciles": decile_table(probability, points, is_default),
            "points_histogram": _histogram(points, is_default),
            "audit": {
                "gender": group_audit(
                    genders, probability, is_default, costs.threshold
                ),
                "age": group_audit(
                    age_bands(ages),
                    probability,
                    is_default,
                    costs.threshold,
                    order=AGE_BANDS,
                ),
            },
        },
    )


def _row_losses(
    probability: Floats, is_default: NDArray[np.bool_]
) -> dict[str, Callable[[Floats], float]]:
    outcome = is_default.astype(np.float64)
    squared = (probability - outcome) ** 2
    log_loss = -np.log(np.where(is_default, probability, 1 - probability))
    return {
        "brier": lambda weights: float(np.average(squared, weights=weights)),
        "log_loss": lambda weights: float(np.average(log_loss, weights=weights)),
    }


def _values(
    confusion: Confusion,
    losses: dict[str, Callable[[Floats], float]],
    weights: Floats,
) -> dict[str, float]:
    auc = float(area_under_curve(confusion))
    return {
        "auc": auc,
        "gini": 2 * auc - 1,
        "ks": float(kolmogorov_smirnov(confusion)),
        "average_precision": float(average_precision(confusion)),
    } | {name: loss(weights) for name, loss in losses.items()}


def _by_fold(
    fold: NDArray[np.intp], is_default: NDArray[np.bool_], probability: Floats
) -> list[float]:
    return [
        float(
            area_under_curve(
                RankedScores(
                    is_default[fold == number], probability[fold == number]
                ).confusion()
            )
        )
        for number in np.unique(fold)
    ]


def _decision_table(
    probability: Floats, is_default: NDArray[np.bool_], rule: DecisionRule
) -> list[dict[str, Any]]:
    decisions = np.array([rule.decide(p) for p in probability.tolist()])
    rows = []
    for name in ("grant", "review", "refuse"):
        inside = decisions == name
        clients = int(inside.sum())
        rows.append(
            {
                "decision": name,
                "clients": clients,
                "share": clients / probability.size,
                "default_rate": float(is_default[inside].mean()) if clients else None,
            }
        )
    return rows


def _roc(confusion: Confusion, points: int = 200) -> dict[str, list[float]]:
    cuts = np.unique(
        np.linspace(0, confusion.recall.size - 1, points).round().astype(int)
    )
    return {
        "false_positive_rate": confusion.false_positive_rate[cuts].tolist(),
        "recall": confusion.recall[cuts].tolist(),
    }


def _histogram(points: Floats, is_default: NDArray[np.bool_]) -> dict[str, list[float]]:
    low, high = np.floor(points.min() / 10) * 10, np.ceil(points.max() / 10) * 10
    edges = np.arange(low, high + 11, 10)
    return {
        "edges": edges.tolist(),
        "good": np.histogram(points[~is_default], edges)[0].astype(float).tolist(),
        "bad": np.histogram(points[is_default], edges)[0].astype(float).tolist(),
    }
