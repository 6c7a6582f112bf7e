from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring import (
    DecisionRule,
    PointsScale,
    RatingBand,
    ScoringError,
    log_odds_of,
    rating_of,
)

SCALE = PointsScale(1 / 11)
BANDS = (
    RatingBand("A", 640.0, 0.02, 0.4, None),
    RatingBand("B", 600.0, 0.05, 0.3, None),
    RatingBand("C", None, 0.2, 0.3, None),
)


def test_the_threshold_is_worth_600_points() -> None:
    assert SCALE.from_log_odds(log_odds_of(1 / 11)) == pytest.approx(600.0)


def test_forty_points_more_double_the_odds_of_being_repaid() -> None:
    odds = 10.0
    doubled = SCALE.from_log_odds(-log_odds_of(2 * odds / (1 + 2 * odds)))
    assert doubled - SCALE.from_log_odds(log_odds_of(1 / 11)) == pytest.approx(40.0)


@given(st.floats(0.001, 0.999))
def test_points_and_probability_are_two_scales_of_the_same(probability: float) -> None:
    points = float(SCALE.from_log_odds(log_odds_of(probability)))
    # Ten to one at 600 points; forty points less double the odds of default.
    odds_of_default = 2.0 ** ((600.0 - points) / 40.0) / 10.0
    assert odds_of_default / (1 + odds_of_default) == pytest.approx(probability)


@given(st.floats(-6, 6), st.floats(0.01, 3))
def test_more_risk_never_gives_more_points(log_odds: float, more: float) -> None:
    assert SCALE.from_log_odds(log_odds + more) < SCALE.from_log_odds(log_odds)


@pytest.mark.parametrize("threshold", [0.0, 1.0, -0.1])
def test_a_threshold_outside_zero_and_one_is_refused(threshold: float) -> None:
    with pytest.raises(ScoringError, match="between 0 and 1"):
        PointsScale(threshold)


@pytest.mark.parametrize(
    ("points", "rating"), [(900, "A"), (640, "A"), (639, "B"), (600, "B"), (-50, "C")]
)
def test_a_band_begins_with_its_fewest_points(points: int, rating: str) -> None:
    assert rating_of(points, BANDS) == rating


@pytest.mark.parametrize(
    ("probability", "decision"),
    [
        (0.0, "grant"),
        (0.0799, "grant"),
        (0.08, "review"),
        (0.0999, "review"),
        (0.1, "refuse"),
        (1.0, "refuse"),
    ],
)
def test_the_band_holds_its_lower_end_and_not_its_upper(
    probability: float, decision: str
) -> None:
    assert DecisionRule(0.09, (0.08, 0.1)).decide(probability) == decision


def test_without_a_band_nobody_is_reviewed() -> None:
    rule = DecisionRule(0.09, (0.09, 0.09))
    assert [rule.decide(p) for p in (0.0899, 0.09)] == ["grant", "refuse"]


@pytest.mark.parametrize("band", [(0.1, 0.2), (0.01, 0.08), (0.1, 0.05), (-0.1, 0.2)])
def test_a_band_without_the_threshold_is_refused(band: tuple[float, float]) -> None:
    with pytest.raises(ScoringError, match="review band"):
        DecisionRule(0.09, band)
