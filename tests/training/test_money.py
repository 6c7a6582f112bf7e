from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from scoring import CostMatrix, CreditCostRates
from tests.scoring.synthetic import FEATURES
from tests.training.invented import invented_scores
from training.evaluation.amounts import ANNUITY, CREDIT, client_costs
from training.evaluation.calibration import fit_platt_line
from training.evaluation.cost_curves import resampled_curve
from training.evaluation.cost_ratios import cost_ratios
from training.evaluation.money import money
from training.evaluation.platt_replicates import platt_replicates
from training.evaluation.policies import policies
from training.evaluation.scored import Scored

COSTS = CostMatrix(1.0, 10.0)
RNG = np.random.default_rng(3)
AMOUNTS = CreditCostRates().costs(
    RNG.lognormal(13, 0.6, 3000), RNG.uniform(0.7, 3.0, 3000)
)


@pytest.fixture(scope="module")
def scored() -> Scored:
    return invented_scores()


@pytest.fixture(scope="module")
def figures(scored: Scored) -> dict[str, Any]:
    return money(scored, COSTS, AMOUNTS)


def of(figures: dict[str, Any], name: str) -> dict[str, Any]:
    (row,) = (row for row in figures["policies"] if row["name"] == name)
    return dict(row)


def test_the_curve_is_the_cost_of_deciding_so(scored: Scored) -> None:
    curve = resampled_curve(scored, AMOUNTS, points=7)
    weights = scored.replicates.counts[5]
    for threshold, drawn, replicate in zip(
        curve.thresholds, curve.cost[0], curve.cost[5], strict=True
    ):
        paid = np.mean(
            [
                AMOUNTS.of_decisions(scored.is_default, p >= threshold)
                for p in scored.probability
            ],
            axis=0,
        )
        assert drawn == pytest.approx(paid.mean())
        assert replicate == pytest.approx((weights * paid).sum() / 3000)
    assert curve.least_cost <= curve.cost[0].min() + 1e-9


def test_on_calibrated_scores_the_closed_form_lies_in_the_optimum_s_interval(
    figures: dict[str, Any],
) -> None:
    of_sides = {"units": "closed_form", "amounts": "median_client_threshold"}
    for side, name in of_sides.items():
        found = figures[side]["empirical"]
        assert found["low"] <= figures[side][name] <= found["high"], side


def test_the_business_threshold_is_cheaper_than_the_rivals_beyond_doubt(
    figures: dict[str, Any],
) -> None:
    for name in ("f1", "accuracy", "half", "everyone"):
        assert of(figures, name)["extra_cost_per_client"]["low"] > 0, name
    assert of(figures, "business")["extra_cost_per_client"]["value"] == 0
    assert of(figures, "everyone")["precision"] is None


def test_each_client_s_own_threshold_saves_money(figures: dict[str, Any]) -> None:
    assert of(figures, "by_client")["extra_money"]["value"] < 0


def test_money_is_told_for_a_thousand_clients(
    figures: dict[str, Any], scored: Scored
) -> None:
    lost = AMOUNTS.default[scored.is_default].sum() / 3
    assert of(figures, "everyone")["money"]["value"] == pytest.approx(lost)


def test_a_rival_s_threshold_is_not_chosen_on_whom_it_decides(scored: Scored) -> None:
    before = policies(scored, COSTS, None)["f1"]
    inside = scored.fold[0] == 2
    flipped = Scored(
        scored.margins,
        scored.probability,
        scored.fold,
        np.where(inside, ~scored.is_default, scored.is_default),
        scored.seed,
    )
    after = policies(flipped, COSTS, None)["f1"]
    assert (after[0, inside] == before[0, inside]).all()
    assert (after[0, ~inside] != before[0, ~inside]).all()


def test_without_amounts_there_is_no_money(scored: Scored) -> None:
    figures = money(scored, COSTS, None)
    assert figures["amounts"] is None
    assert "money" not in of(figures, "business")


def test_the_term_is_credit_over_annuity_and_the_unknown_one_the_median() -> None:
    features = [replace(FEATURES[0], name=name) for name in (CREDIT, ANNUITY)]
    matrix = np.array(
        [[120_000, 10_000], [240_000, 10_000], [360_000, np.nan]], np.float32
    )
    costs = client_costs(matrix, features, CreditCostRates(0.5, 0.1))
    assert costs is not None
    assert costs.refusal == pytest.approx([12_000, 48_000, 54_000])
    assert client_costs(matrix[:, :1], features[:1], CreditCostRates()) is None


def test_dearer_defaults_mean_a_lower_threshold_and_more_refusals(
    scored: Scored,
) -> None:
    rows = cost_ratios(scored, CostMatrix(2.0, 20.0))["rows"]
    assert [row["ratio"] for row in rows] == [5, 7.5, 10, 12.5, 15, 20]
    assert [row["is_house"] for row in rows] == [False, False, True, *[False] * 3]
    assert (np.diff([row["refused_share"] for row in rows]) > 0).all()
    for row in rows:
        low, high = row["review_band"]
        assert low < row["threshold"] < high
    assert rows[0]["extra_of_keeping"]["low"] > 0
    assert rows[2]["extra_of_keeping"]["value"] == 0


def test_one_step_is_as_good_as_a_fit_to_each_replicate(scored: Scored) -> None:
    margins = scored.margins[0]
    found = platt_replicates(margins, scored.is_default, scored.replicates)
    exact = [
        fit_platt_line(margins, scored.is_default, weights.astype(float))
        for weights in scored.replicates.counts[:60]
    ]
    slopes = np.array([line.slope for line in exact])
    assert np.corrcoef(found[:60, 0], slopes)[0, 1] > 0.99
    assert found[:60, 0].std() == pytest.approx(slopes.std(), rel=0.05)
    assert found[:60, 0].mean() == pytest.approx(slopes.mean(), rel=0.005)
