"""When the page may be taken for ready."""

from playwright.sync_api import Page

from tests.browser.advisor import Advisor

WATCH_THE_FIRST_READY = """() => {
    const isLoading = (region) => region.getAttribute("aria-busy") === "true";
    const hasContent = (region) => region.querySelector("table") !== null;
    window.emptyWhenReady = null;
    new MutationObserver(() => {
        if (document.body?.dataset.ready === "true" && window.emptyWhenReady === null) {
            const regions = document.querySelectorAll("section:has(.chart)");
            window.emptyWhenReady = [...regions]
                .filter((region) => !isLoading(region) && !hasContent(region))
                .map((region) => region.getAttribute("aria-labelledby"));
        }
    }).observe(document, { attributes: true, subtree: true });
}"""


def test_a_page_that_says_ready_knows_which_regions_still_load(
    page: Page, dashboard_url: str, clients: list[int]
) -> None:
    advisor = Advisor(page, dashboard_url)
    advisor.page.add_init_script(f"({WATCH_THE_FIRST_READY})()")
    advisor.visit(clients[0])
    assert advisor.page.evaluate("window.emptyWhenReady") == []
    assert advisor.complaints == []
