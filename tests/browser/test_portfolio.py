"""The manager's page, and the ways to find a client among all."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from bokeh_app.texts import as_language, read_texts
from bokeh_app.views.exports import SEPARATORS
from tests.browser.advisor import Advisor, sign_in
from tests.browser.test_accessible import violations
from tests.conftest import SAMPLE_CLIENTS, WINDOW, Person, ScoringApi

REGIONS = ("activity", "spread", "drift", "costs", "fairness")
NUMBERS = re.compile(r"[\d\u202f]+")


@pytest.fixture(scope="module")
def office(browser: Browser, dashboard_url: str, a_manager: Person) -> Iterator[Page]:
    """A manager's browser."""
    context = browser.new_context(viewport=WINDOW)
    page = context.new_page()
    page.goto(dashboard_url)
    sign_in(page, a_manager)
    yield page
    context.close()


@pytest.fixture
def manager(office: Page, dashboard_url: str) -> Iterator[Advisor]:
    sitting = Advisor(office, dashboard_url)
    yield sitting
    sitting.leave()
    assert sitting.complaints == []


def slide(slider: Locator, steps: int) -> None:
    """Move a slider by its keys."""
    slider.focus()
    for _ in range(abs(steps)):
        slider.press("ArrowRight" if steps > 0 else "ArrowLeft")


def saved_table(manager: Advisor, region: str) -> list[list[str]]:
    """Save a part's figures and read the file back."""
    with manager.page.expect_download() as download:
        manager.page.locator(f"[data-export={region}]").click()
    assert download.value.suggested_filename == f"portfolio-{region}.csv"
    text = download.value.path().read_text(encoding="utf-8-sig")
    language = as_language(manager.page.locator("html").get_attribute("lang"))
    return list(csv.reader(text.splitlines(), delimiter=SEPARATORS[language]))


@pytest.fixture(scope="module")
def decided(scoring_api: ScoringApi, clients: list[int]) -> int:
    """Decisions and a review of today; returns how many at least."""
    headers = {"x-functions-key": scoring_api.key}
    with httpx.Client(base_url=scoring_api.base_url, headers=headers) as http:
        for client in clients:
            answer = http.get(f"/api/v1/clients/{client}/score").json()
        review = {"decision": "grant", "motive": "Seen", "advisor": "A. Martin"}
        path = f"/api/v1/decisions/{answer['decision_id']}/reviews"
        assert http.post(path, json=review).status_code == 201
    return len(clients)


@pytest.mark.parametrize(
    ("lang", "title", "dearer"),
    [("fr", "Portefeuille", "plus cher"), ("en", "Portfolio", "dearer")],
)
def test_a_manager_reads_the_portfolio_and_moves_costs_and_threshold(
    manager: Advisor,
    decided: int,
    screenshots: Path,
    lang: str,
    title: str,
    dearer: str,
) -> None:
    page, told = manager.page, read_texts(as_language(lang))
    manager.visit(lang=lang)
    page.get_by_role("link", name=title, exact=True).click()
    manager.settle()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)

    words = manager.see("activity-words").inner_text()
    count = NUMBERS.search(words)
    assert count is not None
    assert int(count[0].replace("\u202f", "")) >= decided
    expect(manager.see("review-words")).not_to_be_empty()
    assert manager.see("activity-table").locator("tbody tr").count() == 30
    manager.see("period").select_option("7")
    expect(manager.see("activity-table").locator("tbody tr")).to_have_count(7)
    manager.settle()

    total = told.format.number(SAMPLE_CLIENTS)
    expect(manager.see("spread-words")).to_contain_text(f"{total} clients")
    expect(manager.see("spread-table")).to_contain_text("E")
    expect(manager.see("drift-body")).not_to_be_empty()
    expect(manager.see("fairness-body").get_by_role("table")).to_have_count(2)

    ratio, threshold = manager.see("costs-ratio"), manager.see("costs-threshold")
    chosen = manager.see("costs-table").locator("tr.is-own td").first
    own = chosen.inner_text()
    assert own.startswith("9")
    slide(threshold, 40)
    expect(manager.see("costs-words")).to_contain_text(dearer)
    expect(chosen).not_to_have_text(own)
    expect(ratio).to_have_value("10")
    slide(ratio, -5)
    expect(manager.see("costs-ratio-text")).to_contain_text("5")
    page.locator("[data-costs=best]").click()
    expect(chosen).to_have_text(re.compile(r"^16[.,]7"))
    page.locator("[data-costs=own]").dblclick()
    expect(chosen).to_have_text(own)
    expect(ratio).to_have_value("10")

    tables = {name: saved_table(manager, name) for name in REGIONS}
    assert len(tables["activity"]) == 7 + 1
    assert all({*map(len, table)} == {len(table[0])} for table in tables.values())
    counts = [map(int, row[3:]) for row in tables["spread"][1:]]
    assert sum(map(sum, counts)) == SAMPLE_CLIENTS
    pictures = page.get_by_title(told("tools.save_vector"))
    expect(pictures).to_have_count(4)
    with page.expect_download() as download:
        pictures.last.click()
    assert download.value.suggested_filename == "costs.svg"

    page.locator("details").evaluate_all("all => all.forEach(d => d.open = true)")
    for size in ((1440, 900), (1024, 768), (390, 844)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")
        page.emulate_media(color_scheme="light" if size[0] > 1000 else "dark")
        assert violations(page) == []
        page.screenshot(
            path=screenshots / f"portfolio-{lang}-{size[0]}.png", full_page=True
        )
    page.set_viewport_size(WINDOW)
    page.emulate_media(color_scheme="null")


def test_the_portfolio_is_not_for_advisors(advisor: Advisor) -> None:
    page = advisor.page
    advisor.visit()
    expect(page.get_by_role("link", name="Portefeuille")).to_have_count(0)
    page.goto(f"{advisor.url}?view=portfolio&lang=fr")
    expect(page.locator("body")).to_contain_text("réservée aux responsables")
    expect(page.locator("#activity")).to_have_count(0)


def test_counts_follow_the_filters_and_pages_go_on_and_back(advisor: Advisor) -> None:
    page = advisor.page
    advisor.visit()
    age, decision = advisor.see("filter-age_band"), advisor.see("filter-decision")
    option = age.locator("option[value=from_30_to_39]")
    before = option.inner_text()
    decision.select_option("refuse")
    count = advisor.see("matches").locator(".matches__count")
    expect(decision.locator("option:checked")).to_contain_text("Refus")
    expect(option).not_to_have_text(before)
    of_option = NUMBERS.findall(option.inner_text())[-1]
    age.select_option("from_30_to_39")
    expect(count).to_have_text(f"{of_option} clients")
    rows = advisor.see("matches").locator("tbody tr")
    expect(rows.filter(has_text="✕ Refus")).to_have_count(rows.count())

    first = rows.first.inner_text()
    page.get_by_role("button", name="Suivants").dblclick()
    back = page.get_by_role("button", name="Précédents")
    expect(back).to_be_visible()
    expect(rows.first).not_to_have_text(first)
    back.click()
    expect(rows.first).to_have_text(first, use_inner_text=True)
    expect(back).to_have_count(0)


def test_the_decision_says_the_client_s_place_among_all(
    advisor: Advisor, clients: list[int]
) -> None:
    advisor.visit(clients[0])
    expect(page_place(advisor)).to_have_text(
        re.compile(r"de tous les clients ont un score plus bas")
    )


def page_place(advisor: Advisor) -> Locator:
    return advisor.page.locator(".decision__place")
