"""WCAG 2.2 AA by axe-core in every state of the page, and by keyboard alone."""

import json
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.advisor import Advisor
from tests.conftest import WINDOW

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],
}
TELEPHONE: ViewportSize = {"width": 390, "height": 844}
# 1280 by 1024 at 200 %, as WCAG 1.4.4 and 1.4.10 count it.
ZOOMED: ViewportSize = {"width": 640, "height": 512}
REACHABLE = """() =>
    [...document.querySelectorAll("a[href], button, input, select, summary")]
        .filter((one) => one.checkVisibility({ visibilityProperty: true }))
        .filter((one) => one.type !== "hidden" && !one.disabled)
        .filter((one) => one.type !== "radio" || one.checked)
        .map((one, at) => (one.dataset.reach = String(at)))
"""
FOCUSED = """() => {
    let one = document.activeElement;
    while (one?.shadowRoot?.activeElement) {
        one = one.shadowRoot.activeElement;
    }
    const { outlineStyle, outlineWidth } = getComputedStyle(one);
    const isShown = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
    return {
        reach: one.dataset?.reach ?? null,
        isBody: one === document.body,
        isSeen: isShown || one.matches(".choice input, .bk-Tool *, [class*=bk-]"),
    };
}"""


def violations(page: Page) -> list[str]:
    """Return what axe-core finds wrong, each with the elements concerned."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [
        json.dumps([one["id"], *(node["html"][:120] for node in one["nodes"])])
        for one in found
    ]


@pytest.mark.parametrize(
    ("window", "scheme", "lang"),
    [
        (WINDOW, "light", "fr"),
        (WINDOW, "dark", "en"),
        (TELEPHONE, "dark", "fr"),
        (TELEPHONE, "light", "en"),
    ],
    ids=["desk", "desk-dark", "telephone-dark", "telephone"],
)
def test_the_file_breaks_no_rule(
    advisor: Advisor,
    clients: list[int],
    window: ViewportSize,
    scheme: Literal["light", "dark"],
    lang: str,
) -> None:
    advisor.page.set_viewport_size(window)
    advisor.page.emulate_media(color_scheme=scheme)
    advisor.visit(clients[0], lang)
    advisor.page.locator("details").evaluate_all("l => l.forEach(d => d.open = true)")
    assert violations(advisor.page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_without_a_client_and_with_a_list_no_rule_is_broken(
    advisor: Advisor, scheme: Literal["light", "dark"]
) -> None:
    advisor.page.emulate_media(color_scheme=scheme)
    advisor.visit()
    assert violations(advisor.page) == []
    advisor.see("filter-contract_type").select_option("Cash loans")
    expect(advisor.see("matches").locator("tbody tr").first).to_be_visible()
    advisor.see("client-number").press_sequentially("100")
    expect(advisor.page.get_by_role("option").first).to_be_visible()
    assert violations(advisor.page) == []


def test_a_rule_that_is_broken_is_found(advisor: Advisor) -> None:
    advisor.visit()
    advisor.page.add_style_tag(content=".welcome p { color: #999 }")
    [contrast] = violations(advisor.page)
    assert "color-contrast" in contrast


def test_a_problem_breaks_no_rule(advisor: Advisor, clients: list[int]) -> None:
    advisor.visit(clients[0])
    advisor.type_number("12a")
    expect(advisor.see("find-message")).not_to_be_empty()
    advisor.page.evaluate(
        """() => {
            document.querySelector("#problem-client").innerHTML =
                '<div class="problem"><p>La base ne répond pas.</p>' +
                '<button class="button" type="button">Réessayer</button></div>';
            for (const id of ["idle", "connection"]) {
                document.getElementById(id).hidden = false;
            }
        }"""
    )
    assert violations(advisor.page) == []


@pytest.mark.parametrize(("scheme", "lang"), [("light", "fr"), ("dark", "en")])
def test_the_page_to_sign_in_breaks_no_rule(
    stranger: Page, dashboard_url: str, scheme: Literal["light", "dark"], lang: str
) -> None:
    stranger.emulate_media(color_scheme=scheme)
    stranger.set_viewport_size(TELEPHONE)
    stranger.goto(f"{dashboard_url}?lang={lang}")
    assert violations(stranger) == []
    stranger.locator("#login").fill("nobody")
    stranger.locator("#password").fill("not the password")
    stranger.locator("#password").press("Enter")
    expect(stranger.get_by_role("alert")).to_be_visible()
    assert violations(stranger) == []


def test_the_keyboard_alone_reaches_everything_and_shows_where_it_is(
    advisor: Advisor, clients: list[int]
) -> None:
    advisor.visit(clients[0])
    advisor.visit(clients[1])
    page = advisor.page
    wanted = set(page.evaluate(REACHABLE))
    assert len(wanted) > 20
    reached, unseen = set(), []
    for _ in range(400):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUSED)
        if at["isBody"]:
            break
        if not at["isSeen"]:
            unseen.append(page.evaluate("document.activeElement.outerHTML"))
        reached.add(at["reach"])
    assert wanted - reached == set()
    assert unseen == []


def test_the_keyboard_opens_a_client_compares_and_returns(
    advisor: Advisor, clients: list[int]
) -> None:
    advisor.visit()
    page = advisor.page
    # Who comes without a client is asked for one.
    expect(advisor.see("client-number")).to_be_focused()
    page.keyboard.type(str(clients[0]))
    page.keyboard.press("Enter")
    expect(advisor.see("client-heading")).to_contain_text(str(clients[0]))
    advisor.settle()
    words = advisor.see("comparison-words").inner_text()
    page.get_by_role("radio", name="tous les clients").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="même profil")).to_be_checked()
    expect(advisor.see("comparison-words")).not_to_have_text(words)
    summary = advisor.see("comparison-table").locator("summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(advisor.see("comparison-table").get_by_role("table")).to_be_visible()


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_at_200_percent_nothing_scrolls_sideways(
    advisor: Advisor, clients: list[int], lang: str
) -> None:
    advisor.page.set_viewport_size(ZOOMED)
    for client in (None, clients[0]):
        advisor.visit(client, lang)
        assert not advisor.is_wider_than_the_window()


def test_whoever_asks_for_less_motion_gets_none(
    advisor: Advisor, clients: list[int]
) -> None:
    moving = """() =>
        [document.documentElement, ...document.querySelectorAll("body *")]
            .filter((one) => {
                const { animationName, transitionDuration, scrollBehavior } =
                    getComputedStyle(one);
                return (
                    animationName !== "none" ||
                    parseFloat(transitionDuration) > 0 ||
                    scrollBehavior === "smooth"
                );
            }).length
    """
    advisor.page.emulate_media(reduced_motion="no-preference")
    advisor.visit(clients[0])
    assert advisor.page.evaluate(moving) > 0
    advisor.page.emulate_media(reduced_motion="reduce")
    assert advisor.page.evaluate(moving) == 0


def test_what_changes_is_announced_once_and_politely(
    advisor: Advisor, clients: list[int]
) -> None:
    advisor.visit(clients[0])
    live = advisor.see("announcement")
    expect(live).to_have_attribute("aria-live", "polite")
    expect(live).to_contain_text(str(clients[0]))
    advisor.open(clients[1])
    expect(live).to_contain_text(str(clients[1]))
    assert advisor.page.locator("[aria-live=assertive]").count() == 0
