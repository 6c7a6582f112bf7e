from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from scoring import CostMatrix, probability_of
from training.data.feature_table import FeatureTable
from training.evaluation import metrics
from training.evaluation.bootstrap import replicate_chunks
from training.evaluation.ranking import RankedScores, area_under_curve
from training.learners import BoostedTrees
from training.learners.cross_validation import out_of_fold
from training.validation.protocol import (
    paired_difference,
    repeated_estimate,
    repeated_out_of_fold,
    split_held_out,
)

RNG = np.random.default_rng(7)
SIZE = 400
# What the hash chose when it was written: another one would let seen clients in.
HELD_OUT_OF_THIRTY = [3, 10, 18, 21]
LOG_ODDS = RNG.normal(-2.0, 1.2, SIZE)
IS_DEFAULT = RNG.random(SIZE) < probability_of(LOG_ODDS)
GOOD, NOISY = (
    probability_of(LOG_ODDS + RNG.normal(0, noise, (3, SIZE))) for noise in (0.2, 2.0)
)
METRICS = [
    metrics.auc,
    metrics.ks,
    metrics.precision,
    metrics.brier,
    metrics.log_loss,
    metrics.cost_at_threshold(CostMatrix()),
]


def test_a_fifth_is_held_out_wherever_a_client_stands() -> None:
    ids = np.arange(100_000, 400_000)
    held_out = split_held_out(ids)
    assert held_out.mean() == pytest.approx(0.2, abs=0.003)
    shuffled = np.random.default_rng(0).permutation(ids.size)
    assert (split_held_out(ids[shuffled]) == held_out[shuffled]).all()
    assert (split_held_out(ids[:1000]) == held_out[:1000]).all()


def test_the_held_out_clients_are_those_of_earlier_versions() -> None:
    assert np.flatnonzero(split_held_out(np.arange(30))).tolist() == HELD_OUT_OF_THIRTY


def test_each_seed_is_a_cross_validation_of_its_own(table: FeatureTable) -> None:
    learner = BoostedTrees(num_leaves=4, max_rounds=10, min_rounds=5)
    found = repeated_out_of_fold(
        learner, table.labelled, table.is_default, folds=3, seeds=(0, 4)
    )
    alone = out_of_fold(learner, table.labelled, table.is_default, 3, seed=4)
    assert (found[1].margins == alone.margins).all()
    assert (found[0].fold != found[1].fold).any()


@pytest.mark.parametrize("metric", METRICS)
def test_weights_count_as_repeated_clients(metric: metrics.Metric) -> None:
    weights = np.stack(
        [next(replicate_chunks(IS_DEFAULT, seed))[0] for seed in range(3)]
    )
    together = metric(IS_DEFAULT, GOOD[0])(weights)
    for value, weight in zip(together, weights, strict=True):
        drawn = np.repeat(np.arange(SIZE), weight.astype(int))
        alone = metric(IS_DEFAULT[drawn], GOOD[0][drawn])(np.ones((1, drawn.size)))
        assert value == pytest.approx(alone[0])


def test_a_chunk_holds_replicates_of_all_clients() -> None:
    chunks = list(replicate_chunks(IS_DEFAULT, seed=0))
    assert sum(map(len, chunks)) == 1000
    assert all((chunk.sum(axis=1) == SIZE).all() for chunk in chunks)


def test_a_measure_is_the_mean_over_seeds() -> None:
    areas = [
        area_under_curve(RankedScores(IS_DEFAULT, row).confusion()) for row in NOISY
    ]
    estimate = repeated_estimate(metrics.auc, NOISY, IS_DEFAULT)
    assert estimate.value == pytest.approx(np.mean(areas))
    assert estimate.low < estimate.value < estimate.high


def test_a_better_model_is_found_better_and_the_reverse_is_its_mirror() -> None:
    compare = partial(paired_difference, is_default=IS_DEFAULT)
    gain = compare(metrics.auc, NOISY, GOOD)
    assert gain.difference.low > 0
    assert gain.difference.value == pytest.approx(gain.candidate - gain.reference)
    loss = compare(metrics.auc, GOOD, NOISY)
    assert loss.difference.high == pytest.approx(-gain.difference.low)
    cost = compare(metrics.cost_at_threshold(CostMatrix()), NOISY, GOOD)
    assert cost.difference.high < 0


def test_a_model_does_not_differ_from_itself() -> None:
    same = paired_difference(metrics.auc, GOOD, GOOD, IS_DEFAULT)
    assert (same.difference.low, same.difference.high) == (0, 0)


def test_pairing_narrows_the_interval() -> None:
    nearly = probability_of(np.log(GOOD / (1 - GOOD)) + RNG.normal(0, 0.1, SIZE))
    paired = paired_difference(metrics.auc, GOOD, nearly, IS_DEFAULT).difference
    alone = repeated_estimate(metrics.auc, GOOD, IS_DEFAULT)
    assert paired.high - paired.low < 0.5 * (alone.high - alone.low)
