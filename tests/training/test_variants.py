from __future__ import annotations

import re
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from sklearn.metrics import roc_auc_score

from database import connect
from scoring import CostMatrix
from tests.scoring.synthetic import FEATURES
from training.data.constraints import FAMILIES, monotone_directions, read_directions
from training.data.feature_table import FeatureTable
from training.errors import ParametersError
from training.experiments.variants import Protocol, measure_variants
from training.learners import BoostedTrees, TrainedTrees
from training.learners.cross_validation import out_of_fold
from training.learners.encoded import Encoded
from training.learners.prepared import PreparedTrees
from training.learners.recipe import Recipe
from training.learners.selection import (
    SELECTORS,
    SelectedTrees,
    by_null_importance,
    on_columns,
)
from training.progress import Progress
from training.validation.method import method_digest, trees_of

NAMES = [feature.name for feature in FEATURES]
EXPECTED = {
    "application_external_score_2": -1,
    "application_external_score_mean": -1,
    "installments_days_late_max_12m": 1,
    "installments_late_share_12m": 1,
    "bureau_debt_to_credit_ratio": 1,
    "application_income_type": 1,
    "application_age_years": -1,
}


@pytest.fixture(scope="module")
def trees(table: FeatureTable) -> BoostedTrees:
    return BoostedTrees(
        tuple(table.categorical_positions), min_rounds=20, max_rounds=60, patience=10
    )


@pytest.fixture(scope="module")
def constrained(table: FeatureTable, trees: BoostedTrees) -> TrainedTrees:
    directions = monotone_directions(table.features, EXPECTED)
    learner = replace(trees, monotone_directions=directions, min_child_samples=5)
    return learner.fit_rounds(table.labelled, table.is_default, 0, 150)


@pytest.fixture(scope="module")
def expected(built_warehouse: Path) -> dict[str, int]:
    connection = connect("trainer", read_only=True)
    try:
        return read_directions(connection)
    finally:
        connection.close()


def test_a_recipe_binds_the_families_that_it_names(table: FeatureTable) -> None:
    known = replace(table, expected_directions=EXPECTED)
    recipe = Recipe({}, "a test", ("delay",))
    bound = trees_of(known, 600, 1, recipe).monotone_directions
    assert [name for name, sign in zip(NAMES, bound, strict=True) if sign] == [
        name for name in NAMES if "late" in name
    ]
    with pytest.raises(ParametersError, match="no family of constraints delays"):
        trees_of(known, 600, 1, replace(recipe, constraints=("delays",)))


def test_figures_compare_where_trees_costs_and_folds_are_the_same(
    table: FeatureTable,
) -> None:
    trees, costs = trees_of(table, 600, 1), CostMatrix()
    same = method_digest(replace(trees, threads=4), CostMatrix(1, 10), 5)
    others = {
        method_digest(replace(trees, num_leaves=3), costs, 5),
        method_digest(replace(trees, monotone_directions=(1,)), costs, 5),
        method_digest(trees, CostMatrix(1, 9), 5),
        method_digest(trees, costs, 4),
    }
    assert method_digest(trees, costs, 5) == same
    assert len(others - {same}) == 4


def test_a_direction_stays_with_its_feature_where_columns_are_added(
    table: FeatureTable,
) -> None:
    known = replace(table, expected_directions=EXPECTED)
    trees = replace(
        trees_of(known, 600, 1, Recipe({}, "a test", ("delay",))),
        min_rounds=20,
        max_rounds=30,
        min_child_samples=5,
    )
    one_hot = PreparedTrees(trees, Encoded(trees.categorical_positions, "one-hot"))
    rows = slice(0, 600)
    fitted = one_hot.fit(table.labelled[rows], table.is_default[rows], 0)
    pairs = np.repeat(table.unlabelled[:100], 2, axis=0)
    pairs[:, NAMES.index("installments_days_late_max_12m")] = [0, 300] * 100
    before, after = fitted.margins(pairs).reshape(-1, 2).T
    assert (after >= before).all()
    assert (after > before).any()


def test_families_bind_numeric_columns_whose_direction_the_catalogue_knows(
    table: FeatureTable,
) -> None:
    directions = dict(
        zip(NAMES, monotone_directions(table.features, EXPECTED), strict=True)
    )
    bound = {name: sign for name, sign in directions.items() if sign}
    assert bound == {
        name: sign
        for name, sign in EXPECTED.items()
        if name not in {"application_income_type", "application_age_years"}
    }
    assert not any(monotone_directions(table.features, {}))


