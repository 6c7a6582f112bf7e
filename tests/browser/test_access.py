"""What anybody needs in order to use the page: size, keyboard, names, language."""

import itertools
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.advisor import Advisor

SIZES = {"1440": (1440, 900), "1024": (1024, 768), "390": (390, 844)}

UNNAMED_CONTROLS = """() =>
    [...document.querySelectorAll("input:not([type=hidden]), select, button, a")]
        .filter((one) => one.offsetParent !== null)
        .filter((one) =>
            !(one.labels?.length > 0) &&
            !one.textContent.trim() &&
            !one.getAttribute("aria-label")
        )
        .map((one) => one.outerHTML)
"""
SMALL_TARGETS = """() =>
    [...document.querySelectorAll("input, select, button, summary, a")]
        .filter((one) => one.offsetParent !== null && !one.closest("table, p"))
        .filter((one) => !one.classList.contains("skip-link"))
        .filter((one) => {
            const { width, height } = one.getBoundingClientRect();
            return Math.min(width, height) < 24;
        })
        .map((one) => one.outerHTML)
"""
FOREIGN_REQUESTS = """() =>
    performance.getEntriesByType("resource")
        .map((one) => one.name)
        .filter((name) => new URL(name).origin !== location.origin)
"""
CHARTS_WITHOUT_TABLE = """() =>
    [...document.querySelectorAll(".chart")]
        .filter((one) => one.offsetParent !== null)
        .filter((one) => one.closest("section").querySelector("table") === null)
        .map((one) => one.getAttribute("aria-labelledby"))
"""


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("size", SIZES)
def test_the_page_fits_its_window_in_width(
    advisor: Advisor, clients: list[int], screenshots: Path, size: str, lang: str
) -> None:
    width, height = SIZES[size]
    advisor.page.set_viewport_size({"width": width, "height": height})
    advisor.visit(clients[0], lang)
    advisor.expect_decision_word()
    assert not advisor.is_wider_than_the_window()
    advisor.page.screenshot(path=screenshots / f"dashboard-{lang}-{size}.png")
    advisor.page.screenshot(
        path=screenshots / f"dashboard-{lang}-{size}-whole.png", full_page=True
    )


def test_the_dark_look_is_as_complete(
    advisor: Advisor, clients: list[int], screenshots: Path
) -> None:
    advisor.page.emulate_media(color_scheme="dark")
    advisor.visit(clients[0])
    ground = advisor.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(14, 21, 28)"
    advisor.page.screenshot(
        path=screenshots / "dashboard-fr-1440-dark.png", full_page=True
    )


def test_every_control_has_a_name_and_is_large_enough(
    advisor: Advisor, clients: list[int]
) -> None:
    advisor.visit(clients[0])
    advisor.open(clients[1])
    advisor.see("filters").locator("summary").click()
    assert advisor.page.evaluate(UNNAMED_CONTROLS) == []
    assert advisor.page.evaluate(SMALL_TARGETS) == []


def test_every_chart_has_a_table_beside_it(
    advisor: Advisor, clients: list[int]
) -> None:
    advisor.visit(clients[0])
    assert advisor.page.locator(".chart:visible").count() >= 6
    assert advisor.page.evaluate(CHARTS_WITHOUT_TABLE) == []


def test_the_first_key_press_offers_to_skip_to_the_content(
    advisor: Advisor, clients: list[int]
) -> None:
    advisor.visit(clients[0])
    advisor.page.keyboard.press("Tab")
    skip = advisor.page.get_by_role("link", name="Aller au contenu")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()


def test_headings_descend_without_a_gap(advisor: Advisor, clients: list[int]) -> None:
    advisor.visit(clients[0])
    headings = advisor.page.locator("h1:visible, h2:visible, h3:visible")
    levels = [
        int(one[1]) for one in headings.evaluate_all("l => l.map(h => h.tagName)")
    ]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_nothing_is_fetched_from_elsewhere(
    advisor: Advisor, clients: list[int]
) -> None:
    advisor.visit(clients[0])
    assert advisor.page.evaluate(FOREIGN_REQUESTS) == []
