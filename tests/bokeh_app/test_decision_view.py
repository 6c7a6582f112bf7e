import pytest

from bokeh_app.fragments import Fragments
from bokeh_app.sources.scoring_client import ModelCard, Score
from bokeh_app.texts import read_texts
from bokeh_app.views.decision import points_at, view_decision
from bokeh_app.views.reasons import view_reasons, view_waterfall
from tests.bokeh_app.answers import a_model, a_score

FRENCH = read_texts("fr")
ENGLISH = read_texts("en")
MODEL = ModelCard.model_validate(a_model())


def test_the_rating_is_said_as_so_many_of_a_hundred_clients() -> None:
    score = Score.model_validate(a_score())
    view = view_decision(FRENCH, score, MODEL)
    rate = "Sur 100 clients de la classe D, 21 n\u2019ont pas remboursé."
    assert view.rating_rate == rate


def test_a_rating_of_hardly_any_default_is_not_said_to_have_none() -> None:
    ratings = [{"name": "D", "min_points": None, "default_rate": 0.004}]
    model = ModelCard.model_validate(a_model(ratings=ratings))
    view = view_decision(FRENCH, Score.model_validate(a_score()), model)
    assert view.rating_rate is not None
    assert "moins d\u2019un n\u2019a pas remboursé" in view.rating_rate


def test_a_rating_without_observed_rate_says_nothing_about_it() -> None:
    view = view_decision(FRENCH, Score.model_validate(a_score(rating="E")), MODEL)
    assert view.rating_rate is None


def test_the_threshold_has_the_base_points_and_half_the_odds_one_pdo_more() -> None:
    assert points_at(1 / 11, MODEL) == pytest.approx(600)
    assert points_at(1 / 21, MODEL) == pytest.approx(640)


@pytest.mark.parametrize("points", [150, 559, 600, 741, 980])
def test_the_scale_holds_the_client_wherever_the_points_lie(points: int) -> None:
    scale = view_decision(
        FRENCH, Score.model_validate(a_score(points=points)), MODEL
    ).scale
    assert scale is not None
    assert 0 < scale.client_left < 100
    assert 0 < scale.threshold_left < 100
    assert sum(band.width for band in scale.bands) == pytest.approx(100, abs=0.1)
    assert [band.kind for band in scale.bands] == ["refuse", "review", "grant"]


def test_a_model_without_review_band_has_two_bands() -> None:
    model = ModelCard.model_validate(a_model(review_band=[1 / 11, 1 / 11]))
    scale = view_decision(FRENCH, Score.model_validate(a_score()), model).scale
    assert scale is not None
    assert [band.kind for band in scale.bands] == ["refuse", "grant"]


def test_without_the_model_s_card_the_decision_still_stands() -> None:
    view = view_decision(ENGLISH, Score.model_validate(a_score()), None)
    assert view.word == "Refuse"
    assert view.scale is None
    assert view.distance == "41 points below the threshold of 600"


def test_each_decision_has_a_word_and_a_sign_of_its_own() -> None:
    views = [
        view_decision(FRENCH, Score.model_validate(a_score(decision=decision)), MODEL)
        for decision in ("grant", "review", "refuse")
    ]
    assert len({view.word for view in views}) == 3
    assert len({view.sign for view in views}) == 3


def test_reasons_go_to_the_side_of_their_direction() -> None:
    view = view_reasons(FRENCH, Score.model_validate(a_score()))
    assert [reason.sentence for reason in view.against] == [
        "Le score externe moyen est de 0,16."
    ]
    assert [reason.points for reason in view.in_favour] == ["+3 points"]


def test_the_decision_s_whole_identifier_is_shown() -> None:
    score = Score.model_validate(a_score())
    view = view_decision(FRENCH, score, MODEL)
    html = Fragments(FRENCH).render("decision", view=view)
    assert f">{score.decision_id}<" in html


def test_the_waterfall_goes_from_the_base_to_the_client_without_a_gap() -> None:
    score = Score.model_validate(a_score())
    waterfall = view_waterfall(FRENCH, score)
    assert waterfall.end_points == score.points
    assert (
        waterfall.start_points + sum(s.points for s in waterfall.steps) == score.points
    )
    ends = [waterfall.start_points, *(step.end for step in waterfall.steps)]
    assert [step.start for step in waterfall.steps] == ends[:-1]


def test_the_waterfall_gives_a_theme_the_points_of_its_sentence() -> None:
    # In halves, so that rounding has the most to make good elsewhere.
    points = (-61.5, -20.5, -9.5, -4.5, 8.5, 3.5, 0.4, -0.6)
    parts = [
        {"theme": f"t{at}", "label": f"T{at}", "points": part}
        for at, part in enumerate(points)
    ]
    score = Score.model_validate(
        a_score(base_points=629.3, contributions=parts, points=545)
    )
    waterfall = view_waterfall(FRENCH, score)
    shown = {step.label: step.points for step in waterfall.steps}
    assert [shown[f"T{at}"] for at in range(6)] == [round(one) for one in points[:6]]
    assert waterfall.end_points == 545


def test_the_waterfall_begins_with_what_lowers_the_score_most() -> None:
    waterfall = view_waterfall(FRENCH, Score.model_validate(a_score()))
    points = [step.points for step in waterfall.steps]
    assert points == sorted(points)
