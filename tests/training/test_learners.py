"""The rules that every candidate keeps, and those of each preparation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from scoring import CostMatrix, probability_of
from tests.scoring.synthetic import FEATURES
from tests.training.test_learning import auc
from training.data.feature_table import FeatureTable
from training.errors import FeatureTableError
from training.learners import BoostedTrees, Learner, Matrix, Outcomes
from training.learners.binning import Bins, WeighedBins
from training.learners.cross_validation import out_of_fold
from training.learners.dummy import Prior
from training.learners.encoded import Encoded
from training.learners.forest import RandomForest
from training.learners.peer_medians import PeerMedians
from training.learners.prepared import Preparation, PreparedRows, PreparedTrees
from training.learners.resampled import ClassWeights, Imputed, Smote, UnderSampling
from training.learners.scorecard import (
    DEFAULT_SCALE,
    Scorecard,
    TrainedScorecard,
    _fit_with_right_signs,
)

POSITIONS = {feature.name: i for i, feature in enumerate(FEATURES)}
CODES = (POSITIONS["application_income_type"],)
AGE = POSITIONS["application_age_years"]
INCOME = POSITIONS["application_income_amount"]
SCORE = POSITIONS["application_external_score_2"]

PREPARATIONS: Mapping[str, Preparation] = {
    "class weights": ClassWeights(CODES),
    "under-sampling": UnderSampling(CODES),
    "imputed": Imputed(CODES),
    "SMOTE": Smote(CODES),
    "SMOTENC": Smote(CODES, keeps_codes=True),
    "label": Encoded(CODES, "label"),
    "one-hot": Encoded(CODES, "one-hot"),
    "peers": PeerMedians((CODES[0], CODES[0], AGE), (INCOME,), (SCORE,), CODES),
}
TREES = BoostedTrees(num_leaves=4, max_rounds=25, min_rounds=10, patience=5)
LEARNERS: Mapping[str, Learner] = {
    "dummy": Prior(),
    "scorecard": Scorecard(FEATURES),
    "forest": RandomForest(CODES, trees=20),
} | {name: PreparedTrees(TREES, one) for name, one in PREPARATIONS.items()}

every_learner = pytest.mark.parametrize("learner", LEARNERS.values(), ids=LEARNERS)
every_preparation = pytest.mark.parametrize(
    "preparation", PREPARATIONS.values(), ids=PREPARATIONS
)


@every_learner
def test_the_same_seed_gives_the_same_scores(
    learner: Learner, table: FeatureTable
) -> None:
    one, other = (
        learner.fit(table.labelled, table.is_default, 1).margins(table.unlabelled)
        for _ in range(2)
    )
    assert (one == other).all()


@every_learner
def test_whatever_is_missing_or_unknown_gets_a_score(
    learner: Learner, table: FeatureTable
) -> None:
    trained = learner.fit(table.labelled, table.is_default, 0)
    rows = table.unlabelled[:3].copy()
    rows[0] = np.nan
    rows[1, CODES] = 99
    rows[2, CODES] = np.nan
    assert np.isfinite(trained.margins(rows)).all()


@every_learner
def test_a_column_of_which_nothing_is_known_is_no_hindrance(
    learner: Learner, table: FeatureTable
) -> None:
    matrix = table.labelled.copy()
    matrix[:, [SCORE, *CODES]] = np.nan
    trained = learner.fit(matrix, table.is_default, 0)
    assert np.isfinite(trained.margins(table.unlabelled)).all()


@every_learner
def test_nothing_is_learnt_by_a_candidate_from_shuffled_outcomes(
    learner: Learner, table: FeatureTable
) -> None:
    areas = []
    for seed in range(3):
        shuffled = np.random.default_rng(seed).permutation(table.is_default)
        found = out_of_fold(learner, table.labelled, shuffled, 3, seed, workers=2)
        areas.append(auc(shuffled, found.margins))
    assert np.mean(areas) == pytest.approx(0.5, abs=0.06)


@every_preparation
def test_rows_to_be_judged_stay_as_many_and_know_nothing_of_each_other(
    preparation: Preparation, table: FeatureTable
) -> None:
    transform = preparation.fit(table.labelled, table.is_default, 0).transform
    together = transform(table.unlabelled)
    assert len(together) == len(table.unlabelled)
    apart = transform(table.unlabelled[::7])
    np.testing.assert_array_equal(together[::7], apart)


@every_preparation
def test_every_column_knows_the_feature_it_was_made_from(
    preparation: Preparation, table: FeatureTable
) -> None:
    rows = preparation.fit(table.labelled, table.is_default, 0)
    before = np.nan_to_num(rows.transform(table.unlabelled), nan=-1)
    for position in (SCORE, CODES[0]):
        changed = table.unlabelled.copy()
        changed[:, position] = changed[::-1, position]
        after = np.nan_to_num(rows.transform(changed), nan=-1)
        moved = np.flatnonzero((before != after).any(axis=0))
        told = set(rows.origins[moved].tolist())
        # Peers are found by a code, so that it moves their incomes and scores too.
        is_group = isinstance(preparation, PeerMedians) and position in CODES
        assert told == ({position, INCOME, SCORE} if is_group else {position})
    assert set(rows.origins.tolist()) == set(range(len(FEATURES)))


@dataclass
class Spy:
    """A preparation that remembers what it learnt from and what it changed."""

    learnt: list[set[float]] = field(default_factory=list)
    judged: list[set[float]] = field(default_factory=list)

    def fit(self, matrix: Matrix, is_default: Outcomes, seed: int) -> PreparedRows:
        number = len(self.learnt)
        self.learnt.append(set(matrix[:, 0].tolist()))
        self.judged.append(set())

        def transform(rows: Matrix) -> Matrix:
            self.judged[number] |= set(rows[:, 0].tolist())
            return rows

        return PreparedRows(
            np.concatenate([matrix, matrix[is_default]]),
            np.concatenate([is_default, is_default[is_default]]),
            transform,
            np.arange(matrix.shape[1]),
        )


def test_rows_that_choose_the_number_of_trees_are_kept_from_the_preparation() -> None:
    matrix = np.arange(300, dtype=np.float32).reshape(-1, 1)
    spy = Spy()
    PreparedTrees(TREES, spy).fit(matrix, np.arange(300) % 3 == 0, 0)
    *inner, last = zip(spy.learnt, spy.judged, strict=True)
    assert len(inner) == 3
    for learnt, judged in inner:
        assert (len(learnt), len(judged)) == (200, 100)
        assert not learnt & judged
    assert len(last[0]) == 300
    assert set.union(*(judged for _, judged in inner)) == last[0]


@pytest.mark.parametrize("keeps_codes", [False, True])
def test_smote_adds_defaulters_and_leaves_real_clients_alone(
    keeps_codes: bool, table: FeatureTable
) -> None:
    rows = Smote(CODES, keeps_codes).fit(table.labelled, table.is_default, 0)
    real = len(table.labelled)
    np.testing.assert_allclose(rows.matrix[:real], rows.transform(table.labelled))
    assert (rows.is_default[:real] == table.is_default).all()
    assert rows.is_default[real:].all()
    assert rows.is_default.mean() == 0.5
    assert not np.isnan(rows.matrix).any()


def test_smotenc_invents_nobody_of_half_a_code(table: FeatureTable) -> None:
    rows = Smote(CODES, keeps_codes=True).fit(table.labelled, table.is_default, 0)
    (position,) = rows.categorical_positions
    assert set(np.unique(rows.matrix[:, position])) == {0.0, 1.0, 2.0}


def test_under_sampling_keeps_every_default_and_invents_nobody(
    table: FeatureTable,
) -> None:
    rows = UnderSampling(CODES, ratio=0.5).fit(table.labelled, table.is_default, 0)
    assert rows.is_default.sum() == table.is_default.sum()
    assert rows.is_default.mean() == pytest.approx(1 / 3, abs=0.01)
    real = {row.tobytes() for row in table.labelled}
    assert {row.tobytes() for row in rows.matrix} <= real


def test_trees_on_few_sampled_rows_still_split(table: FeatureTable) -> None:
    trees = replace(TREES, min_child_samples=int(table.is_default.sum()) + 1)
    learner = PreparedTrees(trees, UnderSampling(CODES))
    margins = learner.fit(table.labelled, table.is_default, 0).margins(table.labelled)
    assert np.ptp(margins) > 0


def test_class_weights_make_both_outcomes_weigh_alike(table: FeatureTable) -> None:
    rows = ClassWeights(CODES).fit(table.labelled, table.is_default, 0)
    assert np.average(rows.is_default, weights=rows.weights) == pytest.approx(0.5)


def test_weighed_trees_find_their_number_by_a_loss_of_their_own_world(
    table: FeatureTable,
) -> None:
    """By the loss of the real one, more trees would seem better for ever."""
    trees = replace(TREES, max_rounds=200, min_rounds=1, patience=20)
    for preparation in (ClassWeights(CODES), Smote(CODES)):
        learner = PreparedTrees(trees, preparation)
        trained = learner.fit(table.labelled, table.is_default, 0)
        assert 10 < trained.trees.rounds < 150


def grouped(occupations: list[float], incomes: list[float]) -> Matrix:
    matrix = np.full((len(incomes), len(FEATURES)), np.nan, dtype=np.float32)
    matrix[:, CODES[0]] = occupations
    matrix[:, AGE] = 35.0
    matrix[:, INCOME] = incomes
    return matrix


def test_a_client_is_compared_with_the_training_rows_of_the_same_group() -> None:
    training = grouped([0.0] * 20 + [1.0] * 20, [100.0] * 20 + [400.0] * 20)
    peers = PREPARATIONS["peers"]
    transform = peers.fit(training, np.zeros(40, dtype=np.bool_), 0).transform
    ratios = transform(grouped([0.0, 1.0, 2.0], [200.0, 200.0, 500.0]))[:, -2]
    # Of an occupation not met: everybody's median, which is 250.
    assert ratios.tolist() == [2.0, 0.5, 2.0]


def test_fewer_than_twenty_peers_are_no_group() -> None:
    training = grouped([0.0] * 19 + [1.0] * 21, [100.0] * 19 + [400.0] * 21)
    peers = PREPARATIONS["peers"]
    transform = peers.fit(training, np.zeros(40, dtype=np.bool_), 0).transform
    assert transform(grouped([0.0], [200.0]))[0, -2] == 0.5


def test_peers_are_found_by_name_or_refused() -> None:
    with pytest.raises(FeatureTableError, match="application_occupation"):
        PeerMedians.among(FEATURES)


def test_an_empty_bin_and_an_unknown_code_weigh_nothing() -> None:
    column = np.array([0.0, 1.0] * 50, dtype=np.float32)
    bins = Bins(np.empty(0), ((0,), (1,)))
    weighed = WeighedBins.weigh(bins, column, np.arange(100) % 10 < 3)
    unseen = np.array([np.nan, 7.0], dtype=np.float32)
    assert weighed.weights_of_evidence(unseen).tolist() == pytest.approx([0, 0])
    assert weighed.weights_of_evidence(column[:2])[0] != 0


def test_pure_chance_has_no_surplus_of_information() -> None:
    rng = np.random.default_rng(0)
    bins = Bins(np.linspace(0.1, 0.9, 9))
    found = [
        WeighedBins.weigh(
            bins, rng.random(1000).astype(np.float32), rng.random(1000) < 0.1
        ).surplus_information
        for _ in range(40)
    ]
    assert np.mean(found) <= 0.005


@pytest.fixture(scope="module")
def card(table: FeatureTable) -> TrainedScorecard:
    # The last column is the second score again.
    twin = replace(FEATURES[SCORE], name="application_score_again")
    matrix = np.column_stack([table.labelled, table.labelled[:, SCORE]])
    return Scorecard((*FEATURES, twin)).fit(matrix, table.is_default, 0)


def test_a_client_s_points_are_the_sum_over_the_scorecard_s_bins(
    card: TrainedScorecard, table: FeatureTable
) -> None:
    matrix = np.column_stack([table.labelled, table.labelled[:, SCORE]])
    rows = card.table()
    points = np.zeros(len(matrix))
    for item in card.characteristics:
        name = card.features[item.position].name
        of_feature = [row["points"] for row in rows if row["feature"] == name]
        met = np.flatnonzero(item.weighed.clients)
        bins = item.weighed.bins.of(matrix[:, item.position])
        points += np.array(of_feature)[np.searchsorted(met, bins)]
    expected = DEFAULT_SCALE.from_log_odds(card.margins(matrix))
    np.testing.assert_allclose(points, expected)


def test_a_safer_bin_never_has_fewer_points(card: TrainedScorecard) -> None:
    for item in card.importances():
        rows = [row for row in card.table() if row["feature"] == item["feature"]]
        by_evidence = sorted(rows, key=lambda row: row["woe"])
        points = [row["points"] for row in by_evidence]
        assert points == sorted(points), item["feature"]


def test_a_feature_whose_safer_bins_would_cost_points_is_left_out() -> None:
    rng = np.random.default_rng(0)
    evidence = rng.normal(size=(2000, 2))
    evidence[:, 1] += evidence[:, 0]
    log_odds = -2.0 - 2.0 * evidence[:, 0] + 0.5 * evidence[:, 1]
    is_default = rng.random(2000) < probability_of(log_odds)
    kept, model = _fit_with_right_signs(evidence, is_default)
    assert kept == [0]
    assert model.coef_[0, 0] < 0


def test_numeric_bins_rise_or_fall_all_the_way(card: TrainedScorecard) -> None:
    for item in card.characteristics:
        weighed = item.weighed
        if weighed.bins.groups is None:
            rates = weighed.defaults / np.maximum(weighed.clients, 1)
            steps = np.diff(rates[: weighed.bins.count])
            assert (steps >= 0).all() or (steps <= 0).all()


def test_the_scorecard_takes_no_feature_twice(card: TrainedScorecard) -> None:
    chosen = {row["feature"] for row in card.importances()}
    assert (
        len(chosen & {"application_external_score_2", "application_score_again"}) == 1
    )


def test_the_scorecard_s_shares_add_up(card: TrainedScorecard) -> None:
    for item in card.importances():
        rows = [row for row in card.table() if row["feature"] == item["feature"]]
        assert sum(row["share"] for row in rows) == pytest.approx(1)
    assert CostMatrix().threshold == DEFAULT_SCALE.threshold
