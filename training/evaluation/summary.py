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
from training.evaluation import metrics
from training.evaluation.bands import decile_table, rating_bands
from training.evaluation.bootstrap import Estimate, replicate_chunks
from training.evaluation.calibration import (
    PlattLine,
    calibrator_of,
    expected_calibration_error,
    fit_calibration,
    fit_platt_line,
    fit_platt_lines,
    reliability,
)
from training.evaluation.metrics import mean_over_seeds
from training.evaluation.ranking import (
    Confusion,
    RankedScores,
    area_under_curve,
    average_precision,
    kolmogorov_smirnov,
)
from training.evaluation.review import review_band

Floats = NDArray[np.float64]

_OF_RANKS: dict[str, Callable[[Confusion], Floats]] = {
    "auc": area_under_curve,
    "ks": kolmogorov_smirnov,
    "average_precision": average_precision,
}
_OF_ROWS: dict[str, metrics.Metric] = {
    "brier": metrics.brier,
    "log_loss": metrics.log_loss,
}


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
    probability : ndarray of shape (n_seeds, n_clients)
        Out of fold, calibrated without the client's own fold.
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

    @property
    def is_granted(self) -> NDArray[np.bool_]:
        """Who is below the threshold in the mean over the seeds, by client."""
        return np.asarray(self.probability.mean(axis=0) < self.rule.threshold)


