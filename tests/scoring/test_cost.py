from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring import CostMatrix, ScoringError, cost_curve, probability_of

OUTCOMES_AND_SCORES = st.lists(
    st.tuples(st.booleans(), st.sampled_from([0.0, 0.01, 0.02, 0.1, 0.3, 0.5, 0.9])),
    min_size=1,
    max_size=60,
)


def brute_force(
    is_default: list[bool], score: list[float], false_positive: float, negative: float
) -> float:
    """Try every set of refusals that any threshold can make."""
    best = np.inf
    for threshold in [*score, 2.0]:
        cost = sum(
            (negative if bad else 0.0)
            if value < threshold
            else (0.0 if bad else false_positive)
            for bad, value in zip(is_default, score, strict=True)
        )
        best = min(best, cost / len(score))
    return best


def test_ten_to_one_gives_one_eleventh() -> None:
    assert CostMatrix(1, 10).threshold == pytest.approx(1 / 11)


@settings(max_examples=200, deadline=None)
@given(OUTCOMES_AND_SCORES, st.sampled_from([1.0, 5.0, 10.0, 20.0]))
def test_the_empirical_optimum_is_that_of_brute_force(
    clients: list[tuple[bool, float]], ratio: float
) -> None:
    outcomes, scores = [bad for bad, _ in clients], [score for _, score in clients]
    costs = CostMatrix(1.0, ratio)
    threshold, cost = costs.empirical_optimum(outcomes, scores)
    assert cost == pytest.approx(brute_force(outcomes, scores, 1.0, ratio))
    assert costs.expected_cost(outcomes, scores, threshold) == pytest.approx(cost)


@settings(max_examples=100, deadline=None)
@given(OUTCOMES_AND_SCORES)
def test_every_point_of_the_curve_costs_what_its_threshold_costs(
    clients: list[tuple[bool, float]],
) -> None:
    outcomes, scores = [bad for bad, _ in clients], [score for _, score in clients]
    costs = CostMatrix(2.0, 7.0)
    curve = costs.curve(outcomes, scores)
    expected = [costs.expected_cost(outcomes, scores, t) for t in curve.thresholds]
    assert curve.costs == pytest.approx(expected)
    assert (np.diff(curve.thresholds) > 0).all()


def test_on_calibrated_probabilities_no_threshold_beats_the_closed_form() -> None:
    rng = np.random.default_rng(1)
    probability = probability_of(rng.normal(-2.7, 1.1, 200_000))
    is_default = rng.random(probability.size) < probability
    costs = CostMatrix(1.0, 10.0)
    empirical, least = costs.empirical_optimum(is_default, probability)
    assert empirical == pytest.approx(costs.threshold, abs=0.02)
    closed_form = costs.expected_cost(is_default, probability, costs.threshold)
    assert closed_form == pytest.approx(least, rel=0.005)


@pytest.mark.parametrize("lower", [0.1, float(np.nextafter(0.1, 1)), 0.3, 5e-324])
def test_a_threshold_parts_even_neighbouring_numbers(lower: float) -> None:
    scores = [lower, float(np.nextafter(lower, 1))]
    thresholds = CostMatrix().curve([False, True], scores).thresholds
    refused = [[score >= t for score in scores] for t in thresholds]
    assert refused == [[True, True], [False, True], [False, False]]


def test_costs_may_differ_from_client_to_client() -> None:
    curve = cost_curve([True, False], [0.2, 0.4], [1.0, 3.0], [50.0, 1.0])
    # Refuse both: the good one costs 3. Refuse the second: both errors. None: 50.
    assert curve.costs == pytest.approx([1.5, 26.5, 25.0])


@pytest.mark.parametrize("cost", [0.0, -1.0, float("nan"), float("inf")])
def test_a_cost_that_is_not_positive_is_refused(cost: float) -> None:
    with pytest.raises(ScoringError, match="false_negative_cost"):
        CostMatrix(1.0, cost)
