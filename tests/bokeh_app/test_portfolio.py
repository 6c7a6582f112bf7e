"""What managers see of all clients, in counts."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from bokeh_app.cost_curve import CostCurve
from bokeh_app.queries.activity import Activity, DecisionDay, ReviewDay
from bokeh_app.queries.catalogue import Catalogue
from bokeh_app.queries.scores import ScoreCell, ScoreSpread, read_spread
from bokeh_app.sources.scoring_client import Drift, Evidence, ModelCard, Outcomes, Score
from bokeh_app.sources.warehouse import Warehouse
from bokeh_app.texts import read_texts
from bokeh_app.views.activity import view_activity
from bokeh_app.views.costs import view_costs
from bokeh_app.views.decision import place_among
from bokeh_app.views.drift import view_drift
from bokeh_app.views.fairness import view_fairness
from bokeh_app.views.portfolio_sheets import (
    activity_sheet,
    costs_sheet,
    drift_sheet,
    fairness_sheet,
    spread_sheet,
)
from bokeh_app.views.spread import view_spread
from tests.bokeh_app.answers import a_model, a_score

FRENCH, ENGLISH = read_texts("fr"), read_texts("en")
VERSION = a_score()["model_version"]
OUTCOMES = Outcomes(
    edges=(0.0, 1 / 11, 1 / 6, 1.0),
    good=(700.0, 150.0, 50.0),
    bad=(20.0, 20.0, 60.0),
    lost_margin=(7000.0, 1500.0, 500.0),
    lost_credit=(2000.0, 3000.0, 5000.0),
)


def spread(*cells: tuple[int, str, str, int], version: str = VERSION) -> ScoreSpread:
    made = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
    return ScoreSpread(version, made, tuple(ScoreCell(*cell) for cell in cells))


def test_a_client_s_place_counts_who_has_fewer_points() -> None:
    all_clients = spread((500, "E", "refuse", 82), (559, "D", "refuse", 18))
    score = Score.model_validate(a_score(points=559))
    place = place_among(ENGLISH, score, all_clients)
    assert place == "82% of all clients have a lower score (100 clients)."


def test_nobody_is_above_all_clients_and_a_few_are_said_as_such() -> None:
    best = Score.model_validate(a_score(points=900))
    all_clients = spread((500, "E", "refuse", 82), (559, "D", "refuse", 18))
    assert (place_among(ENGLISH, best, all_clients) or "").startswith("99%")
    worst = Score.model_validate(a_score(points=500))
    assert (place_among(ENGLISH, worst, all_clients) or "").startswith("Less than 1%")


def test_scores_of_another_model_give_no_place() -> None:
    score = Score.model_validate(a_score())
    assert place_among(FRENCH, score, None) is None
    other = spread((500, "E", "refuse", 1), version="another")
    assert place_among(FRENCH, score, other) is None


def test_the_spread_counts_every_client_once(
    marts: Warehouse, all_scored: None
) -> None:
    row = marts.row("select min(model_version) as version from ops.client_score")
    everyone = marts.row("select count(*) as n from features.client_features")
    assert row is not None
    assert everyone is not None
    found = read_spread(marts, row["version"])
    assert found is not None
    assert found.client_count == everyone["n"]
    assert found.share_below(found.cells[0].points) == 0
    view = view_spread(FRENCH, found)
    assert sum(sum(stack.counts) for stack in view.stacks) == everyone["n"]
    assert [row[0] for row in view.ratings] == sorted(row[0] for row in view.ratings)
    assert read_spread(marts, "another") is None


def test_a_sheet_of_scores_tells_rating_and_decision_within_each_band() -> None:
    sheet = spread_sheet(
        ENGLISH,
        spread(
            (559, "E", "refuse", 2),
            (560, "D", "refuse", 3),
            (565, "D", "review", 5),
            (579, "C", "review", 7),
            (570, "D", "refuse", 11),
        ),
    )
    assert list(sheet.header[:3]) == ["Points, from", "Points, to", "Risk class"]
    assert sheet.rows == [
        [540, 559, "E", 0, 0, 2],
        [560, 579, "C", 0, 7, 0],
        [560, 579, "D", 0, 5, 14],
    ]


def test_every_day_of_the_period_is_there_also_one_without_decisions() -> None:
    activity = Activity(
        first=date(2026, 3, 30),
        last=date(2026, 4, 5),
        decisions=(
            DecisionDay(date(2026, 3, 31), "grant", 3),
            DecisionDay(date(2026, 3, 31), "refuse", 1),
        ),
        reviews=(
            ReviewDay(date(2026, 4, 1), "refuse", "grant", 2),
            ReviewDay(date(2026, 4, 1), "review", "refuse", 1),
        ),
    )
    sheet = activity_sheet(ENGLISH, activity)
    assert len(sheet.rows) == 7
    assert sheet.rows[1:3] == [
        ["2026-03-31", 3, 0, 1, 0, 0],
        ["2026-04-01", 0, 0, 0, 2, 1],
    ]
    view = view_activity(ENGLISH, activity)
    assert [stack.counts for stack in view.decisions][:3] == [
        (0, 0, 0),
        (3, 0, 1),
        (0, 0, 0),
    ]
    assert len(view.rows) == 7
    assert view.rows[-2] == ("31 Mar", "3", "0", "1", "0", "0")
    assert view.words == (
        "4 decisions of the model: 75% granted, 0% to be reviewed, 25% refused."
    )
    assert view.review_words == (
        "3 decisions of advisors, 2 of them against the model\u2019s."
    )


def test_a_period_without_any_decision_says_so() -> None:
    nothing = Activity(date(2026, 4, 1), date(2026, 4, 2), (), ())
    view = view_activity(FRENCH, nothing)
    assert view.words == "Aucune décision du modèle."
    assert view.review_words == "Aucune décision d\u2019un conseiller."


def test_costs_follow_from_the_counts() -> None:
    curve = CostCurve.of(OUTCOMES, 10)
    found = curve.at(curve.nearest(1 / 11))
    assert found.threshold == 1 / 11
    assert found.cost == pytest.approx((200 + 10 * 20) / 1000)
    assert found.granted_share == pytest.approx(0.72)
    assert found.default_share == pytest.approx(20 / 720)
    assert found.refused_good_share == pytest.approx(200 / 900)
    assert found.money == pytest.approx((2000 + 2000) / 1000 * 1000)


def test_the_cheapest_threshold_moves_with_the_ratio() -> None:
    five = CostCurve.of(OUTCOMES, 5)
    assert five.closed_form == pytest.approx(1 / 6)
    kept, moved = (five.at(five.nearest(1 / ratio)) for ratio in (11, 6))
    assert moved.cost < kept.cost
    model = ModelCard.model_validate(a_model())
    view = view_costs(ENGLISH, model, five, five.nearest(1 / 11))
    assert [row.cells[0] for row in view.rows] == ["9.1%", "16.7%", "9.1%"]
    assert "dearer than the cheapest threshold in theory" in view.words
    best = view_costs(ENGLISH, model, five, five.nearest(1 / 6))
    assert "as cheap as the cheapest" in best.words


def test_without_amounts_there_is_no_money() -> None:
    plain = OUTCOMES.model_copy(update={"lost_margin": None, "lost_credit": None})
    curve = CostCurve.of(plain, 10)
    model = ModelCard.model_validate(a_model())
    view = view_costs(FRENCH, model, curve, 0)
    assert not view.has_money
    assert {len(row.cells) for row in view.rows} == {5}


def test_a_sheet_of_costs_has_every_threshold_of_the_curve() -> None:
    sheet = costs_sheet(FRENCH, CostCurve.of(OUTCOMES, 10))
    assert [row[1] for row in sheet.rows] == [0.0, 1 / 11, 1 / 6]
    assert {row[0] for row in sheet.rows} == {10}
    assert {len(row) for row in sheet.rows} == {len(sheet.header)}
    at_zero = sheet.rows[0]
    assert at_zero[2:5] == [0.0, None, 1.0]  # nobody granted, so no share of them


def a_group(group: str, approval: float, **changes: Any) -> dict[str, Any]:
    rate = {"value": 0.2, "low": 0.1, "high": 0.3}
    return {
        "group": group,
        "clients": 900,
        "is_compared": True,
        "approval_rate": {"value": approval, "low": approval, "high": approval},
        "true_positive_rate": rate,
        "false_positive_rate": None,
        "default_rate": rate,
        "predicted_rate": rate,
        "calibration_gap": rate,
        **changes,
    }


def evidence(**groups: list[dict[str, Any]]) -> Evidence:
    return Evidence.model_validate(
        {"outcomes": OUTCOMES.model_dump(), "fairness": groups}
    )


@pytest.mark.parametrize(("least", "is_apart"), [(0.55, True), (0.57, False)])
def test_shares_granted_below_four_fifths_of_each_other_call_for_a_look(
    least: float, is_apart: bool
) -> None:
    found = evidence(age=[a_group("<30", least), a_group("≥60", 0.7)])
    (ages,) = view_fairness(FRENCH, Catalogue({}, {}), found)
    assert ages.is_apart is is_apart
    assert ages.words.startswith("Moins de 30 ans")
    assert ages.groups[0].wronged is None
    assert ages.groups[0].caught is not None
    assert ages.groups[0].caught.interval == "10\u00a0% à 30\u00a0%"


def test_a_small_group_is_counted_and_not_compared() -> None:
    catalogue = Catalogue({}, {("gender", "F"): ("Femme", "Woman")})
    found = evidence(
        gender=[
            a_group("F", 0.7),
            a_group("unknown", 0.1, is_compared=False, clients=4),
        ]
    )
    (genders,) = view_fairness(ENGLISH, catalogue, found)
    assert [one.name for one in genders.groups] == ["Woman", "Not provided"]
    assert genders.groups[1].approval is None
    assert not genders.is_apart
    sheet = fairness_sheet(ENGLISH, catalogue, found)
    women, unknown = sheet.rows
    assert women[:5] == ["Woman", 900, 0.7, 0.7, 0.7]
    assert unknown == ["Not provided", 4, *[None] * 15]
    assert len(sheet.header) == len(women) == len(unknown)


def a_drift(**changes: Any) -> Drift:
    moved = {"index": 0.3, "by_chance": 0.01, "verdict": "act"}
    return Drift.model_validate(
        {
            "model_version": VERSION,
            "made_at": "2026-01-05T09:30:00+00:00",
            "clients": 1200,
            "clients_before": 307511,
            "verdict": "act",
            "verdicts": {"act": 1, "watch": 0, "stable": 300},
            "score": {"index": 0.02, "by_chance": 0.01, "verdict": "stable"},
            "features": [
                {
                    **moved,
                    "name": "x",
                    "label_fr": "Revenu",
                    "label_en": "Income",
                    "missing_before": 0.1,
                    "missing_now": 0.4,
                }
            ],
            **changes,
        }
    )


def test_drift_says_first_what_is_to_be_done() -> None:
    view = view_drift(ENGLISH, a_drift())
    assert view.words.startswith("To be acted upon: the 1,200 clients")
    assert view.features[0].label == "Income"
    assert view.features[0].missing == "10% → 40%"
    assert view.features[0].verdict_word == "to be acted upon"
    sheet = drift_sheet(ENGLISH, a_drift())
    assert sheet.rows == [
        ["Points", 0.02, 0.01, "stable", None, None],
        ["Income", 0.3, 0.01, "to be acted upon", 0.1, 0.4],
    ]
    assert len(sheet.header) == len(sheet.rows[0])


def test_too_few_clients_are_not_judged() -> None:
    view = view_drift(FRENCH, a_drift(score=None, features=[], verdict="stable"))
    assert view.words.startswith("Trop peu de clients")
    assert view.features == ()
    assert drift_sheet(FRENCH, a_drift(score=None, features=[])).rows == []
