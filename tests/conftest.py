"""One road for the whole suite: server, sample, marts, model, API, dashboard.

Every fixture below is the real thing, made once for the session by the commands
that a person would type. Tests that change tables make a warehouse of their own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from bokeh_app.access.passwords import new_password
from bokeh_app.access.user import Role
from bokeh_app.access.users import open_users
from database.ports import free_port
from tests.made_once import build_warehouse, made_once
from tests.running import ROOT, must_run, server

SAMPLE_CLIENTS = 1500
ROOM_NEEDED = 6 << 30
# The groups that take over a minute of work, and the modules that are one each.
LONGEST_FIRST = [
    "served",
    "test_spark",  # asks for the built warehouse last, which the first is building
    "dbt_project",
    "database",
    "test_real_data",
    "training",
    "end_to_end",
    "test_appended_clients",
]
SHARED_DIR = pytest.StashKey[Path]()
WINDOW: ViewportSize = {"width": 1440, "height": 900}
API_KEY = "a-key-that-only-the-tests-know"
DASHBOARD_SECRET = "a-secret-that-only-the-tests-share-between-dashboards"
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder of what is made once, in the process that starts the others."""
    if not hasattr(config, "workerinput"):
        config.stash[SHARED_DIR] = new_folder()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell each process the folder of what is made once."""
    node.workerinput["shared_dir"] = str(node.config.stash[SHARED_DIR])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the folder after the last process has ended."""
    if SHARED_DIR in config.stash:
        shutil.rmtree(config.stash[SHARED_DIR], ignore_errors=True)


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep together what shares servers, so that two processes can divide the suite.

    A process that has finished takes the next group, so the longest begin first and
    the short rooms fill up the end.
    """
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item)))
    items.sort(key=lambda item: _rank(_group(item)))


def _group(item: pytest.Item) -> str:
    """Return the tests of the served model, of a long module, or of a room."""
    if _is_served(item):
        return "served"
    room = item.path.relative_to(ROOT / "tests").parts[0]
    return item.path.stem if item.path.stem in LONGEST_FIRST else room


def _rank(group: str) -> int:
    return LONGEST_FIRST.index(group) if group in LONGEST_FIRST else len(LONGEST_FIRST)


def _is_served(item: pytest.Item) -> bool:
    return "champion_dir" in getattr(item, "fixturenames", ())


def new_folder() -> Path:
    """Make a folder that the database's own system user may pass through.

    In memory where there is room: what the suite makes need not survive it.
    """
    memory = Path("/dev/shm")
    is_roomy = memory.is_dir() and shutil.disk_usage(memory).free > ROOM_NEEDED
    path = Path(
        tempfile.mkdtemp(prefix="credit-scoring-", dir=memory if is_roomy else None)
    )
    path.chmod(0o755)
    return path


@dataclass(frozen=True)
class ScoringApi:
    """Where the scoring function of the session answers."""

    base_url: str
    key: str
    log: Path


@dataclass(frozen=True)
class Person:
    """Somebody who may sign in to the dashboard."""

    login: str
    name: str
    role: Role
    password: str


@pytest.fixture(scope="session")
def session_dir() -> Iterator[Path]:
    """Give a folder that the database's own system user may pass through."""
    path = new_folder()
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
def shared_dir(request: pytest.FixtureRequest) -> Path:
    """Give the folder of `made_once`, the same for every process of the suite."""
    given = getattr(request.config, "workerinput", {}).get("shared_dir")
    return Path(given) if given else request.config.stash[SHARED_DIR]


@pytest.fixture(scope="session")
def warehouse(session_dir: Path) -> Iterator[Path]:
    """Name the warehouse of this process, which is not there before it is built."""
    directory = session_dir / "warehouse"
    before = {
        name: os.environ.pop(name) for name in tuple(os.environ) if name[:2] == "PG"
    }
    os.environ["WAREHOUSE_DIR"] = str(directory)
    yield directory
    del os.environ["WAREHOUSE_DIR"]
    os.environ.update(before)