def evaluate(
    margins: Floats,
    fold: NDArray[np.intp],
    is_default: NDArray[np.bool_],
    log_odds: Floats,
    costs: CostMatrix,
    seed: int,
) -> Evaluation:
    """Judge out-of-fold margins, and calibrate what is shipped.

    Measures are means over the seeds; tables and curves take the scores of all seeds
    together and count each client once.

    Parameters
    ----------
    margins : ndarray of shape (n_seeds, n_clients) or (n_clients,)
        Out of fold.
    fold : ndarray of the shape of the margins
    is_default : ndarray of shape (n_clients,)
    log_odds : ndarray of the shape of the margins
        Of default, calibrated without the client's own fold.
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
    margins, fold = np.atleast_2d(margins), np.atleast_2d(fold)
    log_odds = np.atleast_2d(log_odds)
    probability = probability_of(log_odds)
    repeats = len(margins)
    outcomes = np.tile(is_default, repeats)
    pooled = probability.ravel()
    scale = PointsScale(costs.threshold)
    points = scale.from_log_odds(log_odds).ravel()
    ranked = RankedScores(outcomes, pooled)
    drawn = _Replicates(ranked, margins, log_odds, is_default, costs)
    for weights in replicate_chunks(is_default, seed):
        drawn.add(weights)
    rule = DecisionRule(
        costs.threshold, review_band(drawn.line, drawn.lines, costs.threshold)
    )
    groups = reliability(pooled, outcomes, repeats)
    return Evaluation(
        calibrator=calibrator_of(drawn.line, margins.ravel()),
        slope=drawn.line.slope,
        rule=rule,
        scale=scale,
        ratings=rating_bands(points, outcomes, scale, repeats),
        probability=probability,
        metrics=drawn.metrics(),
        figures={
            "fold_auc": _by_fold(fold, is_default, probability),
            "decisions": _decision_table(pooled, outcomes, rule, repeats),
            "roc": _roc(ranked.confusion()),
            "reliability": groups,
            "expected_calibration_error": expected_calibration_error(groups),
            "deciles": decile_table(pooled, points, outcomes, repeats),
            "points_histogram": _histogram(points, outcomes, repeats),
        },
    )


class _Replicates:
    """Measures, threshold costs and calibration lines over the draws of clients."""

    def __init__(
        self,
        ranked: RankedScores,
        margins: Floats,
        log_odds: Floats,
        is_default: NDArray[np.bool_],
        costs: CostMatrix,
    ) -> None:
        probability = probability_of(log_odds)
        self._ranked = ranked
        self._margins, self._log_odds = margins.ravel(), log_odds.ravel()
        self._repeats = len(margins)
        self._outcomes = np.tile(is_default, self._repeats)
        self._of_seeds = [RankedScores(is_default, row) for row in probability]
        self._of_rows = {
            name: mean_over_seeds(metric, probability, is_default)
            for name, metric in _OF_ROWS.items()
        }
        self._sampled: dict[str, list[float]] = {}
        self._slopes: list[float] = []
        self._slope_line = fit_platt_line(self._log_odds, self._outcomes)
        self.line = fit_calibration(self._margins, self._outcomes)
        self.lines: list[PlattLine] = []
        self._costs = costs
        self._business_cut = ranked.cut_of(costs.threshold)
        self._business_costs: list[float] = []

    def add(self, weights: Floats) -> None:
        for name, values in self._values(weights).items():
            self._sampled.setdefault(name, []).extend(values.tolist())
        # A drawn client comes with the scores of all seeds.
        tiled = np.tile(weights, (1, self._repeats))
        self._business_costs += self._business_cost(tiled).tolist()
        self.lines += fit_platt_lines(self._margins, self._outcomes, tiled, self.line)
        self._slopes += [
            line.slope
            for line in fit_platt_lines(
                self._log_odds, self._outcomes, tiled, self._slope_line
            )
        ]

    def _business_cost(self, weights: Floats) -> Floats:
        cost = self._ranked.confusion(weights).cost(self._costs)
        return np.asarray(cost[:, self._business_cut])

    def _values(self, weights: Floats) -> dict[str, Floats]:
        confusions = [ranked.confusion(weights) for ranked in self._of_seeds]
        return {
            name: np.mean([measure(one) for one in confusions], axis=0)
            for name, measure in _OF_RANKS.items()
        } | {name: measure(weights) for name, measure in self._of_rows.items()}

    def metrics(self) -> dict[str, Estimate]:
        everyone = np.ones((1, self._outcomes.size // self._repeats))
        found = {
            name: Estimate.from_replicates(float(values[0]), self._sampled[name])
            for name, values in self._values(everyone).items()
        }
        area = found["auc"]
        gini = Estimate(*(2 * end - 1 for end in (area.value, area.low, area.high)))
        return (
            {"auc": area, "gini": gini}
            | found
            | {
                "calibration_slope": Estimate.from_replicates(
                    self._slope_line.slope, self._slopes
                ),
                "cost_per_client": Estimate.from_replicates(
                    float(self._business_cost(np.ones((1, self._outcomes.size)))[0]),
                    self._business_costs,
                ),
            }
        )


def _by_fold(
    fold: NDArray[np.intp], is_default: NDArray[np.bool_], probability: Floats
) -> list[float]:
    return [
        float(
            area_under_curve(
                RankedScores(is_default[held_out], of_seed[held_out]).confusion()
            )
        )
        for of_seed, folds in zip(probability, fold, strict=True)
        for held_out in (folds == number for number in np.unique(folds))
    ]


def _decision_table(
    probability: Floats,
    is_default: NDArray[np.bool_],
    rule: DecisionRule,
    repeats: int,
) -> list[dict[str, Any]]:
    low, high = rule.review_band
    decisions = np.select(
        [probability < low, probability < high], ["grant", "review"], "refuse"
    )
    rows = []
    for name in ("grant", "review", "refuse"):
        inside = decisions == name
        clients = int(inside.sum())
        rows.append(
            {
                "decision": name,
                "clients": clients / repeats,
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


def _histogram(
    points: Floats, is_default: NDArray[np.bool_], repeats: int
) -> dict[str, list[float]]:
    low, high = np.floor(points.min() / 10) * 10, np.ceil(points.max() / 10) * 10
    edges = np.arange(low, high + 11, 10)
    good, bad = (
        np.histogram(points[group], edges)[0] / repeats
        for group in (~is_default, is_default)
    )
    return {"edges": edges.tolist(), "good": good.tolist(), "bad": bad.tolist()}
