import asyncio
from concurrent.futures import ThreadPoolExecutor

from benchmarks.dashboard.page import Entrance, Page, sign_in
from tests.conftest import Person

FIRST, SECOND = 100_001, 100_002


async def looked_at(entrance: Entrance) -> list[float]:
    page = Page(entrance)
    try:
        return [await page.open(FIRST), await page.switch(SECOND)]
    finally:
        page.close()


def test_the_measured_page_is_driven_as_a_browser_drives_it(
    dashboard_url: str, an_advisor: Person
) -> None:
    entrance = sign_in(dashboard_url, an_advisor.login, an_advisor.password)
    # Where browser tests have run before, this thread has a loop already.
    with ThreadPoolExecutor(1) as thread:
        seconds = thread.submit(asyncio.run, looked_at(entrance)).result()
    assert all(one > 0 for one in seconds)
