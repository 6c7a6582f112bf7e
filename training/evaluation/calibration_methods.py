"""Calibrations compared on the same out-of-fold margins and the same replicates."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.evaluation.calibrators import METHODS, cross_calibrated
from training.evaluation.platt_replicates import platt_replicates
from training.evaluation.resampling import estimate
from training.evaluation.scored import Scored

Floats = NDArray[np.float64]

SHIPPED = "platt"
SLOPE_AIM = (0.9, 1.1)
ERROR_AIM = 0.01
_GROUPS = 10
_CHANCE_DRAWS = 4000


def calibration_methods(scored: Scored) -> dict[str, Any]:
    """Compare slope, expected calibration error, Brier score and log loss.

    Parameters
    ----------
    scored : Scored

    Returns
    -------
    dict
        ``methods``: one row each, with ``extra_log_loss`` and ``extra_brier`` against
        the shipped method (paired) and, of the calibration error, what perfect
        probabilities would show on so few clients; ``shipped``; ``better``: methods
        whose log loss is below the shipped one's with an interval that excludes 0;
        ``reliability`` by method; ``aims``.
    """
    found = {
        name: np.stack(
            [
                cross_calibrated(name, margins, scored.is_default, fold)
                for margins, fold in zip(scored.margins, scored.fold, strict=True)
            ]
        )
        for name in METHODS
    }
    losses = {name: _mean_losses(scored, found[name]) for name in found}
    rows = []
    for name, probability in found.items():
        slope = _slopes(scored, probability)
        error, groups = _calibration_error(scored, probability)
        extra = losses[name] - losses[SHIPPED]
        rows.append(
            {
                "name": name,
                "slope": estimate(slope).to_dict(),
                "expected_calibration_error": estimate(error).to_dict(),
                "error_by_chance": _error_by_chance(scored, probability),
                "brier": estimate(losses[name][:, 0]).to_dict(),
                "log_loss": estimate(losses[name][:, 1]).to_dict(),
                "extra_brier": estimate(extra[:, 0]).to_dict(),
                "extra_log_loss": estimate(extra[:, 1]).to_dict(),
                "slope_reached": bool(SLOPE_AIM[0] <= slope[0] <= SLOPE_AIM[1]),
                "error_reached": bool(error[0] < ERROR_AIM),
                "reliability": groups,
            }
        )
    return {
        "methods": rows,
        "shipped": SHIPPED,
        "better": [
            name
            for name in found
            if estimate((losses[name] - losses[SHIPPED])[:, 1]).high < 0
        ],
        "aims": {"slope": list(SLOPE_AIM), "expected_calibration_error": ERROR_AIM},
    }


def _mean_losses(scored: Scored, probability: Floats) -> Floats:
    outcome = scored.is_default.astype(np.float64)
    squared = ((probability - outcome) ** 2).mean(axis=0)
    told = np.where(scored.is_default, probability, 1 - probability)
    log_loss = -np.log(told).mean(axis=0)
    return scored.replicates.means(np.stack((squared, log_loss), axis=1))


def _slopes(scored: Scored, probability: Floats) -> Floats:
    log_odds = np.log(probability) - np.log1p(-probability)
    per_seed = [
        platt_replicates(one, scored.is_default, scored.replicates)[:, 0]
        for one in log_odds
    ]
    return np.asarray(np.mean(per_seed, axis=0))


def _calibration_error(
    scored: Scored, probability: Floats
) -> tuple[Floats, list[dict[str, Any]]]:
    """Sum the distances of ten groups; the groups of each seed are kept as drawn."""
    seeds, clients = probability.shape
    columns = np.zeros((clients, 3, seeds, _GROUPS))
    for seed, one in enumerate(probability):
        order = np.argsort(one, kind="stable")
        for group, members in enumerate(np.array_split(order, _GROUPS)):
            columns[members, 0, seed, group] = one[members]
            columns[members, 1, seed, group] = scored.is_default[members]
            columns[members, 2, seed, group] = 1
    sums = scored.replicates.sums(columns.reshape(clients, -1))
    sums = sums.reshape(-1, 3, seeds, _GROUPS)
    predicted, defaults, weight = sums.swapaxes(0, 1)
    distance = np.abs(predicted - defaults).sum(axis=-1) / weight.sum(axis=-1)
    groups = _reliability(predicted.mean(1), defaults.mean(1), weight.mean(1))
    return distance.mean(axis=1), groups


def _error_by_chance(scored: Scored, probability: Floats) -> dict[str, float]:
    """Return the error that true probabilities would show on so few clients."""
    one = np.sort(probability[0])
    spread = [np.sqrt((g * (1 - g)).sum()) for g in np.array_split(one, _GROUPS)]
    rng = np.random.default_rng(scored.seed)
    draws = np.abs(rng.normal(size=(_CHANCE_DRAWS, _GROUPS)) * spread).sum(axis=1)
    draws /= one.size
    return {"mean": float(draws.mean()), "high": float(np.quantile(draws, 0.95))}


def _reliability(
    predicted: Floats, defaults: Floats, weight: Floats
) -> list[dict[str, Any]]:
    weight = np.maximum(weight, np.finfo(np.float64).tiny)
    observed = defaults / weight
    return [
        {
            "clients": float(weight[0, group]),
            "predicted": float(predicted[0, group] / weight[0, group]),
            "observed": estimate(observed[:, group]).to_dict(),
        }
        for group in range(weight.shape[1])
    ]