@pytest.fixture(scope="session")
def sample_dir(shared_dir: Path) -> Path:
    options = ["--clients", str(SAMPLE_CLIENTS), "--seed", "42", "--out"]
    return made_once(
        shared_dir / "sample",
        lambda folder: must_run("ingestion", "sample", *options, str(folder)),
    )


@pytest.fixture(scope="session")
def built_warehouse(
    warehouse: Path, sample_dir: Path, shared_dir: Path
) -> Iterator[Path]:
    """Start a copy of the built sample, which nothing else is connected to."""
    built = made_once(shared_dir / "built", partial(build_warehouse, sample_dir))
    # Owners and permissions, without which PostgreSQL refuses, are kept.
    subprocess.run(["cp", "-a", f"{built}/.", warehouse.parent], check=True)
    must_run("database", "start")
    yield warehouse
    must_run("database", "remove", "--yes")


@pytest.fixture(scope="session")
def champion_dir(built_warehouse: Path, session_dir: Path) -> Path:
    models = session_dir / "models"
    folders = ["--models-dir", str(models), "--runs-dir", str(session_dir / "runs")]
    must_run("training", "run", "--seeds", "0", *folders)
    return models / "champion"


@pytest.fixture(scope="session")
def all_scored(champion_dir: Path) -> None:
    """Score every client of the built warehouse."""
    must_run("function_app", "score-all", MODEL_DIR=str(champion_dir))


@pytest.fixture(scope="session")
def scoring_api(champion_dir: Path, session_dir: Path) -> Iterator[ScoringApi]:
    port = free_port()
    base_url = f"http://127.0.0.1:{port}"
    log = session_dir / "function_app.log"
    command = [sys.executable, "-m", "function_app", "--port", str(port)]
    settings = {"SCORING_API_KEY": API_KEY, "MODEL_DIR": str(champion_dir)}
    with server(command, f"{base_url}/api/v1/health/ready", log, **settings):
        yield ScoringApi(base_url, API_KEY, log)


def add_person(login: str, name: str, role: Role = "advisor") -> Person:
    """Let somebody sign in to the dashboard."""
    password = new_password()
    with open_users() as users:
        users.add(login, name, role, password)
    return Person(login, name, role, password)


@pytest.fixture(scope="session")
def an_advisor(built_warehouse: Path) -> Person:
    return add_person("alice", "Alice Martin")


@pytest.fixture(scope="session")
def a_manager(built_warehouse: Path) -> Person:
    return add_person("bruno", "Bruno Petit", "manager")


@pytest.fixture(scope="session")
def dashboard_url(
    scoring_api: ScoringApi, all_scored: None, session_dir: Path
) -> Iterator[str]:
    port = free_port()
    url = f"http://127.0.0.1:{port}/bokeh_app"
    command = [sys.executable, "-m", "bokeh_app", "--port", str(port)]
    settings = {
        "SCORING_API_KEY": API_KEY,
        "SCORING_URL": scoring_api.base_url,
        "DASHBOARD_SECRET": DASHBOARD_SECRET,
        # The tests open pages faster than any one person, whose pages are limited.
        "DASHBOARD_USER_SESSION_LIMIT": "200",
    }
    with server(command, url, session_dir / "bokeh_app.log", **settings):
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = next(
        path
        for name in ("chromium", "chromium-browser", "google-chrome")
        if (path := shutil.which(name))
    )
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=executable, args=CHROMIUM_OPTIONS
        )
        yield running
        running.close()


@pytest.fixture
def stranger(browser: Browser) -> Iterator[Page]:
    """A page of a browser in which nobody has signed in."""
    context = browser.new_context(viewport=WINDOW)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def real_data_dir() -> Path:
    named = os.environ.get("HOME_CREDIT_DIR")
    if not named:
        pytest.skip("HOME_CREDIT_DIR names no folder with the real tables")
    return Path(named)


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT
