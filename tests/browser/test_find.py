import re

import pytest
from playwright.sync_api import expect

from tests.browser.advisor import Advisor


def test_without_a_client_the_page_asks_for_one(advisor: Advisor) -> None:
    advisor.visit()
    expect(advisor.page.get_by_role("heading", level=1)).to_have_text(
        re.compile("Quel client recevez-vous")
    )
    expect(advisor.see("filters")).to_have_attribute("open", "")


@pytest.mark.parametrize("text", ["12a", "-5", "0", "12345678901", "<b>1</b>"])
def test_a_malformed_number_is_told_as_such(advisor: Advisor, text: str) -> None:
    advisor.visit()
    advisor.type_number(text)
    expect(advisor.see("find-message")).to_contain_text("pas un numéro de client")
    expect(advisor.see("find-message")).to_contain_text(text)
    expect(advisor.see("announcement")).to_contain_text("pas un numéro")


def test_an_unknown_number_is_told_and_the_client_shown_stays(
    advisor: Advisor, clients: list[int]
) -> None:
    advisor.visit(clients[0])
    advisor.type_number("999999998")
    expect(advisor.see("find-message")).to_have_text(
        re.compile("Aucun client ne porte le numéro 999999998")
    )
    expect(advisor.see("client-heading")).to_contain_text(str(clients[0]))
    advisor.open(clients[1])
    expect(advisor.see("find-message")).to_be_empty()


@pytest.mark.parametrize("client", ["abc", "999999998", "<script>alert(1)</script>"])
def test_a_wrong_number_in_the_address_is_told_as_such(
    advisor: Advisor, client: str
) -> None:
    advisor.visit(client)
    expect(advisor.see("find-message")).not_to_be_empty()
    expect(advisor.page.get_by_role("heading", level=1)).to_contain_text("Quel client")
    expect(advisor.see("decision")).to_be_hidden()


def test_digits_are_completed_and_the_keyboard_chooses(
    advisor: Advisor, clients: list[int]
) -> None:
    advisor.visit()
    field = advisor.see("client-number")
    field.press_sequentially(str(clients[1])[:-1])
    options = advisor.page.get_by_role("option").filter(has_text=str(clients[1])[:-1])
    expect(options.first).to_be_visible()
    expect(field).to_have_attribute("aria-expanded", "true")
    assert options.count() <= 8
    field.press("ArrowDown")
    chosen = options.first.inner_text()
    expect(options.first).to_have_attribute("aria-selected", "true")
    field.press("Enter")
    expect(advisor.see("client-heading")).to_contain_text(chosen)


def test_two_filters_find_clients_and_a_click_opens_one(advisor: Advisor) -> None:
    advisor.visit()
    advisor.see("filter-contract_type").select_option("Cash loans")
    count = advisor.see("matches").locator(".matches__count")
    expect(count).to_have_text(re.compile(r"\d+ clients?"))
    by_one = count.inner_text()
    advisor.see("filter-age_band").select_option("from_30_to_39")
    expect(count).not_to_have_text(by_one)
    rows = advisor.see("matches").locator("tbody tr")
    assert 1 <= rows.count() <= 10
    found = rows.first.get_by_role("link").inner_text()
    rows.first.get_by_role("link").click()
    expect(advisor.see("client-heading")).to_contain_text(found)
    advisor.settle()
    advisor.expect_decision_word()


def test_clearing_the_filters_takes_the_list_away(advisor: Advisor) -> None:
    advisor.visit()
    advisor.see("filter-contract_type").select_option("Cash loans")
    matches = advisor.see("matches")
    expect(matches.get_by_role("row").first).to_be_visible()
    advisor.see("filters").get_by_role("button", name="Effacer").click()
    expect(matches).to_have_text("Choisissez au moins un critère.")


def test_clients_seen_before_are_one_click_away(
    advisor: Advisor, clients: list[int]
) -> None:
    advisor.visit(clients[0])
    advisor.open(clients[1])
    recent = advisor.page.get_by_role("navigation", name="Consultés")
    recent.get_by_role("link", name=str(clients[0])).click()
    expect(advisor.see("client-heading")).to_contain_text(str(clients[0]))


def test_a_link_to_a_section_goes_there_and_asks_nothing(
    advisor: Advisor, clients: list[int]
) -> None:
    advisor.visit(clients[0])
    asked = "() => Bokeh.documents[0].get_model_by_name('bridge').request"
    before = advisor.page.evaluate(asked)
    sections = advisor.page.get_by_role("navigation", name="Parties du dossier")
    for name, heading in (("Agir", "act"), ("Simuler", "simulation")):
        sections.get_by_role("link", name=name).click()
        expect(advisor.page).to_have_url(re.compile(f"#{heading}$"))
        expect(advisor.see(f"{heading}-title")).to_be_in_viewport()
    advisor.settle()
    assert advisor.page.evaluate(asked) == before
