"""An advisor at the dashboard: what they do, and what they see."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from playwright.sync_api import ConsoleMessage, Error, Locator, Page, expect

from tests.conftest import Person

PATIENCE = 20_000  # milliseconds: a busy machine is slow, not wrong
# Between two pages there is a document without a body.
SETTLED = """() =>
    document.body?.dataset.ready === "true" &&
    [...document.querySelectorAll("[data-region]")].every(
        (region) => region.getAttribute("aria-busy") !== "true"
    )
"""
CLIENT_IDS = (
    "client-heading",
    "verdict",
    "client-facts",
    "decision-facts",
    "reasons-list",
    "waterfall-table",
    "comparison-words",
    "density-words",
    "history-words",
)


def sign_in(page: Page, person: Person) -> None:
    """Fill in the page that asks who is there, and go on to the dashboard."""
    page.locator("#login").fill(person.login)
    page.locator("#password").fill(person.password)
    page.locator("#password").press("Enter")
    page.wait_for_url(re.compile("/bokeh_app"))


@dataclass
class Advisor:
    """A browser at the dashboard.

    Attributes
    ----------
    complaints : list of str
        What the browser's console said went wrong.
    """

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        self.page.on("console", self._hear)
        self.page.on("pageerror", self._catch)

    def visit(self, client: int | str | None = None, lang: str | None = None) -> None:
        """Open the dashboard by its address."""
        given = {"client": client, "lang": lang}
        query = "&".join(f"{k}={v}" for k, v in given.items() if v is not None)
        self.page.goto(f"{self.url}?{query}")
        self.settle()

    def leave(self) -> None:
        """Leave the page to whoever comes next, as if nobody had been there."""
        self.page.mouse.move(0, 0)
        self.page.evaluate("sessionStorage.clear()")
        self.page.goto("about:blank")
        self.page.remove_listener("console", self._hear)
        self.page.remove_listener("pageerror", self._catch)

    def settle(self) -> None:
        """Wait until nothing is loading any more."""
        self.page.wait_for_function(SETTLED)

    def see(self, element_id: str) -> Locator:
        """Return an element by its id."""
        return self.page.locator(f"#{element_id}")

    def type_number(self, text: str) -> None:
        """Type a client's number and press Enter."""
        field = self.page.locator("#client-number")
        field.fill(text)
        field.press("Enter")

    def open(self, client: int) -> None:
        """Open another client by number and wait for all of the file."""
        self.type_number(str(client))
        expect(self.see("client-heading")).to_contain_text(str(client))
        self.settle()

    def choose_variable(self, field: str, label: str) -> None:
        """Search a variable by its name and take it."""
        self.see(field).click()
        self.see(field).fill(label)
        found = self.see(f"{field}-list").get_by_role("option", name=label, exact=True)
        found.first.click()
        expect(self.see(field)).to_have_value(label)

    def texts(self) -> dict[str, str]:
        """Return the text of every part that belongs to the client."""
        return {name: self.see(name).inner_text() for name in CLIENT_IDS}

    def is_wider_than_the_window(self) -> bool:
        """Tell whether the page scrolls sideways."""
        return bool(
            self.page.evaluate("document.documentElement.scrollWidth > innerWidth")
        )

    def span(self, chart: str) -> tuple[float, float]:
        """Return what a chart's horizontal axis shows, from the model itself."""
        start, end = self.page.evaluate(
            """(name) => {
                const { x_range } = Bokeh.documents[0].get_model_by_name(name);
                return [x_range.start, x_range.end];
            }""",
            chart,
        )
        return float(start), float(end)

    def expect_decision_word(self) -> None:
        """Check that a decision's word and sign are seen."""
        words = re.compile(r"Accord|À examiner|Refus|Grant|Review|Refuse")
        expect(self.page.locator(".decision__word")).to_have_text(words)
        expect(self.page.locator(".decision__sign")).to_have_text(re.compile("[✓?✕]"))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def _catch(self, error: Error) -> None:
        self.complaints.append(str(error))
