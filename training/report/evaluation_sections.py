"""Sections of the report on money, calibration, fairness and drift."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from scoring import CreditCostRates, Evidence, Population
from training.evaluation.age_bands import AGE_BANDS, age_bands
from training.evaluation.amounts import client_costs
from training.evaluation.calibration_methods import calibration_methods
from training.evaluation.cost_ratios import cost_ratios
from training.evaluation.drift import drift
from training.evaluation.evidence import evidence_of, outcomes_of
from training.evaluation.fairness import group_fairness
from training.evaluation.money import money
from training.evaluation.profile import population_of
from training.evaluation.separation import separation
from training.experiments.audit import audit_path
from training.report.result import RunResult

_MEN = "M"


def money_section(result: RunResult) -> dict[str, Any]:
    """Price each way of deciding, in units and in money."""
    rates = CreditCostRates()
    amounts = client_costs(result.matrix, result.table.features, rates)
    figures = money(result.scored, result.options.cost_matrix, amounts)
    return figures | {
        "rates": {
            "loss_given_default": rates.loss_given_default,
            "margin_rate": rates.margin_rate,
        }
    }


def cost_ratios_section(result: RunResult) -> dict[str, Any]:
    """Tell what another ratio of costs would change."""
    return cost_ratios(result.scored, result.options.cost_matrix)


def calibration_section(result: RunResult) -> dict[str, Any]:
    """Compare ways of calibrating on the same folds."""
    return calibration_methods(result.scored)


def fairness_section(result: RunResult) -> dict[str, Any]:
    """Compare groups, name proxies, and tell what an audit of these data found."""
    scored = result.scored
    threshold = result.options.cost_matrix.threshold
    is_man = np.asarray(result.genders == _MEN)
    return {
        "gender": group_fairness(scored, result.genders, threshold),
        "age": group_fairness(scored, age_bands(result.ages), threshold, AGE_BANDS),
        "proxies": separation(
            result.matrix, result.table.features, is_man, result.options.seed
        ),
        "mitigations": _audit_of_these_data(result),
    }


def drift_section(result: RunResult) -> dict[str, Any]:
    """Compare the unlabelled clients with the labelled ones."""
    rows = result.table.unlabelled
    margins = result.trees.margins(rows) if len(rows) else np.empty(0)
    return drift(
        result.table.labelled,
        rows,
        result.table.features,
        training_population(result),
        result.evaluation.calibrator.probability(margins),
        result.options.seed,
    )


def training_evidence(result: RunResult, fairness: Mapping[str, Any]) -> Evidence:
    """Count what other thresholds and costs would have led to."""
    amounts = client_costs(result.matrix, result.table.features, CreditCostRates())
    outcomes = outcomes_of(result.scored, result.options.cost_matrix, amounts)
    return evidence_of(outcomes, fairness)


def training_population(result: RunResult) -> Population:
    """Count the labelled clients, with their scores out of fold."""
    return population_of(
        result.table.labelled,
        result.table.features,
        # A mean over seeds is narrower than the score of any one model.
        result.evaluation.probability[0],
        result.options.seed,
    )


def _audit_of_these_data(result: RunResult) -> dict[str, Any] | None:
    path = audit_path(result.runs_dir, result.table.fingerprint)
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return dict(found) | {"is_other_method": found.get("method") != result.method}
