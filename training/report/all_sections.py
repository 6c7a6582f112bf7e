"""The sections of the report beyond the evaluation: one function each, by name.

A section takes the result of a run and returns what is to stand under its name in
``report.json``, ready for JSON and without any row of a client; None leaves it out.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from scoring import Booster, Reasoning
from training.candidates.run import newest_table
from training.evaluation.importance import importance
from training.evaluation.interpretation import Interpreted, interpretation
from training.evaluation.sampling import sample_of
from training.evaluation.scorecard_reading import scorecard_reading
from training.evaluation.typical import with_typical_values
from training.experiments.variants import variant_figures
from training.learners.scorecard import Scorecard
from training.report.evaluation_sections import (
    calibration_section,
    cost_ratios_section,
    drift_section,
    fairness_section,
    money_section,
)
from training.report.result import RunResult
from training.search.section import search_figures

Section = Callable[[RunResult], Any]


def importance_section(result: RunResult) -> dict[str, Any]:
    """Tell what the shipped model looks at."""
    return importance(
        result.trees.booster,
        result.matrix,
        result.table.features,
        result.table.themes,
        result.evaluation.scale,
        result.evaluation.slope,
        result.options.seed,
    )


def search_section(result: RunResult) -> dict[str, Any] | None:
    """Tell what the last search on these data found, and what it is worth."""
    return search_figures(result.runs_dir, result.table.fingerprint, result.method)


def selection_section(result: RunResult) -> dict[str, Any] | None:
    """Tell what fewer columns cost, where `variants` has measured it."""
    return _variants(result, "selection")


def constraints_section(result: RunResult) -> dict[str, Any] | None:
    """Tell what monotone constraints cost, where `variants` has measured it."""
    return _variants(result, "constraints")


def _variants(result: RunResult, kind: str) -> dict[str, Any] | None:
    return variant_figures(
        result.runs_dir, result.table.fingerprint, result.method, kind
    )


def candidates_section(result: RunResult) -> dict[str, Any] | None:
    """Tell what else could have been trained, where that was measured."""
    return newest_table(result.runs_dir, result.table.fingerprint, result.method)


def interpretation_section(result: RunResult) -> dict[str, Any]:
    """Tell how the shipped model is to be read, and whether its reasons hold."""
    evaluation, booster = result.evaluation, result.trees.booster
    reasoning = Reasoning(
        with_typical_values(
            result.table.features, result.matrix, evaluation.is_granted
        ),
        result.table.themes,
        evaluation.calibrator,
        evaluation.scale,
        Booster(booster.model_to_string()),
    )
    subject = Interpreted(
        booster=booster,
        reasoning=reasoning,
        points_per_margin=-evaluation.scale.factor * evaluation.slope,
        matrix=result.matrix,
        is_default=result.is_default,
        is_granted=evaluation.is_granted,
        found=result.repeats[0],
    )
    return interpretation(subject, result.options.seed)


def scorecard_section(result: RunResult) -> dict[str, Any]:
    """Lay a scorecard of the same clients beside the trees."""
    features, scale = result.table.features, result.evaluation.scale
    card = Scorecard(features, scale).fit(
        result.matrix, result.is_default, result.options.seed
    )
    sample = sample_of(len(result.matrix), result.options.seed)
    shap_values = np.asarray(
        result.trees.booster.predict(result.matrix[sample], pred_contrib=True)
    )[:, :-1]
    points = np.abs(scale.factor * result.evaluation.slope * shap_values)
    mean_points = points.mean(axis=0).tolist()
    return scorecard_reading(
        card,
        features,
        {
            feature.name: mean
            for feature, mean in zip(features, mean_points, strict=True)
        },
    )


SECTIONS: dict[str, Section] = {
    "importance": importance_section,
    "interpretation": interpretation_section,
    "scorecard": scorecard_section,
    "candidates": candidates_section,
    "money": money_section,
    "cost_ratios": cost_ratios_section,
    "calibration_methods": calibration_section,
    "fairness": fairness_section,
    "drift": drift_section,
    "search": search_section,
    "selection": selection_section,
    "constraints": constraints_section,
}


def figures_of(result: RunResult) -> dict[str, Any]:
    """Compute every section that has something to say."""
    found = {name: section(result) for name, section in SECTIONS.items()}
    return {name: figures for name, figures in found.items() if figures is not None}
