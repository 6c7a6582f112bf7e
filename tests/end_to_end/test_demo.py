"""The two commands of the README, as a newcomer meets them."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from database.ports import free_port
from demo.servers import answers
from tests.bokeh_app.visitors import sign_in, visitor
from tests.running import ROOT, must_run, run_module, wait_until


@pytest.fixture(scope="module")
def demo_environment(session_dir: Path) -> Iterator[dict[str, str]]:
    directory = session_dir / "demo-warehouse"
    environment = {"WAREHOUSE_DIR": str(directory)}
    yield environment
    must_run("database", "remove", "--yes", **environment)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where both runs keep their models: the second has nothing left to do."""
    return tmp_path_factory.mktemp("demo") / "models"


def start_demo(
    environment: dict[str, str], models: Path, log: Path, *options: str
) -> tuple[subprocess.Popen[bytes], str, str]:
    api_port, dashboard_port = free_port(), free_port()
    command = [
        *(sys.executable, "-m", "demo", "--models-dir", str(models)),
        *("--api-port", str(api_port), "--dashboard-port", str(dashboard_port)),
        *options,
    ]
    with log.open("wb") as kept:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=kept,
            stderr=subprocess.STDOUT,
        )
    api = f"http://127.0.0.1:{api_port}"
    return process, api, f"http://127.0.0.1:{dashboard_port}/bokeh_app"


def score(api: str, environment: dict[str, str], client_id: int) -> dict[str, object]:
    key = Path(environment["WAREHOUSE_DIR"], "scoring_api_key").read_text()
    request = urllib.request.Request(
        f"{api}/api/v1/clients/{client_id}/score", headers={"x-functions-key": key}
    )
    with urllib.request.urlopen(request) as response:
        return dict(json.load(response))


def prepare(environment: dict[str, str], models: Path, *options: str) -> str:
    everything = ("demo", "--no-serve", "--models-dir", str(models), *options)
    return must_run(*everything, **environment)


def champion_of(environment: dict[str, str], models: Path) -> Path:
    """Return the demo's model, made if this test runs alone."""
    if not models.exists():
        prepare(environment, models, "--clients", "600")
    return (models / "champion").resolve()


def stop_with_ctrl_c(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)
    process.wait(timeout=60)


def test_the_demo_goes_from_nothing_to_both_servers_and_ctrl_c_stops_them_all(
    demo_environment: dict[str, str], models: Path, tmp_path: Path
) -> None:
    log = tmp_path / "demo.log"
    process, api, dashboard = start_demo(
        demo_environment, models, log, "--clients", "600"
    )
    try:
        wait_until(
            lambda: process.poll() is not None or "Ctrl-C" in log.read_text(),
            "the demo's last line",
            seconds=400,
        )
        assert process.poll() is None, log.read_text()
        assert score(api, demo_environment, 100002)["decision"] in {
            "grant",
            "review",
            "refuse",
        }
        people = Path(demo_environment["WAREHOUSE_DIR"], "dashboard_users")
        assert str(people) in log.read_text()
        assert stat.S_IMODE(people.stat().st_mode) == 0o600
        for line in people.read_text().splitlines():
            login, password = line.split()
            with visitor(dashboard) as client:
                page = sign_in(client, login, password)
            assert page.url.path == "/bokeh_app", login
    finally:
        stop_with_ctrl_c(process)

    assert process.returncode == 0, log.read_text()
    assert not answers(f"{api}/api/v1/health/live")
    assert not answers(dashboard)
    assert run_module("database", "status", **demo_environment).returncode != 0


def test_a_second_run_reuses_all_that_is_unchanged(
    demo_environment: dict[str, str], models: Path
) -> None:
    champion = champion_of(demo_environment, models)

    printed = prepare(demo_environment, models, "--clients", "600")

    assert printed.count("unchanged") >= 3, printed
    # What each server alone takes from here.
    assert Path(demo_environment["WAREHOUSE_DIR"], "scoring_api_key").exists()
    assert (models / "champion").resolve() == champion


def test_what_is_only_to_be_completed_keeps_what_is_there(
    demo_environment: dict[str, str], models: Path
) -> None:
    """Other files, and a champion that no one has asked to be trained like that."""
    champion = champion_of(demo_environment, models)

    other = ("--missing-only", "--clients", "700")
    printed = prepare(demo_environment, models, *other)

    assert printed.count("kept: ") == 4, printed
    assert "[5/5]" in printed
    assert (models / "champion").resolve() == champion


def test_a_port_in_use_is_told_before_any_work(tmp_path: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        finished = run_module(
            *("demo", "--api-port", port, "--models-dir", str(tmp_path)),
            WAREHOUSE_DIR=str(tmp_path / "warehouse"),
        )

    assert finished.returncode == 1
    assert f"Port {port}" in finished.stderr
    assert not (tmp_path / "warehouse").exists()
