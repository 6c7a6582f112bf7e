import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, StorageState

from database import connect
from database.ports import free_port
from tests.browser.advisor import Advisor, sign_in
from tests.conftest import DASHBOARD_SECRET, WINDOW, Person, ScoringApi
from tests.running import server

Dashboard = Callable[..., AbstractContextManager[str]]


@pytest.fixture(scope="session")
def clients(built_warehouse: Path) -> list[int]:
    """Some clients with a past, of both contract types."""
    connection = connect("advisor", read_only=True)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select client_id
            from marts.dim_client
            where
                exists (
                    select from marts.fct_installment
                    where fct_installment.client_id = dim_client.client_id
                )
                and exists (
                    select from marts.fct_bureau_credit
                    where fct_bureau_credit.client_id = dim_client.client_id
                )
            order by client_id
            limit 5
            """
        )
        found = [row[0] for row in cursor.fetchall()]
    connection.close()
    return found


@pytest.fixture(scope="session")
def refused(scoring_api: ScoringApi) -> int:
    """The first cash credit that the model refuses."""
    headers = {"x-functions-key": scoring_api.key}
    with httpx.Client(
        base_url=f"{scoring_api.base_url}/api/v1", headers=headers
    ) as api:
        for client in range(100002, 100200):
            score = api.get(f"/clients/{client}/score?explain=false").json()
            if score.get("decision") == "refuse":
                fields = api.get(f"/clients/{client}/request").json()["fields"]
                if "term_months" in {field["field"] for field in fields}:
                    return client
    raise AssertionError("The sample has no refused cash credit.")


@pytest.fixture(scope="session")
def signed_in(browser: Browser, dashboard_url: str, an_advisor: Person) -> StorageState:
    """The cookies of an advisor who has signed in; all dashboards here take them."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(dashboard_url)
    sign_in(page, an_advisor)
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture(scope="session")
def desk(browser: Browser, signed_in: StorageState) -> Iterator[Page]:
    """One page for many sittings, which compiles the scripts for the first alone."""
    context = browser.new_context(viewport=WINDOW, storage_state=signed_in)
    yield context.new_page()
    context.close()


@pytest.fixture
def page(browser: Browser, signed_in: StorageState) -> Iterator[Page]:
    """A page of a browser of its own, whose advisor has signed in."""
    context = browser.new_context(viewport=WINDOW, storage_state=signed_in)
    yield context.new_page()
    context.close()


@pytest.fixture
def advisor(desk: Page, dashboard_url: str) -> Iterator[Advisor]:
    """An advisor whose browser has nothing to complain about at the end.

    Who sat there before has left nothing: neither clients seen nor a pointer's place.
    """
    desk.set_viewport_size(WINDOW)
    desk.emulate_media(color_scheme="null", reduced_motion="null")
    sitting = Advisor(desk, dashboard_url)
    yield sitting
    sitting.leave()
    assert sitting.complaints == []


@pytest.fixture
def dashboard(tmp_path: Path) -> Dashboard:
    """Start a dashboard of the test's own, with settings of its own."""

    @contextmanager
    def start(**settings: str) -> Iterator[str]:
        port = free_port()
        url = f"http://127.0.0.1:{port}/bokeh_app"
        command = [sys.executable, "-m", "bokeh_app", "--port", str(port)]
        shared = {"DASHBOARD_SECRET": DASHBOARD_SECRET}
        with server(command, url, tmp_path / "dashboard.log", **shared, **settings):
            yield url

    return start


@pytest.fixture(scope="session")
def screenshots(root: Path) -> Path:
    """Where the pictures go: SCREENSHOT_DIR, or build/screenshots."""
    named = os.environ.get("SCREENSHOT_DIR")
    directory = Path(named) if named else root / "build" / "screenshots"
    directory.mkdir(parents=True, exist_ok=True)
    return directory
