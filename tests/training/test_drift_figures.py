from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scoring import Category
from tests.scoring.synthetic import FEATURES
from training.evaluation.drift import drift
from training.evaluation.feature_drift import feature_drift, stability_index
from training.evaluation.profile import counted, profile_of
from training.evaluation.separation import separation
from training.feature_table import FeatureTable

NUMERIC = next(f for f in FEATURES if f.data_type == "numeric")
CATEGORICAL = next(f for f in FEATURES if f.data_type == "categorical")


def test_the_index_is_that_of_the_hand() -> None:
    # (0.75 - 0.50) ln(0.75 / 0.50) + (0.25 - 0.50) ln(0.25 / 0.50)
    assert stability_index([500, 500], [750, 250])["index"] == pytest.approx(
        0.274653, abs=1e-6
    )
    assert stability_index([500, 500], [750, 250])["verdict"] == "act"
    # 0.1 ln(0.6 / 0.5) - 0.1 ln(0.4 / 0.5)
    watched = stability_index([500, 500], [600, 400])
    assert watched["index"] == pytest.approx(0.040547, abs=1e-6)
    assert watched["verdict"] == "stable"
    assert stability_index([500, 500], [700, 300])["verdict"] == "watch"


def test_what_chance_could_show_is_stable() -> None:
    rng = np.random.default_rng(0)
    found = [
        stability_index([100] * 10, rng.multinomial(60, [0.1] * 10).tolist())
        for _ in range(400)
    ]
    assert np.mean([row["verdict"] == "stable" for row in found]) > 0.85
    assert np.mean([row["index"] > 0.10 for row in found]) > 0.5


def test_nothing_known_is_a_bin_of_its_own() -> None:
    before = profile_of(np.array([1.0, 2.0, 3.0, np.nan]), NUMERIC)
    assert before["counts"][-1] == 1
    assert counted(np.full(3, np.nan), before, NUMERIC)[-1] == 3
    assert sum(before["counts"]) == 4


def test_codes_are_compared_by_name_and_new_ones_are_another_bin() -> None:
    before = profile_of(np.array([0.0, 0.0, 1.0]), CATEGORICAL)
    now = replace(
        CATEGORICAL,
        categories=(
            CATEGORICAL.categories[1],
            CATEGORICAL.categories[0],
            Category("New", "Nouveau", "New"),
        ),
    )
    counts = counted(np.array([0.0, 1.0, 1.0, 2.0]), before, now)
    assert counts[:2] == [2, 1]
    assert counts[-2:] == [1, 0]


def test_the_feature_that_moved_comes_first(table: FeatureTable) -> None:
    matrix = table.matrix.copy()
    position = table.features.index(
        next(f for f in table.features if f.data_type == "numeric")
    )
    matrix[1000:, position] += 3 * np.nanstd(matrix[:, position])
    found = drift(
        matrix[:1000], matrix[1000:], table.features, (np.ones(1000), np.ones(300)), 0
    )
    first = found["features"][0]
    assert first["name"] == table.features[position].name
    assert first["verdict"] == "act"
    assert sum(found["verdicts"].values()) == len(table.features)
    assert found["adversarial"]["features"][0]["name"] == first["name"]
    assert found["adversarial"]["auc"]["low"] > 0.8


def test_features_that_the_reference_lacks_are_left_out(table: FeatureTable) -> None:
    assert feature_drift({}, table.matrix, table.features) == []


def test_without_newcomers_there_is_a_reference_alone(table: FeatureTable) -> None:
    found = drift(
        table.labelled, table.matrix[:0], table.features, (np.ones(1000), np.ones(0)), 0
    )
    assert found["features"] is None
    assert found["reference"]["clients"] == 1000


def test_groups_drawn_by_lot_cannot_be_told_apart(table: FeatureTable) -> None:
    by_lot = np.random.default_rng(7).permutation(np.arange(1300) % 2 == 0)
    found = separation(table.matrix, table.features, by_lot, 0)
    assert found is not None
    assert found["auc"]["low"] < 0.5 < found["auc"]["high"]


def test_a_handful_is_not_compared(table: FeatureTable) -> None:
    few = np.arange(1300) < 20
    assert separation(table.matrix, table.features, few, 0) is None
