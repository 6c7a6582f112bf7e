import pytest

from bokeh_app.fragments import Fragments
from bokeh_app.sources.case_client import Explanation
from bokeh_app.sources.scoring_client import ModelCard
from bokeh_app.texts import read_texts
from bokeh_app.texts.formats import MINUS
from bokeh_app.views.explanation import view_explanation, view_weights
from tests.bokeh_app.answers import a_model, an_explanation

FRENCH = read_texts("fr")
ENGLISH = read_texts("en")


def tenths(text: str) -> int:
    return round(10 * float(text.replace(MINUS, "-").replace(",", ".")))


@pytest.mark.parametrize("drift", [0.0, 0.037, 0.149])
def test_the_numbers_shown_add_up_to_the_last_digit(drift: float) -> None:
    document = an_explanation()
    for part in document["contributions"]:
        part["points"] += 15 * drift
        for feature in part["features"]:
            feature["points"] += drift
    view = view_explanation(ENGLISH, Explanation.model_validate(document))
    for theme in view.themes:
        assert sum(tenths(row.points) for row in theme.rows) == tenths(theme.points)
    exact = document["base_points"] + sum(
        part["points"] for part in document["contributions"]
    )
    assert f": {exact:.1f}, rounded to {round(exact)} points" in view.sum_text


def test_the_lightest_variables_stand_together_in_one_row() -> None:
    view = view_explanation(FRENCH, Explanation.model_validate(an_explanation()))
    assert {len(theme.rows) for theme in view.themes} == {13}
    assert {theme.rows[-1].label for theme in view.themes} == {"3 autres données"}


def test_themes_go_from_what_lowers_the_score_most_to_what_raises_it_most() -> None:
    view = view_explanation(FRENCH, Explanation.model_validate(an_explanation()))
    points = [tenths(theme.points) for theme in view.themes]
    assert points == sorted(points)
    assert [theme.direction for theme in view.themes] == [
        "lowers", "lowers", "lowers", "raises",
    ]  # fmt: skip


def test_an_untold_theme_is_said_without_its_data() -> None:
    view = view_explanation(FRENCH, Explanation.model_validate(an_explanation()))
    [sentence] = view.untold
    assert sentence.startswith("credit request\u00a0: \u221212 points. Ce thème tient")


def test_what_the_scoring_function_writes_is_escaped() -> None:
    document = an_explanation()
    document["contributions"][0]["features"][0]["label"] = "<script>"
    view = view_explanation(FRENCH, Explanation.model_validate(document))
    html = Fragments(FRENCH).render("explanation", view=view)
    assert "&lt;script&gt;" in html
    assert "<script>" not in html


def test_weights_are_ordered_and_an_old_model_has_none() -> None:
    themes = {
        "light": {"fr": "Léger", "en": "Light", "importance": 2.0},
        "heavy": {"fr": "Lourd", "en": "Heavy", "importance": 8.0},
    }
    card = ModelCard.model_validate(a_model(themes=themes))
    assert [
        (one.label, one.points, one.share) for one in view_weights(FRENCH, card)
    ] == [
        ("Lourd", "8,0", 100),
        ("Léger", "2,0", 25),
    ]
    old = {name: {"fr": "a", "en": "b"} for name in themes}
    assert view_weights(FRENCH, ModelCard.model_validate(a_model(themes=old))) == ()
