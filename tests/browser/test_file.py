import csv
import re

import pytest
from playwright.sync_api import expect

from tests.browser.advisor import Advisor
from tests.running import ROOT


def test_the_decision_and_its_reasons_are_seen_at_once(
    advisor: Advisor, clients: list[int]
) -> None:
    advisor.visit(clients[0])
    advisor.expect_decision_word()
    expect(advisor.see("decision-facts")).to_contain_text(
        re.compile(r"Sur 100 clients de la classe [A-E]")
    )
    expect(
        advisor.page.get_by_role("img", name=re.compile("Échelle de"))
    ).to_be_visible()
    reasons = advisor.see("reasons-list").get_by_role("listitem")
    assert 1 <= reasons.count() <= 6
    expect(advisor.see("client-facts")).to_contain_text("Montant demandé")
    expect(advisor.see("announcement")).to_contain_text(f"Client {clients[0]}")


def test_french_is_spoken_by_default(advisor: Advisor, clients: list[int]) -> None:
    advisor.visit(clients[0])
    expect(advisor.page.locator("html")).to_have_attribute("lang", "fr")
    expect(advisor.page).to_have_title(re.compile("Dossier de crédit"))


def test_english_is_one_click_away_and_keeps_the_client(
    advisor: Advisor, clients: list[int]
) -> None:
    advisor.visit(clients[0])
    advisor.open(clients[1])
    advisor.page.get_by_role("link", name="English").click()
    advisor.settle()
    expect(advisor.page.locator("html")).to_have_attribute("lang", "en")
    expect(advisor.see("client-heading")).to_have_text(f"Client {clients[1]}")
    expect(advisor.see("decision-facts")).to_contain_text("Among 100 clients in class")
    advisor.page.get_by_role("link", name="Français").click()
    expect(advisor.page.locator("html")).to_have_attribute("lang", "fr")


def test_another_client_changes_every_part_and_the_address(
    advisor: Advisor, clients: list[int]
) -> None:
    advisor.visit(clients[0])
    first = advisor.texts()
    advisor.open(clients[1])
    second = advisor.texts()
    same = {name for name in first if first[name] == second[name]}
    assert same <= {"verdict"}
    expect(advisor.page).to_have_url(re.compile(rf"\?client={clients[1]}&lang=fr$"))
    expect(advisor.page).to_have_title(re.compile(str(clients[1])))


def test_the_browser_s_back_button_returns_to_the_client_before(
    advisor: Advisor, clients: list[int]
) -> None:
    advisor.visit(clients[0])
    advisor.open(clients[1])
    advisor.page.go_back()
    expect(advisor.see("client-heading")).to_contain_text(str(clients[0]))
    expect(advisor.page).to_have_url(re.compile(f"client={clients[0]}"))


def test_quick_switches_end_with_the_client_asked_for_last(
    advisor: Advisor, clients: list[int]
) -> None:
    advisor.visit(clients[0])
    for client in clients:
        advisor.type_number(str(client))
    expect(advisor.see("client-heading")).to_contain_text(str(clients[-1]))
    advisor.settle()
    settled = advisor.texts()
    advisor.visit(clients[-1])
    alone = advisor.texts()
    for name in ("client-facts", "reasons-list", "history-words", "density-words"):
        assert settled[name] == alone[name]


def test_the_points_of_the_table_add_up_to_the_client_s(
    advisor: Advisor, clients: list[int]
) -> None:
    advisor.visit(clients[0])
    advisor.see("waterfall-table").get_by_text("Voir le tableau").click()
    rows = advisor.see("waterfall-table").locator("tbody tr").all()
    cells = [row.locator("td").all_inner_texts() for row in rows]
    points = [int(one.replace("\u2212", "-")) for one, _ in cells if one.strip()]
    start, end = int(cells[0][1]), int(cells[-1][1])
    seed = ROOT / "dbt_project" / "seeds" / "features" / "feature_theme.csv"
    with seed.open(encoding="utf-8") as themes:
        assert len(points) == len(list(csv.DictReader(themes)))
    assert start + sum(points) == end
    expect(advisor.page.locator(".decision__points strong")).to_have_text(str(end))


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_comparison_follows_the_variable_and_the_group(
    advisor: Advisor, clients: list[int], lang: str
) -> None:
    advisor.visit(clients[0], lang)
    words = advisor.see("comparison-words")
    first = words.inner_text()
    group = {"fr": "les plus proches", "en": "the closest"}[lang]
    advisor.page.get_by_role("radio", name=group).check()
    expect(words).to_contain_text(
        {"fr": "Les 200 clients les plus proches", "en": "The 200 closest clients"}[
            lang
        ]
    )
    assert words.inner_text() != first
    label = {"fr": "Nature des revenus", "en": "Type of income"}[lang]
    advisor.choose_variable("comparison-variable", label)
    expect(words).to_contain_text(
        {"fr": re.compile("comme .* des clients"), "en": re.compile("like .* clients")}[
            lang
        ]
    )
    advisor.settle()
    table = advisor.see("comparison-table")
    table.locator("summary").click()
    expect(table.get_by_role("row").filter(has_text="◆")).to_have_count(1)


def test_two_variables_are_explored_and_swapped(
    advisor: Advisor, clients: list[int]
) -> None:
    advisor.visit(clients[0])
    words = advisor.see("density-words")
    advisor.choose_variable("density-x", "Revenu déclaré")
    expect(words).to_contain_text(re.compile("Ce client"))
    expect(words).to_contain_text(re.compile("revenu", re.IGNORECASE))
    advisor.settle()
    across = advisor.span("density")
    advisor.page.get_by_role("button", name="Échanger les axes").click()
    expect(advisor.see("density-y")).to_have_value("Revenu déclaré")
    advisor.settle()
    assert advisor.span("density") != across


@pytest.mark.parametrize("chart", ["density", "loans"])
def test_a_chart_zooms_by_keyboard_and_returns(
    advisor: Advisor, clients: list[int], chart: str
) -> None:
    advisor.visit(clients[0])
    before = advisor.span(chart)
    region = {"density": "density-title", "loans": "loans-title"}[chart]
    tools = advisor.page.locator(f".chart[aria-labelledby={region}]")
    tools.get_by_title("Agrandir", exact=True).press("Enter")
    zoomed = advisor.span(chart)
    assert zoomed[1] - zoomed[0] < before[1] - before[0]
    if chart == "loans":
        assert advisor.span("payments") == zoomed
    tools.get_by_title("Vue d\u2019ensemble").press("Enter")
    assert advisor.span(chart) == pytest.approx(before)


def test_a_chart_tells_what_lies_under_the_pointer(
    advisor: Advisor, clients: list[int]
) -> None:
    advisor.visit(clients[0])
    advisor.see("exploration").scroll_into_view_if_needed()
    place = advisor.page.evaluate(
        """() => {
            const chart = Bokeh.documents[0].get_model_by_name("density");
            const view = [...Bokeh.index].find((one) => one.model === chart);
            const diamond = chart.renderers.find((one) => one.glyph.type === "Scatter");
            const { x, y } = diamond.data_source.data;
            const box = view.el.getBoundingClientRect();
            return [
                box.x + view.frame.x_scale.compute(x[0]),
                box.y + view.frame.y_scale.compute(y[0]),
            ];
        }"""
    )
    advisor.page.mouse.move(*place)
    expect(advisor.page.locator(".bk-Tooltip").first).to_contain_text("Clients")
