from __future__ import annotations

import numpy as np
import pytest

from scoring import ClientCosts, CostMatrix
from tests.training.invented import invented_scores
from training.evaluation.age_bands import age_bands
from training.evaluation.evidence import RATIOS, evidence_of, outcomes_of
from training.evaluation.fairness import group_fairness

SCORED = invented_scores(clients=2000)
AMOUNTS = ClientCosts(np.linspace(1, 3, 2000), np.linspace(10, 50, 2000))


@pytest.mark.parametrize("ratio", [*map(float, RATIOS), 12.5])
def test_the_cost_of_a_ratio_s_own_threshold_follows_from_the_counts(
    ratio: float,
) -> None:
    costs = CostMatrix(1.0, ratio)
    outcomes = outcomes_of(SCORED, costs, None)
    cut = outcomes.edges.index(costs.threshold)
    counted = sum(outcomes.good[cut:]) + ratio * sum(outcomes.bad[:cut])
    due = np.mean(
        [
            costs.expected_cost(SCORED.is_default, one, costs.threshold)
            for one in SCORED.probability
        ]
    )
    assert counted / SCORED.is_default.size == pytest.approx(due, abs=1e-4)


def test_each_client_is_counted_once_with_their_money() -> None:
    outcomes = outcomes_of(SCORED, CostMatrix(), AMOUNTS)
    assert sum(outcomes.bad) == pytest.approx(SCORED.is_default.sum())
    assert sum(outcomes.good) == pytest.approx((~SCORED.is_default).sum())
    assert outcomes.lost_margin is not None
    assert outcomes.lost_credit is not None
    good, bad = ~SCORED.is_default, SCORED.is_default
    assert sum(outcomes.lost_margin) == pytest.approx(
        AMOUNTS.refusal[good].sum(), abs=1
    )
    assert sum(outcomes.lost_credit) == pytest.approx(AMOUNTS.default[bad].sum(), abs=1)


def test_groups_are_those_of_the_report() -> None:
    ages = np.random.default_rng(3).uniform(21, 69, SCORED.is_default.size)
    genders = np.where(ages > 65, None, "F").astype(object)
    threshold = CostMatrix().threshold
    fairness = {
        "gender": group_fairness(SCORED, genders, threshold),
        "age": group_fairness(SCORED, age_bands(ages), threshold),
    }
    found = evidence_of(outcomes_of(SCORED, CostMatrix(), None), fairness).fairness
    assert [one.group for one in found["gender"]] == ["F", "unknown"]
    for row, group in zip(fairness["age"]["groups"], found["age"], strict=True):
        rate = group.rates["approval_rate"]
        assert rate is not None
        assert rate.value == row["approval_rate"]["value"]
