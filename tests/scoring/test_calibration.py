from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring import Calibrator, ScoringError, log_odds_of, probability_of

BENT = Calibrator(((-3.0, -4.0), (-1.0, -3.5), (0.0, -1.0), (2.0, 0.0)))


@given(st.floats(-50, 50), st.floats(-50, 50))
def test_a_higher_margin_never_gives_a_lower_probability(
    one: float, other: float
) -> None:
    low, high = sorted((one, other))
    assert BENT.probability(low) <= BENT.probability(high)


def test_knots_are_met_exactly() -> None:
    margins, log_odds = zip(*BENT.knots, strict=True)
    assert BENT.log_odds(margins).tolist() == pytest.approx(log_odds)


@pytest.mark.parametrize(("margin", "expected"), [(-5.0, -4.5), (6.0, 2.0)])
def test_beyond_the_knots_the_last_segment_goes_on(
    margin: float, expected: float
) -> None:
    assert BENT.log_odds(margin) == pytest.approx(expected)


@given(st.floats(0.1, 3), st.floats(-3, 3), st.floats(-20, 20))
def test_two_knots_are_a_line_everywhere(
    slope: float, intercept: float, margin: float
) -> None:
    line = Calibrator.line(slope, intercept, between=(-2.0, 1.0))
    assert line.is_linear
    assert line.log_odds(margin) == pytest.approx(slope * margin + intercept)
    assert line.slope_between(margin, margin + 1) == pytest.approx(slope)


def test_the_mean_slope_leads_from_one_margin_to_the_other() -> None:
    slope = BENT.slope_between(-2.0, 1.5)
    rise = BENT.log_odds(1.5) - BENT.log_odds(-2.0)
    assert slope * 3.5 == pytest.approx(float(rise))


@pytest.mark.parametrize(
    "knots",
    [
        ((0.0, 0.0),),
        ((0.0, 0.0), (0.0, 1.0)),
        ((0.0, 1.0), (1.0, 0.0)),
        ((0.0, 0.0), (1.0, float("nan"))),
    ],
)
def test_knots_that_are_no_monotone_map_are_refused(
    knots: tuple[tuple[float, float], ...],
) -> None:
    with pytest.raises(ScoringError):
        Calibrator(knots)


def test_extreme_log_odds_do_not_overflow() -> None:
    with np.errstate(all="raise", under="ignore"):
        assert probability_of([-1e4, 0.0, 1e4]).tolist() == [0.0, 0.5, 1.0]


def test_log_odds_and_probability_undo_each_other() -> None:
    assert probability_of(log_odds_of(0.0123)) == pytest.approx(0.0123)
