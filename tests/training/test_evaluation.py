from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from scoring import CostMatrix, PointsScale, log_odds_of, probability_of
from training.errors import EvaluationError
from training.evaluation.age_bands import age_bands
from training.evaluation.bands import decile_table, rating_bands
from training.evaluation.bootstrap import (
    Estimate,
    replicate_chunks,
    wilson_interval,
)
from training.evaluation.calibration import (
    calibrator_of,
    cross_fitted_log_odds,
    expected_calibration_error,
    fit_calibration,
    fit_platt_line,
    reliability,
)
from training.evaluation.review import review_band
from training.evaluation.summary import Evaluation, evaluate

RNG = np.random.default_rng(11)
SIZE = 6000
TRUE_LOG_ODDS = RNG.normal(-2.8, 1.0, SIZE)
IS_DEFAULT = RNG.random(SIZE) < probability_of(TRUE_LOG_ODDS)
# A booster without shrinkage: margins too bold by half, and shifted.
MARGINS = 1.5 * TRUE_LOG_ODDS + 0.7
FOLD = np.arange(SIZE) % 5
LOG_ODDS = cross_fitted_log_odds(MARGINS, IS_DEFAULT, FOLD)


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    return evaluate(
        MARGINS,
        FOLD,
        IS_DEFAULT,
        LOG_ODDS,
        CostMatrix(1.0, 10.0),
        seed=0,
    )


def test_platt_s_line_is_that_of_logistic_regression() -> None:
    line = fit_platt_line(MARGINS, IS_DEFAULT)
    reference = LogisticRegression(C=np.inf, tol=1e-10).fit(
        MARGINS.reshape(-1, 1), IS_DEFAULT
    )
    assert line.slope == pytest.approx(reference.coef_[0, 0], rel=1e-4)
    assert line.intercept == pytest.approx(reference.intercept_[0], rel=1e-4)


def test_weights_count_as_repeated_clients_in_platt_s_line() -> None:
    weights = np.random.default_rng(1).integers(0, 3, SIZE)
    repeated = np.repeat(np.arange(SIZE), weights)
    line = fit_platt_line(MARGINS, IS_DEFAULT, weights.astype(float))
    alone = fit_platt_line(MARGINS[repeated], IS_DEFAULT[repeated])
    assert line.slope == pytest.approx(alone.slope)
    assert line.intercept == pytest.approx(alone.intercept)


def test_scores_that_rank_the_wrong_way_cannot_be_calibrated() -> None:
    with pytest.raises(EvaluationError, match="do not tell"):
        fit_calibration(-MARGINS, IS_DEFAULT)


def test_the_calibrator_is_the_line() -> None:
    line = fit_platt_line(MARGINS, IS_DEFAULT)
    calibrator = calibrator_of(line, MARGINS)
    assert calibrator.is_linear
    assert calibrator.log_odds(MARGINS) == pytest.approx(line.log_odds(MARGINS))


def test_a_client_s_own_fold_has_no_part_in_their_calibration() -> None:
    before = cross_fitted_log_odds(MARGINS, IS_DEFAULT, FOLD)
    flipped = np.where(FOLD == 2, ~IS_DEFAULT, IS_DEFAULT)
    after = cross_fitted_log_odds(MARGINS, flipped, FOLD)
    assert (after[FOLD == 2] == before[FOLD == 2]).all()
    assert (after[FOLD != 2] != before[FOLD != 2]).all()


def test_bold_margins_become_true_probabilities(evaluation: Evaluation) -> None:
    slope = evaluation.metrics["calibration_slope"]
    assert slope.low < 1 < slope.high
    assert evaluation.figures["expected_calibration_error"] < 0.01
    assert evaluation.probability.mean() == pytest.approx(IS_DEFAULT.mean(), abs=0.002)


def test_repeats_of_the_same_clients_do_not_narrow_an_interval() -> None:
    few = slice(0, 1000)
    once, thrice = (
        evaluate(
            np.stack([MARGINS[few]] * seeds),
            np.stack([FOLD[few]] * seeds),
            IS_DEFAULT[few],
            np.stack([LOG_ODDS[few]] * seeds),
            CostMatrix(1.0, 10.0),
            seed=0,
        )
        for seeds in (1, 3)
    )
    for name, estimate in once.metrics.items():
        found = thrice.metrics[name]
        assert (found.value, found.low, found.high) == pytest.approx(
            (estimate.value, estimate.low, estimate.high), rel=1e-6
        ), name
    assert thrice.rule.review_band == pytest.approx(once.rule.review_band)
    for table in ("decisions", "deciles", "reliability"):
        rows = zip(thrice.figures[table], once.figures[table], strict=True)
        for row, single in rows:
            assert row["clients"] == pytest.approx(single["clients"], abs=1)
            assert row.get("interval") == pytest.approx(single.get("interval"), rel=0.2)
    for found, single in zip(thrice.ratings, once.ratings, strict=True):
        assert found.confidence_interval == pytest.approx(single.confidence_interval)


