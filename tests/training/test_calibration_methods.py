from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from scoring import probability_of
from tests.training.invented import invented_scores
from training.evaluation.calibration_methods import calibration_methods
from training.evaluation.calibrators import METHODS, cross_calibrated
from training.evaluation.scored import Scored


@pytest.fixture(scope="module")
def scored() -> Scored:
    return invented_scores()


@pytest.fixture(scope="module")
def methods(scored: Scored) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in calibration_methods(scored)["methods"]}


@pytest.mark.parametrize("method", METHODS)
def test_a_higher_margin_is_never_a_lower_probability(
    method: str, scored: Scored
) -> None:
    calibrated = METHODS[method](scored.margins[0], scored.is_default)
    probability = calibrated(np.linspace(-12, 8, 400))
    assert (np.diff(probability) >= -1e-12).all()
    assert (probability > 0).all()
    assert (probability < 1).all()


def test_beta_leaves_true_probabilities_alone() -> None:
    rng = np.random.default_rng(0)
    truth = rng.normal(-1.0, 1.0, 40_000)
    calibrated = METHODS["beta"](truth, rng.random(40_000) < probability_of(truth))
    grid = np.linspace(-3, 1, 9)
    assert calibrated(grid) == pytest.approx(probability_of(grid), abs=0.02)


@pytest.mark.parametrize("method", ["platt", "isotonic", "beta", "venn_abers"])
def test_a_client_s_own_fold_has_no_part_in_any_calibration(
    method: str, scored: Scored
) -> None:
    margins, fold = scored.margins[0][:600], scored.fold[0][:600]
    is_default = scored.is_default[:600]
    before = cross_calibrated(method, margins, is_default, fold)
    flipped = np.where(fold == 2, ~is_default, is_default)
    after = cross_calibrated(method, margins, flipped, fold)
    assert (after[fold == 2] == before[fold == 2]).all()
    assert (after[fold != 2] != before[fold != 2]).any()


def test_bold_margins_are_told_and_made_true(
    methods: dict[str, dict[str, Any]],
) -> None:
    assert methods["none"]["slope"]["high"] < 0.9
    assert not methods["none"]["slope_reached"]
    for name in ("platt", "beta"):
        assert methods[name]["slope_reached"]
        error = methods[name]["expected_calibration_error"]["value"]
        assert error < methods[name]["error_by_chance"]["high"]
    assert methods["none"]["extra_log_loss"]["low"] > 0


def test_reliability_groups_hold_everyone_in_intervals(
    methods: dict[str, dict[str, Any]],
) -> None:
    groups = methods["platt"]["reliability"]
    assert sum(group["clients"] for group in groups) == pytest.approx(3000)
    for group in groups:
        observed = group["observed"]
        assert observed["low"] <= observed["value"] <= observed["high"]
