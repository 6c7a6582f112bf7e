import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

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
    finished = run_module("bokeh_app", "--port", "0", SCORING_API_KEY="")
    assert finished.returncode == 1
    assert finished.stderr.count("\n") == 1
    assert "SCORING_API_KEY" in finished.stderr


def test_a_wrong_address_is_named_without_the_key() -> None:
    finished = run_module("bokeh_app", "--port", "0", SCORING_URL="no address", **KEY)
    assert finished.returncode == 1
    assert "SCORING_URL" in finished.stderr
    assert KEY["SCORING_API_KEY"] not in finished.stderr


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
