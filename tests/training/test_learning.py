from __future__ import annotations

import io

import numpy as np
import pytest
from rich.console import Console

from training.cross_validation import out_of_fold
from training.errors import FeatureTableError, TrainingError
from training.evaluation.ranking import RankedScores, area_under_curve
from training.feature_table import FeatureTable
from training.golden import UNKNOWN_CODE, golden_rows
from training.learners import BoostedTrees, Matrix, Outcomes
from training.options import TrainingOptions
from training.progress import Progress
from training.run import train
from training.typical import with_typical_values

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
    options = TrainingOptions(folds=3)
    one, other = (train(table, options, quiet()) for _ in range(2))
    text = one.trees.booster.model_to_string()
    assert text == other.trees.booster.model_to_string()
    assert (one.held_out.margins == other.held_out.margins).all()
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
        ({"seed": -1}, "seed"),
        ({"false_positive_cost": 0.0}, "false_positive_cost"),
        ({"false_negative_cost": float("nan")}, "false_negative_cost"),
    ],
)
def test_options_out_of_range_are_refused(
    options: dict[str, float], message: str
) -> None:
    with pytest.raises(TrainingError, match=message):
        TrainingOptions(**options)  # type: ignore[arg-type]


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
