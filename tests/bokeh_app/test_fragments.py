from bokeh_app.fragments import Fragments
from bokeh_app.sources.scoring_client import Score
from bokeh_app.texts import LANGUAGES, read_texts
from bokeh_app.views.reasons import view_reasons
from tests.bokeh_app.answers import a_score

ATTACK = '<img src=x onerror="alert(1)">'


def test_data_is_escaped_wherever_it_is_written() -> None:
    document = a_score()
    document["reasons"][0]["sentence"] = ATTACK
    view = view_reasons(read_texts("fr"), Score.model_validate(document))
    for language in LANGUAGES:
        fragments = Fragments(read_texts(language))
        html = fragments.render("reasons", view=view)
        html += fragments.render("plain", text=ATTACK)
        html += fragments.render("problem", region=ATTACK, message=ATTACK)
        assert "<img" not in html
        assert "&lt;img" in html


def test_a_problem_offers_to_try_again() -> None:
    html = Fragments(read_texts("fr")).render(
        "problem", region="decision", message="Le service ne répond pas."
    )
    assert 'data-retry="decision"' in html
    assert "Réessayer" in html
