import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError

import pytest

from tests.running import free_port, run_module, server

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


def test_a_wrong_origin_gives_one_clear_line() -> None:
    options = ["--port", str(free_port()), "--allow-websocket-origin", "bank:x"]
    finished = run_module("bokeh_app", *options, **KEY)
    assert finished.returncode == 1
    assert finished.stderr.count("\n") == 1
    assert "bank:x" in finished.stderr


@pytest.fixture(scope="module")
def served(session_dir: Path) -> Iterator[str]:
    port = free_port()
    url = f"http://127.0.0.1:{port}/bokeh_app"
    command = [sys.executable, "-m", "bokeh_app", "--port", str(port)]
    log = session_dir / "bokeh_app_of_command.log"
    with server(command, url, log, BOKEH_RESOURCES="cdn", **KEY):
        yield url


def test_a_session_of_somebody_else_s_choice_is_refused(served: str) -> None:
    with pytest.raises(HTTPError) as refusal:
        urllib.request.urlopen(f"{served}?bokeh-session-id=known-to-two")
    refusal.value.close()
    assert refusal.value.code == 403


def test_a_page_is_neither_cached_nor_framed_elsewhere(served: str) -> None:
    with urllib.request.urlopen(f"{served}?client=100002") as response:
        headers = response.headers
    assert headers["cache-control"] == "no-store"
    assert headers["content-security-policy"] == "frame-ancestors 'self'"
    assert headers["x-content-type-options"] == "nosniff"


def test_the_page_names_no_other_host_whatever_bokeh_is_told(served: str) -> None:
    with urllib.request.urlopen(served) as response:
        page = response.read().decode()
    assert "cdn.bokeh.org" not in page


def test_the_bokeh_command_serves_the_same_page(root: Path, tmp_path: Path) -> None:
    port = free_port()
    bokeh = str(Path(sys.executable).with_name("bokeh"))
    url = f"http://127.0.0.1:{port}/bokeh_app"
    command = [bokeh, "serve", "bokeh_app", "--port", str(port)]
    with (
        server(command, url, tmp_path / "bokeh.log", **KEY),
        urllib.request.urlopen(f"{url}?lang=en") as response,
    ):
        page = response.read().decode()
    assert '<html lang="en">' in page
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