def test_the_review_band_holds_the_threshold_and_narrows_with_more_clients(
    evaluation: Evaluation,
) -> None:
    low, high = evaluation.rule.review_band
    assert 0.07 < low < evaluation.rule.threshold < high < 0.12
    few = slice(0, SIZE // 6)
    of_few = evaluate(
        MARGINS[few],
        FOLD[few],
        IS_DEFAULT[few],
        LOG_ODDS[few],
        CostMatrix(1.0, 10.0),
        seed=0,
    )
    assert np.ptp(of_few.rule.review_band) > 1.5 * np.ptp((low, high))


def test_without_doubt_there_is_no_band() -> None:
    line = fit_platt_line(MARGINS, IS_DEFAULT)
    assert review_band(line, [line] * 20, 0.09) == pytest.approx((0.09, 0.09))


def test_where_no_replicate_can_tell_everyone_is_reviewed() -> None:
    line = fit_platt_line(MARGINS, IS_DEFAULT)
    upside_down = fit_platt_line(-MARGINS, IS_DEFAULT)
    assert review_band(line, [upside_down] * 20, 0.09) == (0.0, 1.0)


def test_riskier_ratings_default_more(evaluation: Evaluation) -> None:
    rates = [band.default_rate for band in evaluation.ratings]
    assert [band.name for band in evaluation.ratings] == list("ABCDE")
    assert rates == sorted(rates, key=lambda rate: rate or 0)
    assert sum(band.share for band in evaluation.ratings) == pytest.approx(1)


def test_a_rating_nobody_has_has_no_default_rate() -> None:
    bands = rating_bands(
        np.array([700.0, 700.0]), np.array([False, True]), PointsScale(1 / 11)
    )
    assert bands[0].default_rate == 0.5
    assert [band.default_rate for band in bands[1:]] == [None] * 4


def test_deciles_hold_everyone_and_catch_every_default() -> None:
    probability = probability_of(TRUE_LOG_ODDS)
    rows = decile_table(probability, 600 - TRUE_LOG_ODDS, IS_DEFAULT)
    assert sum(row["clients"] for row in rows) == SIZE
    assert sum(row["defaults"] for row in rows) == IS_DEFAULT.sum()
    assert rows[-1]["caught_share"] == 1
    assert rows[0]["lift"] > 2 > rows[-1]["lift"]


def test_reliability_groups_hold_everyone() -> None:
    groups = reliability(probability_of(TRUE_LOG_ODDS), IS_DEFAULT)
    assert sum(group["clients"] for group in groups) == SIZE
    assert expected_calibration_error(groups) < 0.02


def test_an_interval_holds_the_truth_about_nineteen_times_in_twenty() -> None:
    rng = np.random.default_rng(2)
    draws = rng.binomial(80, 0.08, 2000)
    intervals = [wilson_interval(int(k), 80) or (0, 0) for k in draws]
    assert np.mean([low <= 0.08 <= high for low, high in intervals]) > 0.92
    assert wilson_interval(0, 0) is None


def test_replicates_draw_as_many_clients_and_both_outcomes() -> None:
    is_default = np.array([True] + [False] * 9)
    for weights in replicate_chunks(is_default, seed=0):
        assert (weights.sum(axis=1) == 10).all()
        assert (weights[:, 0] > 0).all()


def test_an_estimate_lies_in_its_interval(evaluation: Evaluation) -> None:
    for name, estimate in evaluation.metrics.items():
        assert isinstance(estimate, Estimate)
        assert estimate.low < estimate.value < estimate.high, name


def test_age_bands_begin_on_their_birthday() -> None:
    ages = np.array([29.99, 30.0, 59.9, 60.0, np.nan])
    assert age_bands(ages).tolist() == ["<30", "30-39", "50-59", "≥60", "unknown"]


def test_points_at_the_threshold_are_600(evaluation: Evaluation) -> None:
    at_threshold = evaluation.scale.from_log_odds(log_odds_of(1 / 11))
    assert at_threshold == pytest.approx(600)
