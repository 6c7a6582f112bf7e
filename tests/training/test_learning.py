from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from training.data.feature_table import FeatureTable
from training.errors import FeatureTableError, TrainingError
from training.evaluation.calibration import cross_fitted_log_odds
from training.evaluation.ranking import RankedScores, area_under_curve
from training.evaluation.typical import with_typical_values
from training.learners import BoostedTrees, Matrix, Outcomes
from training.learners.cross_validation import out_of_fold
from training.options import TrainingOptions
from training.progress import Progress
from training.runs.golden import UNKNOWN_CODE, golden_rows
from training.runs.run import train
from training.validation.nested_calibration import nested_log_odds

QUICK = BoostedTrees(num_leaves=8, max_rounds=60, patience=15)


class Spy:
    """A learner that remembers which rows it was shown."""

    def __init__(self) -> None:
        self.shown: list[set[float]] = []

    def fit(self, matrix: Matrix, is_default: Outcomes, seed: int) -> Spy:
        self.shown.append(set(matrix[:, 0].tolist()))
        return self

    def margins(self, matrix: Matrix) -> np.ndarray:
        assert not set(matrix[:, 0].tolist()) & self.shown[-1]
        return matrix[:, 0].astype(np.float64)


def auc(is_default: Outcomes, score: np.ndarray) -> float:
    return area_under_curve(RankedScores(is_default, score).confusion())


def quiet() -> Progress:
    return Progress(Console(file=io.StringIO()))


def test_every_client_is_held_out_once_and_kept_from_the_learner() -> None:
    is_default = np.arange(200) % 4 == 0
    matrix = np.arange(200, dtype=np.float32).reshape(-1, 1)
    spies: list[Spy] = []

    class Spies:
        def fit(self, matrix: Matrix, is_default: Outcomes, seed: int) -> Spy:
            spies.append(Spy())
            return spies[-1].fit(matrix, is_default, seed)

    found = out_of_fold(Spies(), matrix, is_default, folds=5, seed=0)
    assert (found.margins == matrix[:, 0]).all()
    assert np.bincount(found.fold).tolist() == [40] * 5
    assert [len(spy.shown[0]) for spy in spies] == [160] * 5


def test_two_runs_make_the_same_model_text(table: FeatureTable) -> None:
    options = TrainingOptions(folds=2, seeds=(0, 3))
    one, other = (train(table, Path("unused"), options, quiet()) for _ in range(2))
    text = one.trees.booster.model_to_string()
    assert text == other.trees.booster.model_to_string()
    for found, again in zip(one.repeats, other.repeats, strict=True):
        assert (found.margins == again.margins).all()
    assert one.evaluation.metrics == other.evaluation.metrics


def test_folds_side_by_side_give_what_one_after_the_other_gives(
    table: FeatureTable,
) -> None:
    alone, together = (
        out_of_fold(QUICK, table.labelled, table.is_default, 4, 0, workers=workers)
        for workers in (1, 4)
    )
    assert (alone.margins == together.margins).all()


def test_another_seed_makes_another_model(table: FeatureTable) -> None:
    one, other = (
        QUICK.fit_rounds(table.labelled, table.is_default, seed, 20).margins(
            table.labelled
        )
        for seed in (0, 1)
    )
    assert (one != other).any()


def test_there_is_something_to_learn_from_the_invented_clients(
    table: FeatureTable,
) -> None:
    found = out_of_fold(QUICK, table.labelled, table.is_default, 5, 0, workers=2)
    assert 0.65 < auc(table.is_default, found.margins) < 0.85


def test_nothing_is_learnt_from_shuffled_outcomes(table: FeatureTable) -> None:
    areas = []
    for seed in range(3):
        shuffled = np.random.default_rng(seed).permutation(table.is_default)
        found = out_of_fold(QUICK, table.labelled, shuffled, 5, seed, workers=2)
        areas.append(auc(shuffled, found.margins))
    assert np.mean(areas) == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("defaults", [0, 3, 29])
def test_too_few_defaults_for_the_folds_are_refused(defaults: int) -> None:
    is_default = np.arange(500) < defaults
    with pytest.raises(FeatureTableError, match=f"with {defaults} defaults"):
        out_of_fold(QUICK, np.zeros((500, 1), np.float32), is_default, 5, 0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"folds": 1}, "at least 2 folds"),
        ({"seeds": (0, -1)}, "negative"),
        ({"seeds": ()}, "at least one seed"),
        ({"seeds": (1, 1)}, "only once"),
        ({"false_positive_cost": 0.0}, "false_positive_cost"),
        ({"false_negative_cost": float("nan")}, "false_negative_cost"),
    ],
)
def test_options_out_of_range_are_refused(
    options: dict[str, Any], message: str
) -> None:
    with pytest.raises(TrainingError, match=message):
        TrainingOptions(**options)


def test_typical_values_are_those_of_the_granted(table: FeatureTable) -> None:
    is_granted = table.labelled[:, 0] > 0.5
    features = with_typical_values(table.features, table.labelled, is_granted)
    assert features[0].typical == pytest.approx(
        np.nanmedian(table.labelled[is_granted, 0])
    )
    income_type = next(feature for feature in features if feature.categories)
    assert income_type.typical == "Working"
    nobody = np.zeros(len(table.labelled), dtype=np.bool_)
    assert with_typical_values(table.features, table.labelled, nobody)[0].typical is (
        None
    )


def test_golden_rows_are_nobody_s_rows(table: FeatureTable) -> None:
    features = with_typical_values(
        table.features, table.labelled, np.ones(len(table.labelled), dtype=np.bool_)
    )
    rows = golden_rows(features, table.labelled, seed=0)
    assert len(rows) >= 20
    assert rows == golden_rows(features, table.labelled, seed=0)
    assert set(rows[1].values()) == {None}
    assert rows[2]["application_income_type"] == UNKNOWN_CODE
    credit = {float(v) for v in table.labelled[:, 2]}
    invented = {row["application_credit_amount"] for row in rows[3:]} - {None}
    assert not invented & credit


def test_inner_margins_are_of_models_that_had_not_seen_the_row(
    table: FeatureTable,
) -> None:
    shuffled = np.random.default_rng(0).permutation(table.is_default)
    trained = QUICK.fit(table.labelled, shuffled, seed=0)
    assert trained.inner_margins is not None
    assert auc(shuffled, trained.inner_margins) == pytest.approx(0.5, abs=0.08)
    assert auc(shuffled, trained.margins(table.labelled)) > 0.65


def test_a_client_s_own_outcome_has_no_part_in_their_calibration(
    table: FeatureTable,
) -> None:
    found = out_of_fold(QUICK, table.labelled, table.is_default, 3, 0)
    before = nested_log_odds(found, table.is_default)
    some = (found.fold == 1) & (np.arange(found.fold.size) % 10 == 0)
    after = nested_log_odds(found, table.is_default ^ some)
    assert (after[found.fold == 1] == before[found.fold == 1]).all()
    assert (after[found.fold != 1] != before[found.fold != 1]).all()


def test_a_predictor_without_inner_margins_is_calibrated_by_the_other_folds(
    table: FeatureTable,
) -> None:
    found = out_of_fold(QUICK, table.labelled, table.is_default, 3, 0)
    bare = replace(
        found,
        predictors=tuple(replace(p, inner_margins=None) for p in found.predictors),  # type: ignore[type-var]
    )
    assert nested_log_odds(bare, table.is_default) == pytest.approx(
        cross_fitted_log_odds(found.margins, table.is_default, found.fold)
    )
