"""Comparing with others, exploring, and a client's whole data."""

import csv
import re
from contextlib import closing
from typing import Any
from xml.etree import ElementTree

import pytest
from playwright.sync_api import expect

from bokeh_app.texts import read_texts
from database import connect
from tests.browser.advisor import Advisor
from tests.browser.test_accessible import violations

MISSING = """
    select count(*) - count(application_external_score_1)
    from features.client_features
"""
CENTRE_OF_A_BAR = """([name, at]) => {
    const chart = Bokeh.documents[0].get_model_by_name(name);
    const view = [...Bokeh.index].find((one) => one.model === chart);
    const bars = chart.renderers.find((one) => one.glyph.type === "Quad");
    const { left, right } = bars.data_source.data;
    view.el.scrollIntoView({ block: "center", behavior: "instant" });
    const box = view.el.getBoundingClientRect();
    const middle = (left[at] + right[at]) / 2;
    return [
        box.x + view.frame.x_scale.compute(middle),
        box.y + view.frame.y_scale.compute(0) - 2,
    ];
}"""
SELECTED = """(name) => Bokeh.documents[0].get_model_by_name(name).renderers
    .find((one) => one.glyph.type === "Quad" || one.glyph.type === "Scatter")
    .data_source.selected.indices.length"""
FADED = """(name) => {
    const chart = Bokeh.documents[0].get_model_by_name(name);
    const bars = chart.renderers.find((one) => one.glyph.type === "Quad");
    const { alpha } = bars.data_source.data;
    return [...alpha].filter((one) => one < 0.5).length / alpha.length;
}"""

SVG = "{http://www.w3.org/2000/svg}"
PICTURES = {  # by name: the keys of its heading and of an axis
    "loans": ("history.loans", "history.axis"),
    "payments": ("history.payments", "history.axis_late"),
    "density": ("exploration.density", "client.summary_label.age"),
    "x_rates": ("population.x_rates", "comparison.axis_rate"),
    "y_rates": ("population.y_rates", "comparison.axis_rate"),
    "distribution": ("comparison.distribution", "comparison.axis_share"),
    "default_rates": ("comparison.default_rate", "comparison.axis_rate"),
}


def asked(role: str, query: str) -> list[tuple[Any, ...]]:
    with closing(connect(role, read_only=True)) as connection:
        cursor = connection.cursor()
        cursor.execute(query)
        return cursor.fetchall()


def test_a_variable_is_searched_by_keyboard_alone(
    advisor: Advisor, clients: list[int]
) -> None:
    advisor.visit(clients[0])
    field, listed, found = (
        advisor.see(f"comparison-variable{end}") for end in ("", "-list", "-found")
    )
    before = field.input_value()
    field.focus()
    advisor.page.keyboard.press("ArrowDown")
    expect(listed.get_by_role("group").first).to_contain_text("Citées pour ce client")
    expect(field).to_have_attribute("aria-expanded", "true")
    advisor.page.keyboard.press("Escape")
    expect(found).to_be_hidden()
    expect(field).to_have_value(before)
    field.press_sequentially("xylophone")
    expect(found).to_contain_text("Aucune donnée ne porte ce nom")
    assert violations(advisor.page) == []
    field.fill("revenus NATURE")
    expect(listed.get_by_role("option")).to_have_count(1)
    advisor.page.keyboard.press("ArrowDown")
    chosen = listed.get_by_role("option", selected=True)
    expect(field).to_have_attribute(
        "aria-activedescendant", str(chosen.get_attribute("id"))
    )
    assert violations(advisor.page) == []
    advisor.page.keyboard.press("Enter")
    expect(field).to_be_focused()
    expect(field).to_have_value("Nature des revenus")
    expect(advisor.see("comparison-words")).to_contain_text("Nature des revenus")


def test_a_group_is_chosen_by_criteria_and_told(
    advisor: Advisor, clients: list[int]
) -> None:
    advisor.visit(clients[0], "en")
    words = advisor.see("comparison-words")
    expect(advisor.see("group-criteria")).to_be_hidden()
    advisor.page.get_by_role("radio", name="a chosen group").check()
    expect(words).to_contain_text("Choose at least one criterion")
    advisor.see("group-age_band").select_option("from_30_to_39")
    advisor.see("group-contract_type").select_option("Cash loans")
    expect(words).to_contain_text("type of contract requested: cash loan")
    expect(words).to_contain_text("age: 30 to 39 years")
    advisor.open(clients[1])
    expect(words).to_contain_text("age: 30 to 39 years")


def test_clients_without_a_value_have_a_row_of_their_own(
    advisor: Advisor, clients: list[int]
) -> None:
    advisor.visit(clients[0], "en")
    advisor.choose_variable("comparison-variable", "External score 1")
    advisor.settle()
    [(missing,)] = asked("advisor", MISSING)
    table = advisor.see("comparison-table")
    table.locator("summary").click()
    row = table.get_by_role("row").filter(has_text="Not provided")
    expect(row.get_by_role("cell").first).to_have_text(f"{missing:,}")
    expect(row.get_by_role("cell").nth(2)).to_have_text(re.compile(r"\d%"))


