"""The pictures of the advisor's guide, taken from the page it tells of."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from bokeh_app.texts import Language, read_texts
from tests.browser.advisor import Advisor

GUIDES: dict[Language, str] = {"fr": "advisor-guide.md", "en": "advisor-guide-en.md"}
TALL: ViewportSize = {"width": 1440, "height": 1600}  # each part in one piece
PARTS = {  # of the guide's client
    "decision": ".card--decision",
    "reasons": ".card--reasons",
    "waterfall": ".card--waterfall",
    "comparison": ".card--comparison",
}
PARTS_OF_A_REFUSAL = {"simulation": ".card--simulation", "act": ".card--act"}


@pytest.mark.parametrize("lang", GUIDES)
def test_the_guide_shows_the_page_as_it_is(
    advisor: Advisor,
    stranger: Page,
    clients: list[int],
    refused: int,
    root: Path,
    screenshots: Path,
    lang: Language,
) -> None:
    sign_in_page = screenshots / f"guide-{lang}-sign-in.png"
    stranger.goto(f"{advisor.url}?lang={lang}")
    stranger.get_by_role("main").screenshot(path=sign_in_page)
    advisor.page.set_viewport_size(TALL)
    advisor.visit(clients[1], lang)
    advisor.expect_decision_word()
    taken = [sign_in_page, *pictures(advisor, PARTS, screenshots / f"guide-{lang}")]
    advisor.visit(refused, lang)
    try_half_the_amount(advisor)
    taken += pictures(advisor, PARTS_OF_A_REFUSAL, screenshots / f"guide-{lang}")
    guide = (root / "docs" / GUIDES[lang]).read_text("utf-8")
    shown = re.findall(r"\]\(pictures/([^)]+)\)", guide)
    assert sorted(shown) == sorted(picture.name for picture in taken)


def pictures(advisor: Advisor, parts: dict[str, str], start: Path) -> list[Path]:
    """Take a picture of each part, under a name that starts so."""
    taken = {name: start.with_name(f"{start.name}-{name}.png") for name in parts}
    for name, selector in parts.items():
        part = advisor.page.locator(selector)
        expect(part).to_be_visible()
        part.screenshot(path=taken[name])
    return list(taken.values())


def try_half_the_amount(advisor: Advisor) -> None:
    amount = advisor.see("simulation-credit_amount")
    amount.fill(str(round(float(amount.input_value()) / 2)))
    expect(advisor.see("simulation-result").locator(".outcome")).to_have_count(2)
    amount.blur()


@pytest.mark.parametrize("lang", GUIDES)
def test_what_the_guide_quotes_is_written_on_the_page(
    root: Path, lang: Language
) -> None:
    guide = " ".join((root / "docs" / GUIDES[lang]).read_text("utf-8").split())
    quoted = re.findall({"fr": "« ([^»]+) »", "en": '"([^"]+)"'}[lang], guide)
    assert len(quoted) >= 7
    # French sets narrow spaces before its marks; a guide's lines are wrapped.
    texts = {" ".join(text.split()) for text in read_texts(lang).entries.values()}
    assert [text for text in quoted if text not in texts] == []
