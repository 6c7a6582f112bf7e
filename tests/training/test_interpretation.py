"""How the model is read: importances, dependence, pairs of features, reasons."""

from __future__ import annotations

import numpy as np
import pytest

from scoring import (
    Booster,
    Calibrator,
    Feature,
    FeatureEncoder,
    PointsScale,
    Reasoning,
)
from training.data.feature_table import FeatureTable
from training.evaluation.dependence import dependence
from training.evaluation.interactions import interactions
from training.evaluation.interpretation import Interpreted, interpretation
from training.evaluation.permutation import permutation_losses
from training.evaluation.reason_audit import named_row, reason_audit
from training.evaluation.typical import with_typical_values
from training.learners import BoostedTrees
from training.learners.cross_validation import out_of_fold

ROUNDS = 30


def feature(name: str, theme: str, **more: object) -> Feature:
    described = {"data_type": "numeric", "unit": "score", "is_protected": False}
    return Feature(
        name=name,
        label_fr=f"{name} (fr)",
        label_en=f"{name} (en)",
        theme=theme,
        typical=None,
        **(described | more),  # type: ignore[arg-type]
    )


class Rounds(BoostedTrees):
    """As many trees as said, which saves the search for their number."""

    def choose_rounds(self, *_: object) -> int:
        return ROUNDS


@pytest.fixture(scope="module")
def subject(table: FeatureTable) -> Interpreted:
    learner = Rounds(
        tuple(table.categorical_positions), num_leaves=8, learning_rate=0.1
    )
    matrix, is_default = table.labelled, table.is_default
    found = out_of_fold(learner, matrix, is_default, folds=2, seed=0)
    trees = learner.fit_rounds(matrix, is_default, 0, ROUNDS)
    calibrator = Calibrator.line(1.0, 0.0, between=(-2.0, 2.0))
    threshold = float(is_default.mean())
    scale = PointsScale(threshold)
    is_granted = calibrator.probability(found.margins) < threshold
    return Interpreted(
        booster=trees.booster,
        reasoning=Reasoning(
            with_typical_values(table.features, matrix, is_granted),
            table.themes,
            calibrator,
            scale,
            Booster(trees.booster.model_to_string()),
        ),
        points_per_margin=-scale.factor,
        matrix=matrix,
        is_default=is_default,
        is_granted=is_granted,
        found=found,
    )


def test_a_reason_moves_the_score_as_it_says_for_95_of_100_clients_drawn(
    subject: Interpreted,
) -> None:
    audit = reason_audit(subject.reasoning, subject.matrix, subject.is_granted, 0)
    assert audit["clients"] == 400
    seen = [(row["direction"], row["position"]) for row in audit["positions"]]
    assert seen[:2] == [("against", 1), ("against", 2)]
    for row in audit["positions"]:
        assert row["with_usual_values"]["value"] == 1.0, row
    told = sum(row["reasons"] for row in audit["positions"])
    true = sum(
        row["reasons"] * row["with_granted_clients"]["value"]
        for row in audit["positions"]
    )
    assert true / told >= 0.95
    assert audit["refused_without_reason"]["value"] == 0.0


def test_reasons_hardly_change_with_a_noise_of_one_per_cent(
    subject: Interpreted,
) -> None:
    stability = reason_audit(subject.reasoning, subject.matrix, subject.is_granted, 1)[
        "stability"
    ]
    assert 0 < stability["mean_absolute_points"] < 5
    assert stability["same_first"]["value"] > 0.85
    assert stability["same_set"]["value"] <= stability["same_first"]["value"]


def test_a_row_by_name_is_what_was_encoded(table: FeatureTable) -> None:
    rows = [named_row(table.features, row) for row in table.labelled[:50]]
    again = FeatureEncoder(table.features).encode_many(rows)
    assert np.array_equal(again, table.labelled[:50], equal_nan=True)


def test_twins_stand_in_for_each_other_until_they_are_shuffled_together() -> None:
    rng = np.random.default_rng(0)
    signal = rng.normal(size=1200)
    noise = rng.normal(size=1200)
    matrix = np.column_stack([signal, signal, noise]).astype(np.float32)
    is_default = rng.random(1200) < 1 / (1 + np.exp(1 - 2 * signal))

    class Mean:
        """Looks at both twins alike."""

        def fit(self, *_: object) -> Mean:
            return self

        def margins(self, rows: np.ndarray) -> np.ndarray:
            return rows[:, :2].mean(axis=1).astype(np.float64)

    found = out_of_fold(Mean(), matrix, is_default, folds=3, seed=0)
    groups = [np.array(columns) for columns in ([0], [1], [0, 1], [2])]
    first, second, both, useless = permutation_losses(
        found, matrix, is_default, groups, seed=0
    )
    assert useless == pytest.approx((0.0, 0.0))
    assert both.value > 1.5 * max(first.value, second.value) > 0.03


def test_dependence_tells_rate_and_points_of_each_bin() -> None:
    column = np.repeat(np.array([1, 2, np.nan], np.float32), [40, 40, 20])
    is_default = np.zeros(100, dtype=bool)
    is_default[:10] = True
    sample = np.arange(0, 100, 2)
    points = np.where(column[sample] == 1, -4.0, 2.0)
    found = dependence(
        feature("age", "a", unit="years"), column, is_default, sample, points
    )
    labels = [row["label_fr"] for row in found["bins"]]
    assert labels == ["1\u00a0an", "2\u00a0ans", "non renseigné"]
    assert [row["default_rate"] for row in found["bins"]] == [0.25, 0.0, 0.0]
    assert [row["points"] for row in found["bins"]] == [-4.0, 2.0, 2.0]
    assert sum(row["share"] for row in found["bins"]) == pytest.approx(1)


def test_the_shap_package_finds_lightgbm_s_values_and_the_pair_that_interacts() -> None:
    rng = np.random.default_rng(3)
    matrix = rng.normal(size=(900, 4)).astype(np.float32)
    matrix[rng.random(matrix.shape) < 0.05] = np.nan
    together = (matrix[:, 0] > 0) & (matrix[:, 2] > 0)
    is_default = rng.random(900) < np.where(together, 0.6, 0.1)
    learner = BoostedTrees(num_leaves=6, feature_fraction=1.0)
    booster = learner.fit_rounds(matrix, is_default, 0, 25).booster
    features = [feature(name, "a") for name in "wxyz"]
    found = interactions(booster, matrix[:60], features, np.arange(4), -50.0)
    assert found["unread_features"] == 0
    assert found["error"] < 1e-9
    pair = found["pairs"][0]
    assert {pair["first"]["name"], pair["second"]["name"]} == {"w", "y"}
    others = [other["mean_absolute_points"] for other in found["pairs"][1:]]
    assert pair["mean_absolute_points"] > 3 * max(others, default=0.0)


def test_contributions_add_up_and_the_strongest_theme_leads_all_three_importances(
    subject: Interpreted,
) -> None:
    figures = interpretation(subject, seed=0)
    assert figures["sum_error"] < 1e-9
    for kind in ("mean_absolute_points", "gain_share", "auc_loss"):
        leader = max(figures["themes"], key=lambda row: row[kind])
        assert leader["theme"] == "external_scores", kind
    assert sum(row["gain_share"] for row in figures["themes"]) == pytest.approx(1)
    dependent = {row["name"] for row in figures["dependence"]}
    of_themes = {f.theme for f in subject.reasoning.features if f.name in dependent}
    assert len(of_themes) == len(dependent) == 6