def test_a_bar_that_is_clicked_shows_in_the_other_chart(
    advisor: Advisor, clients: list[int]
) -> None:
    advisor.visit(clients[0])
    place = advisor.page.evaluate(CENTRE_OF_A_BAR, ["default_rates", 0])
    advisor.page.mouse.click(*place)
    for chart in ("default_rates", "distribution"):
        advisor.page.wait_for_function(f"({SELECTED})('{chart}') >= 1")


def test_a_band_that_is_chosen_shows_in_every_linked_chart(
    advisor: Advisor, clients: list[int]
) -> None:
    advisor.visit(clients[0])
    page, words = advisor.page, advisor.see("region-words")
    expect(words).to_contain_text("Aucune sélection")
    place = page.evaluate(CENTRE_OF_A_BAR, ["x_rates", 1])
    page.mouse.click(*place)
    expect(words).to_contain_text(re.compile(r"Sélection \(âge"))
    expect(advisor.see("announcement")).to_contain_text("Sélection")
    expect(advisor.see("region-x")).not_to_have_value("")
    page.wait_for_function(f"({FADED})('density') > 0.5")
    assert page.evaluate(FADED, "x_rates") > 0.5
    page.get_by_role("button", name="Tout montrer").click()
    expect(words).to_contain_text("Aucune sélection")
    page.wait_for_function(f"({FADED})('x_rates') === 0")
    advisor.see("region-y").select_option("0")
    expect(words).to_contain_text(re.compile(r"Sélection \(montant"))
    page.wait_for_function(f"({FADED})('y_rates') > 0.5")


def test_a_loan_that_is_clicked_shows_its_instalments(
    advisor: Advisor, clients: list[int]
) -> None:
    advisor.visit(clients[0])
    granted = advisor.page.evaluate(
        """() => Bokeh.documents[0].get_model_by_name("loans").renderers
            .find((one) => one.glyph.type === "Quad")
            .data_source.data.kind.indexOf("granted")"""
    )
    assert granted >= 0
    advisor.page.evaluate(
        """(at) => {
            const loans = Bokeh.documents[0].get_model_by_name("loans");
            const bars = loans.renderers.find((one) => one.glyph.type === "Quad");
            bars.data_source.selected.indices = [at];
        }""",
        granted,
    )
    assert advisor.page.evaluate(SELECTED, "payments") > 0


@pytest.mark.parametrize(
    "what", ["comparison", "density", "loans", "payments", "client_data"]
)
def test_what_is_shown_is_saved_and_written_down(
    advisor: Advisor, clients: list[int], what: str
) -> None:
    advisor.visit(clients[0], "en")
    advisor.see("client-data").locator("summary").first.click()
    with advisor.page.expect_download() as download:
        advisor.page.locator(f"[data-export={what}]").click()
    name = what.removeprefix("client_")
    assert download.value.suggested_filename == f"client-{clients[0]}-{name}.csv"
    text = download.value.path().read_text(encoding="utf-8-sig")
    header, *rows = csv.reader(text.splitlines())
    assert rows and {len(row) for row in rows} == {len(header)}
    written = asked("auditor", "select client_id, what from ops.client_view")
    assert (clients[0], "export") in written


def test_every_chart_is_saved_as_svg_with_its_heading_and_axes(
    advisor: Advisor, clients: list[int]
) -> None:
    told = read_texts("en")
    advisor.visit(clients[0], "en")
    buttons = advisor.page.get_by_title(told("tools.save_vector"))
    expect(buttons).to_have_count(len(PICTURES))
    saved = {}
    for button in buttons.all():
        with advisor.page.expect_download() as download:
            button.press("Enter")
        saved[download.value.suggested_filename] = download.value.path()
    for name, (heading, axis) in PICTURES.items():
        picture = ElementTree.parse(saved[f"{name}.svg"]).getroot()
        assert picture.tag == f"{SVG}svg"
        assert picture.findtext(f"{SVG}title") == told(heading)
        assert told(axis) in {text.text for text in picture.iter(f"{SVG}text")}
        assert picture.find(f".//{SVG}path[@clip-path]") is not None


def test_all_data_are_searched_with_what_is_usual(
    advisor: Advisor, clients: list[int]
) -> None:
    advisor.visit(clients[0], "en")
    table = advisor.see("client-data-table")
    advisor.see("client-data").locator("summary").first.click()
    expect(table.locator("tbody tr")).to_have_count(25)
    table.get_by_role("button", name="Next").click()
    expect(table.locator("tbody tr")).to_have_count(50)
    advisor.see("client-data-text").fill("declared income")
    row = table.get_by_role("row", name=re.compile("^Declared income"))
    expect(row).to_contain_text("Income and employment; unit: amount")
    expect(row.get_by_role("cell")).to_have_count(2)
    row.locator("summary").click()
    expect(row.locator("code")).to_contain_text("income_amount")
    advisor.see("client-data-text").fill("")
    advisor.page.get_by_label("Only data with a value").check()
    expect(table.locator(".is-missing")).to_have_count(0)
    advisor.open(clients[1])
    expect(table).to_contain_text("sample of")
