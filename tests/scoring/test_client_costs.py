from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring import ClientCosts, CostMatrix, CreditCostRates, ScoringError

CLIENTS = st.lists(
    st.tuples(
        st.booleans(),
        st.sampled_from([0.0, 0.05, 0.1, 0.2, 0.4, 0.8, 1.0]),
        st.floats(1, 100),
        st.floats(1, 1000),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=50, deadline=None)
@given(CLIENTS)
def test_the_cheapest_threshold_is_that_of_brute_force(
    clients: list[tuple[bool, float, float, float]],
) -> None:
    is_default, probability, refusal, default = map(
        np.array, zip(*clients, strict=True)
    )
    costs = ClientCosts(refusal, default)
    threshold, cost = costs.curve(is_default, probability).optimum
    tried = [
        costs.of_decisions(is_default, probability >= limit).mean()
        for limit in (0.0, 0.01, 0.07, 0.15, 0.3, 0.6, 0.9, 1.01)
    ]
    assert cost == pytest.approx(min(tried))
    at_threshold = costs.of_decisions(is_default, probability >= threshold).mean()
    assert cost == pytest.approx(at_threshold)


@settings(max_examples=50, deadline=None)
@given(CLIENTS)
def test_a_client_is_refused_where_the_expected_loss_reaches_the_expected_margin(
    clients: list[tuple[bool, float, float, float]],
) -> None:
    _, probability, refusal, default = map(np.array, zip(*clients, strict=True))
    refused = ClientCosts(refusal, default).is_refused(probability)
    for one, p, margin, loss in zip(
        refused, probability, refusal, default, strict=True
    ):
        assert one == (p * loss >= (1 - p) * margin)


def test_who_costs_the_same_either_way_is_refused() -> None:
    costs = ClientCosts(np.array([1.0, 1.0]), np.array([3.0, 3.0]))
    assert costs.is_refused([0.25, 0.2499]).tolist() == [True, False]


def test_the_same_costs_for_all_are_the_constant_cost_matrix() -> None:
    rng = np.random.default_rng(0)
    probability, is_default = rng.random(50), rng.random(50) < 0.3
    constant = CostMatrix(1.0, 10.0)
    by_client = ClientCosts(np.full(50, 1.0), np.full(50, 10.0))
    assert by_client.thresholds == pytest.approx(constant.threshold)
    assert by_client.curve(is_default, probability).optimum == pytest.approx(
        constant.empirical_optimum(is_default, probability)
    )
    refused = probability >= constant.threshold
    assert by_client.of_decisions(is_default, refused).mean() == pytest.approx(
        constant.expected_cost(is_default, probability, constant.threshold)
    )


def test_each_client_s_own_rule_is_cheapest_where_probabilities_are_true() -> None:
    rng = np.random.default_rng(1)
    probability = rng.beta(1, 10, 20_000)
    is_default = rng.random(20_000) < probability
    costs = CreditCostRates().costs(
        rng.lognormal(13, 0.7, 20_000), rng.uniform(0.5, 4, 20_000)
    )
    own = costs.of_decisions(is_default, costs.is_refused(probability)).mean()
    assert own < 0.98 * costs.curve(is_default, probability).optimum[1]


def test_rates_turn_a_credit_into_both_costs() -> None:
    costs = CreditCostRates(0.5, 0.02).costs([100_000.0, 200_000.0], [1.0, 3.0])
    assert costs.default.tolist() == [50_000, 100_000]
    assert costs.refusal.tolist() == [2_000, 12_000]


@pytest.mark.parametrize("rates", [(0.0, 0.1), (1.2, 0.1), (0.5, 0.0), (0.5, np.nan)])
def test_rates_that_make_no_cost_are_refused(rates: tuple[float, float]) -> None:
    with pytest.raises(ScoringError, match="must"):
        CreditCostRates(*rates)


def test_costs_that_are_not_positive_are_refused_by_their_number() -> None:
    with pytest.raises(ScoringError, match="2 of 3 are not"):
        ClientCosts(np.ones(3), np.array([1.0, -1.0, np.nan]))
    with pytest.raises(ScoringError, match="both costs"):
        ClientCosts(np.ones(3), np.ones(2))
