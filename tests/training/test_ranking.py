from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    f1_score,
    fbeta_score,
    roc_auc_score,
    roc_curve,
)

from scoring import CostMatrix
from training.evaluation.policies import QUALITIES
from training.evaluation.ranking import (
    RankedScores,
    area_under_curve,
    average_precision,
    kolmogorov_smirnov,
)

CLIENTS = st.lists(
    st.tuples(st.booleans(), st.sampled_from([0.01, 0.05, 0.1, 0.2, 0.35, 0.6])),
    min_size=4,
    max_size=80,
).filter(lambda clients: len({bad for bad, _ in clients}) == 2)


def columns(clients: list[tuple[bool, float]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([c[0] for c in clients]), np.array([c[1] for c in clients])


@settings(max_examples=150, deadline=None)
@given(CLIENTS)
def test_ranking_measures_are_those_of_scikit_learn(
    clients: list[tuple[bool, float]],
) -> None:
    is_default, score = columns(clients)
    confusion = RankedScores(is_default, score).confusion()
    false_rate, true_rate, _ = roc_curve(is_default, score, drop_intermediate=False)
    assert area_under_curve(confusion) == pytest.approx(
        roc_auc_score(is_default, score)
    )
    assert average_precision(confusion) == pytest.approx(
        average_precision_score(is_default, score)
    )
    assert kolmogorov_smirnov(confusion) == pytest.approx(
        np.abs(true_rate - false_rate).max()
    )


@settings(max_examples=100, deadline=None)
@given(CLIENTS, st.integers(0, 1000))
def test_a_weight_counts_as_so_many_clients(
    clients: list[tuple[bool, float]], seed: int
) -> None:
    is_default, score = columns(clients)
    weights = np.random.default_rng(seed).integers(0, 4, is_default.size)
    repeated = np.repeat(np.arange(is_default.size), weights)
    if len(set(is_default[repeated])) < 2:
        return
    weighted = RankedScores(is_default, score).confusion(weights)
    alone = RankedScores(is_default[repeated], score[repeated]).confusion()
    assert area_under_curve(weighted) == pytest.approx(area_under_curve(alone))
    assert kolmogorov_smirnov(weighted) == pytest.approx(kolmogorov_smirnov(alone))
    assert average_precision(weighted) == pytest.approx(average_precision(alone))
    costs = CostMatrix(1, 10)
    assert weighted.cost(costs).min() == pytest.approx(alone.cost(costs).min())


@settings(max_examples=100, deadline=None)
@given(CLIENTS)
def test_each_cut_has_the_quality_of_refusing_so(
    clients: list[tuple[bool, float]],
) -> None:
    is_default, score = columns(clients)
    ranked = RankedScores(is_default, score)
    confusion = ranked.confusion()
    of_sklearn = {
        "accuracy": accuracy_score,
        "f1": partial(f1_score, zero_division=0),
        "f2": partial(fbeta_score, beta=2, zero_division=0),
    }
    assert QUALITIES.keys() == of_sklearn.keys()
    for name, quality in QUALITIES.items():
        assert quality(confusion) == pytest.approx(
            [of_sklearn[name](is_default, score >= t) for t in ranked.thresholds]
        )
