from collections import defaultdict
from dataclasses import dataclass

import pytest
from bokeh.core.templates import MACROS

from bokeh_app.access.user import User
from bokeh_app.fragments import Fragments, page_template
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
        html += fragments.render("problem", region=ATTACK, message=ATTACK, passes=True)
        assert "<img" not in html
        assert "&lt;img" in html


@dataclass
class Root:
    """A figure's place on a page, as Bokeh gives it to a template."""

    elementid: str


@pytest.mark.parametrize("page", ["dashboard.html", "portfolio.html"])
def test_nothing_but_the_figures_script_is_markup_on_a_page(page: str) -> None:
    html = page_template(page).render(
        t=lambda _key, **_values: ATTACK,
        user=User(ATTACK, ATTACK, "manager"),
        title=ATTACK,
        client=ATTACK,
        lang=ATTACK,
        other_lang=ATTACK,
        xsrf_token=ATTACK,
        bokeh_script=ATTACK,
        periods=[ATTACK],
        first_period=30,
        macros=MACROS,
        roots=defaultdict(lambda: Root("figure")),
        plot_script="<script>1 < 2</script>",
    )
    assert "<img" not in html
    assert html.count("&lt;img") > 50
    assert "<script>1 < 2</script>" in html


def test_a_problem_offers_to_try_again() -> None:
    texts = read_texts("fr")
    told = {"region": "decision", "message": "Le service ne répond pas."}
    passing, lasting = (
        Fragments(texts).render("problem", **told, passes=passes)
        for passes in (True, False)
    )
    for html in (passing, lasting):
        assert 'data-retry="decision"' in html
        assert "Réessayer" in html
    assert texts("problem.by_itself") in passing
    assert texts("problem.by_itself") not in lasting
