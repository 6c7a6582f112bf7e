import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from database.ports import free_port
from tests.bokeh_app.visitors import signed_in, visitor
from tests.conftest import Person
from tests.running import run_module, server

KEY = {"SCORING_API_KEY": "a-key-for-this-test-only"}


def test_a_port_in_use_gives_one_clear_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        finished = run_module("bokeh_app", "--port", port, **KEY)
    assert finished.returncode == 1
    assert finished.stderr.count("\n") == 1
    assert f"Port {port} of 127.0.0.1 is in use" in finished.stderr


def test_a_missing_key_gives_one_clear_line() -> None:
    finished = run_module("bokeh_app", "--port", str(free_port()), SCORING_API_KEY="")
    assert finished.returncode == 1
    assert finished.stderr.count("\n") == 1
    assert "SCORING_API_KEY" in finished.stderr


def test_a_wrong_address_is_named_without_the_key() -> None:
    port = str(free_port())
    finished = run_module("bokeh_app", "--port", port, SCORING_URL="no address", **KEY)
    assert finished.returncode == 1
    assert "SCORING_URL" in finished.stderr
    assert KEY["SCORING_API_KEY"] not in finished.stderr


def test_a_key_that_fits_no_header_is_refused_and_not_repeated() -> None:
    key = "clé-pour-ce-test"
    finished = run_module("bokeh_app", "--port", str(free_port()), SCORING_API_KEY=key)
    assert finished.returncode == 1
    assert finished.stderr.count("\n") == 1
    assert "SCORING_API_KEY" in finished.stderr
    assert key not in finished.stderr


@pytest.mark.parametrize(
    ("name", "value"), [("DASHBOARD_SECRET", "short"), ("DASHBOARD_IDLE_MINUTES", "0")]
)
def test_a_setting_out_of_range_is_named_and_not_repeated(
    name: str, value: str
) -> None:
    finished = run_module("bokeh_app", **KEY, **{name: value})
    assert finished.returncode == 1
    assert finished.stderr.count("\n") == 1
    assert name in finished.stderr
    assert "short" not in finished.stderr


def test_a_wrong_origin_gives_one_clear_line() -> None:
    options = ["--port", str(free_port()), "--allow-websocket-origin", "bank:x"]
    finished = run_module("bokeh_app", *options, **KEY)
    assert finished.returncode == 1
    assert finished.stderr.count("\n") == 1
    assert "bank:x" in finished.stderr


@pytest.fixture(scope="module")
def served(built_warehouse: Path, session_dir: Path) -> Iterator[str]:
    port = free_port()
    url = f"http://127.0.0.1:{port}/bokeh_app"
    command = [sys.executable, "-m", "bokeh_app", "--port", str(port)]
    log = session_dir / "bokeh_app_of_command.log"
    with server(command, url, log, BOKEH_RESOURCES="cdn", **KEY):
        yield url


def test_a_page_is_neither_cached_nor_framed_elsewhere(
    served: str, an_advisor: Person
) -> None:
    with signed_in(served, an_advisor) as client:
        pages = [client.get("/bokeh_app?client=100002")]
    with visitor(served) as client:
        pages.append(client.get("/login"))
    for page in pages:
        assert page.headers["cache-control"] == "no-store"
        assert "frame-ancestors" in page.headers["content-security-policy"]
        assert page.headers["x-content-type-options"] == "nosniff"


def test_the_page_names_no_other_host_whatever_bokeh_is_told(
    served: str, an_advisor: Person
) -> None:
    with signed_in(served, an_advisor) as client:
        page = client.get("/bokeh_app").text
    assert "client-number" in page
    assert "cdn.bokeh.org" not in page


def test_the_bokeh_command_names_a_missing_key(root: Path) -> None:
    bokeh = str(Path(sys.executable).with_name("bokeh"))
    finished = subprocess.run(
        [bokeh, "serve", "bokeh_app", "--port", str(free_port())],
        cwd=root,
        env={"PATH": ""},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert finished.returncode == 1
    assert "SCORING_API_KEY (field required)" in finished.stderr
    assert "Traceback" not in finished.stderr