@settings(max_examples=60, deadline=None)
@given(
    row=st.integers(0, 299),
    column=st.sampled_from([name for name in EXPECTED if "late" in name]),
    low=st.floats(0, 1000, width=32),
    rise=st.floats(0, 1000, width=32),
)
def test_more_delay_never_lowers_the_risk(
    constrained: TrainedTrees,
    table: FeatureTable,
    row: int,
    column: str,
    low: float,
    rise: float,
) -> None:
    pair = table.unlabelled[[row, row]]
    pair[:, NAMES.index(column)] = [low, low + rise]
    before, after = constrained.margins(pair)
    assert after >= before


# Words of names that speak of delay, debt, refusal or a score of elsewhere.
TELLING = re.compile(
    r"(^|_)(late|overdue|past_due|past_planned_end|unpaid|underpaid|shortfall|debt|"
    r"refus(ed|al)|severe_month|over_limit|below_minimum|paid_to_due|external_score)_"
)
# Left free although the catalogue expects a direction, and why.
FREE = {
    "*_trend_*": "a delay that shrinks may still be a long one",
    "*_difference": "the same",
    "*_deviation*": "the same",
    "*_to_age_ratio": "age goes its own way",
    "application_external_score_count": "how many are known, not what they say",
}


def test_a_column_of_delay_debt_refusal_or_outer_score_is_bound_or_free_with_a_reason(
    expected: dict[str, int],
) -> None:
    told = {name for name, sign in expected.items() if sign and TELLING.search(name)}
    bound = {name for name in told if any(family.holds(name) for family in FAMILIES)}
    free = {name for name in told if any(fnmatchcase(name, free) for free in FREE)}
    assert bound | free == told
    assert not bound & free
    assert len(bound) > 100


def test_every_family_binds_columns_of_the_feature_table(
    expected: dict[str, int],
) -> None:
    for family in FAMILIES:
        for pattern in family.patterns:
            alone = replace(family, patterns=(pattern,))
            bound = [name for name in expected if alone.holds(name) and expected[name]]
            assert bound, f"{family.name}: {pattern}"


def noise_and_one(rows: int = 400, noise: int = 50) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(4)
    matrix = rng.normal(size=(rows, noise + 1)).astype(np.float32)
    is_default = rng.random(rows) < 1 / (1 + np.exp(1.5 - 2 * matrix[:, noise]))
    return matrix, is_default


def test_null_importance_keeps_what_tells_and_drops_most_noise() -> None:
    matrix, is_default = noise_and_one()
    kept = by_null_importance(BoostedTrees(min_child_samples=20), matrix, is_default, 0)
    assert matrix.shape[1] - 1 in kept
    assert kept.size < matrix.shape[1] / 2


@pytest.mark.parametrize("name", SELECTORS)
def test_columns_chosen_inside_the_folds_find_nothing_in_noise(name: str) -> None:
    matrix, is_default = noise_and_one()
    # Chosen on all rows, columns of noise "predict" at 0.56 to 0.62.
    shuffled = np.random.default_rng(1).permutation(is_default)
    trees = BoostedTrees(min_rounds=20, max_rounds=40, min_child_samples=20)
    aucs = [
        roc_auc_score(
            shuffled,
            out_of_fold(
                SelectedTrees(trees, SELECTORS[name]), matrix[:, :-1], shuffled, 2, seed
            ).margins,
        )
        for seed in range(2)
    ]
    assert np.mean(aucs) == pytest.approx(0.5, abs=0.06)


def test_categories_and_directions_follow_their_columns() -> None:
    trees = BoostedTrees((1, 4), monotone_directions=(1, 0, -1, 0, 0))
    fewer = on_columns(trees, np.array([0, 2, 4]))
    assert fewer.categorical_positions == (2,)
    assert fewer.monotone_directions == (1, -1, 0)


def test_every_variant_is_told_with_its_price_in_ranking_and_in_money(
    table: FeatureTable, trees: BoostedTrees
) -> None:
    rows = slice(0, 600)
    protocol = Protocol(
        table.labelled[rows],
        table.is_default[rows],
        table.features,
        CostMatrix(),
        folds=2,
        seeds=(0,),
    )
    told = measure_variants(trees, protocol, EXPECTED, Progress(Console(quiet=True)))
    assert [row["name"] for row in told["selection"]] == list(SELECTORS)
    # No column of these is of the families of shortfalls and refusals.
    assert [row["name"] for row in told["constraints"]] == [
        *("all", "delay", "debt", "external_score")
    ]
    for row in (*told["selection"], *told["constraints"]):
        for measure in ("auc", "cost_per_client"):
            difference = row[measure]["difference"]
            assert difference["low"] <= difference["value"] <= difference["high"]
