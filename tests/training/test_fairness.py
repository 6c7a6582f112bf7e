from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console

from scoring import CostMatrix
from tests.training.invented import invented_scores
from training.data.feature_table import FeatureTable
from training.evaluation.fairness import group_fairness
from training.evaluation.group_thresholds import equal_approval
from training.evaluation.mitigation import Comparison
from training.evaluation.persons import counts, person_groups
from training.evaluation.scored import Scored
from training.experiments.audit import ground_of, run_audit
from training.learners import BoostedTrees
from training.learners.cross_validation import out_of_fold
from training.learners.reweighed import ReweighedTrees, reweighing
from training.options import TrainingOptions
from training.progress import Progress

DAY = 1 / 365.25


def by_hand() -> Scored:
    probability = np.array([0.5, 0.01, 0.5, 0.01, 0.01, 0.5])
    is_default = np.array([True, True, False, False, True, False])
    return Scored(
        np.zeros((1, 6)), probability[None], np.zeros((1, 6), int), is_default, 0
    )


def test_the_audit_is_that_of_the_hand() -> None:
    groups = np.array(["F", "F", "F", "F", "M", "M"], dtype=np.object_)
    found = group_fairness(by_hand(), groups, 0.1)
    women, men = found["groups"]
    assert found["reference"] == "F"
    assert (women["clients"], men["clients"]) == (4, 2)
    assert women["approval_rate"]["value"] == 0.5
    assert women["true_positive_rate"]["value"] == 0.5
    assert women["false_positive_rate"]["value"] == 0.5
    assert men["true_positive_rate"]["value"] == 0
    assert men["false_positive_rate"]["value"] == 1
    assert men["gaps"]["true_positive_rate"]["value"] == -0.5
    assert men["gaps"]["false_positive_rate"]["value"] == 0.5
    assert men["approval_ratio"]["value"] == 1
    assert women["calibration_gap"]["value"] == pytest.approx(0.5 - 0.255)
    assert not men["is_compared"]


def test_a_rate_of_nobody_is_none() -> None:
    groups = np.array([None, "F", "F", "F", "F", "F"], dtype=np.object_)
    unknown = group_fairness(by_hand(), groups, 0.1)["groups"][1]
    assert unknown["group"] == "unknown"
    assert unknown["false_positive_rate"] == {"value": None, "low": None, "high": None}


def test_gaps_between_groups_by_lot_hold_zero() -> None:
    scored = invented_scores()
    groups = np.random.default_rng(5).choice(["F", "M"], 3000).astype(np.object_)
    for row in group_fairness(scored, groups, 1 / 11)["groups"]:
        for gap in row["gaps"].values():
            assert gap["low"] <= 0 <= gap["high"]
        assert row["calibration_gap"]["low"] < 0 < row["calibration_gap"]["high"]


def test_reweighing_makes_group_and_outcome_independent() -> None:
    rng = np.random.default_rng(0)
    group = rng.choice([0.0, 1.0, np.nan], 900, p=[0.5, 0.3, 0.2]).astype(np.float32)
    is_default = rng.random(900) < np.where(group == 1, 0.4, 0.1)
    weights = reweighing(group, is_default)
    rates = [
        np.average(is_default[inside], weights=weights[inside])
        for inside in (group == 0, group == 1, np.isnan(group))
    ]
    assert rates == pytest.approx([is_default.mean()] * 3)
    assert weights.sum() == pytest.approx(900)


def test_the_column_that_weighs_is_not_learnt_from(table: FeatureTable) -> None:
    trees = BoostedTrees(max_rounds=15, min_rounds=5, patience=5)
    matrix = np.column_stack(
        (table.labelled[:, :3], table.is_default.astype(np.float32))
    )
    trained = ReweighedTrees(trees).fit(matrix, table.is_default, 0)
    changed = matrix.copy()
    changed[:, -1] = 1 - changed[:, -1]
    assert (trained.margins(matrix) == trained.margins(changed)).all()


def test_thresholds_by_group_approve_groups_alike() -> None:
    scored = invented_scores()
    is_man = scored.margins[0] + np.random.default_rng(1).normal(0, 2, 3000) > -3
    before = scored.probability >= 1 / 11
    refused = equal_approval(scored, is_man, CostMatrix())
    gap = {
        name: flags[:, is_man].mean() - flags[:, ~is_man].mean()
        for name, flags in (("before", before), ("after", refused))
    }
    assert gap["before"] > 0.15
    assert abs(gap["after"]) < 0.02


def test_a_model_does_not_differ_from_itself() -> None:
    scored = invented_scores(600)
    comparison = Comparison(
        scored.is_default,
        CostMatrix(),
        {"men": np.arange(600) < 200},
        scored.replicates,
    )
    figures = comparison.figures(scored.probability)
    worse = comparison.figures(np.full_like(scored.probability, 0.05))
    for figure in figures.against(figures).values():
        assert figure["difference"] == {"value": 0, "low": 0, "high": 0}
    assert worse.against(figures)["auc"]["difference"]["high"] < 0
    assert worse.against(figures)["auc"]["value"] == 0.5


def test_a_person_is_known_again_some_days_later() -> None:
    first = DAY * np.array([14_600, 3_650, 1_800, 700])
    years = np.stack([first, first + 300 * DAY, first + DAY * np.arange(4), first])
    genders = np.array(["F", "F", "F", "M"], dtype=np.object_)
    groups = person_groups(years, genders)
    assert groups[0] == groups[1]
    assert len(set(groups)) == 3
    assert counts(groups) == {
        "clients": 4,
        "persons": 3,
        "repeated_persons": 1,
        "their_clients": 2,
    }


def test_who_lacks_a_date_is_nobody_else() -> None:
    years = np.array([[40.0, np.nan, 5.0, 2.0]] * 2 + [[40.0, 10.0, 5.0, np.nan]] * 2)
    groups = person_groups(years, np.array(["F"] * 4, dtype=np.object_))
    assert groups[0] != groups[1]
    assert groups[2] == groups[3]


def test_a_person_s_applications_are_held_out_together(table: FeatureTable) -> None:
    persons = np.arange(1000) // 2
    trees = BoostedTrees(max_rounds=6, min_rounds=3, patience=3)
    found = out_of_fold(
        trees, table.labelled[:, :3], table.is_default, 3, 0, groups=persons
    )
    assert (found.fold[::2] == found.fold[1::2]).all()


def test_the_audit_prices_every_mitigation(table: FeatureTable) -> None:
    years = np.random.default_rng(0).uniform(1, 30, (1300, 4))
    ground = ground_of(table, years, TrainingOptions(folds=2, seeds=(0,)))
    quick = replace(ground.part.trees, max_rounds=15, min_rounds=5, patience=3)
    part = replace(ground.part, trees=quick)
    found = run_audit(replace(ground, part=part), Progress(Console(quiet=True)))
    json.dumps(found, allow_nan=False)
    assert [row["name"] for row in found["variants"]] == [
        "as_is",
        "without_proxies",
        "without_protected",
        "reweighed",
        "with_gender",
        "equal_approval",
    ]
    for row in found["variants"][1:]:
        assert row["figures"]["auc"]["difference"]["low"] is not None
    assert found["persons"]["repeated_persons"] == 0
    assert found["clients"] == ground.part.is_default.size < 1000
