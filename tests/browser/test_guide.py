"""The pictures of the advisor's guide, taken from the page it tells of."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from bokeh_app.texts import Language, read_texts
from tests.browser.advisor import Advisor

GUIDES: dict[Language, str] = {"fr": "advisor-guide.md", "en": "advisor-guide-en.md"}
TALL: ViewportSize = {"width": 1440, "height": 1600}  # each part in one piece
PARTS = {
    "decision": ".card--decision",
    "reasons": ".card--reasons",
    "waterfall": ".card--waterfall",
    "comparison": ".card--comparison",
}


@pytest.mark.parametrize("lang", GUIDES)
def test_the_guide_shows_the_page_as_it_is(
    advisor: Advisor,
    stranger: Page,
    clients: list[int],
    root: Path,
    screenshots: Path,
    lang: Language,
) -> None:
    stranger.goto(f"{advisor.url}?lang={lang}")
    taken = [screenshots / f"guide-{lang}-sign-in.png"]
    stranger.get_by_role("main").screenshot(path=taken[0])
    advisor.page.set_viewport_size(TALL)
    advisor.visit(clients[1], lang)
    advisor.expect_decision_word()
    for name, selector in PARTS.items():
        part = advisor.page.locator(selector)
        expect(part).to_be_visible()
        taken.append(screenshots / f"guide-{lang}-{name}.png")
        part.screenshot(path=taken[-1])
    guide = (root / "docs" / GUIDES[lang]).read_text("utf-8")
    shown = re.findall(r"\]\(pictures/([^)]+)\)", guide)
    assert sorted(shown) == sorted(picture.name for picture in taken)


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
