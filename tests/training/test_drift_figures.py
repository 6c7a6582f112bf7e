from __future__ import annotations

from dataclasses import replace

import numpy as np

from scoring import Profile
from tests.scoring.synthetic import FEATURES
from training.data.feature_table import FeatureTable
from training.evaluation.drift import drift
from training.evaluation.feature_drift import feature_drift
from training.evaluation.profile import counted, population_of
from training.evaluation.separation import separation

CATEGORICAL = next(f for f in FEATURES if f.data_type == "categorical")


def test_an_encoded_column_counts_as_its_codes_do() -> None:
    first, second, third = (category.code for category in CATEGORICAL.categories)
    before = Profile.of_codes([first, first, second, third], [first, second])
    now = replace(CATEGORICAL, categories=CATEGORICAL.categories[::-1])
    column = np.array([0.0, 1.0, 2.0, 2.0, np.nan], np.float32)
    assert counted(column, before, now) == [2, 1, 1, 1]


def test_the_feature_that_moved_comes_first(table: FeatureTable) -> None:
    matrix = table.matrix.copy()
    position = table.features.index(
        next(f for f in table.features if f.data_type == "numeric")
    )
    matrix[1000:, position] += 3 * np.nanstd(matrix[:, position])
    reference = population_of(matrix[:1000], table.features, np.ones(1000))
    found = drift(
        matrix[:1000], matrix[1000:], table.features, reference, np.ones(300), 0
    )
    first = found["features"][0]
    assert first["name"] == table.features[position].name
    assert first["verdict"] == "act"
    assert sum(found["verdicts"].values()) == len(table.features)
    assert found["adversarial"]["features"][0]["name"] == first["name"]
    assert found["adversarial"]["auc"]["low"] > 0.8


def test_features_that_the_reference_lacks_are_left_out(table: FeatureTable) -> None:
    assert feature_drift({}, table.matrix, table.features) == []


def test_without_newcomers_there_is_nothing_to_compare(table: FeatureTable) -> None:
    reference = population_of(table.labelled, table.features, np.ones(1000))
    assert reference.clients == 1000
    nobody = table.matrix[:0]
    found = drift(table.labelled, nobody, table.features, reference, np.ones(0), 0)
    assert found == {"features": None}


def test_groups_drawn_by_lot_cannot_be_told_apart(table: FeatureTable) -> None:
    by_lot = np.random.default_rng(7).permutation(np.arange(1300) % 2 == 0)
    found = separation(table.matrix, table.features, by_lot, 0)
    assert found is not None
    assert found["auc"]["low"] < 0.5 < found["auc"]["high"]


def test_a_handful_is_not_compared(table: FeatureTable) -> None:
    few = np.arange(1300) < 20
    assert separation(table.matrix, table.features, few, 0) is None
