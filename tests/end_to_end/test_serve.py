"""`make serve`: one machine, TLS for its desks, the function on loopback."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from database.ports import free_port
from demo.errors import DemoError
from demo.serve import site
from tests.running import ROOT, run_module, wait_until


def can_connect(address: str, port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex((address, port)) == 0


def test_desks_reach_the_dashboard_by_tls_and_nobody_the_function(
    built_warehouse: Path, champion_dir: Path, tmp_path: Path
) -> None:
    port, api_port = free_port(), free_port()
    log = tmp_path / "serve.log"
    options = ["--address", "0.0.0.0", "--name", "localhost", "--port", str(port)]
    options += ["--api-port", str(api_port), "--models-dir", str(champion_dir.parent)]
    with (
        log.open("w") as kept,
        subprocess.Popen(
            [sys.executable, "-m", "demo.serve", *options],
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdout=kept,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            wait_until(
                lambda: (
                    "Ctrl-C or SIGTERM" in log.read_text() or process.poll() is not None
                ),
                "both servers",
                seconds=120,
            )
            assert process.poll() is None, log.read_text()
            root = built_warehouse / "site" / "root.crt"
            trusted = ssl.create_default_context(cafile=root)
            url = f"https://localhost:{port}/bokeh_app"
            assert httpx.get(url, verify=trusted).status_code in {200, 302}
            # Every address of 127/8 is this machine's own; the function is on one.
            assert can_connect("127.0.0.2", port)
            assert can_connect("127.0.0.1", api_port)
            assert not can_connect("127.0.0.2", api_port)
        finally:
            process.terminate()
            process.wait(timeout=60)
    assert process.returncode == 0, log.read_text()
    assert not can_connect("127.0.0.1", port)
    assert not can_connect("127.0.0.1", api_port)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("0.0.0.0", "say with --name what they call this one"),
        ("scoring.bank.example", "is no address of a machine"),
    ],
)
def test_an_address_that_leaves_open_who_reaches_it_is_refused(
    address: str, said: str
) -> None:
    with pytest.raises(DemoError, match=said):
        site(address, 5006, [])


def test_pages_may_come_from_the_names_that_desks_use() -> None:
    here = site("0.0.0.0", 8443, ["scoring.bank.example", "10.1.2.3"])
    assert here.origins == ["scoring.bank.example:8443", "10.1.2.3:8443"]
    assert here.url == "https://scoring.bank.example:8443/bokeh_app"
    assert here.own_url == "https://127.0.0.1:8443/bokeh_app"
    assert site("127.0.0.1", 8443, []).origins == ["localhost:8443", "127.0.0.1:8443"]


def test_what_is_missing_is_named_before_anything_starts(tmp_path: Path) -> None:
    warehouse = tmp_path / "warehouse"
    finished = run_module(
        *("demo.serve", "--models-dir", str(tmp_path)), WAREHOUSE_DIR=str(warehouse)
    )
    assert finished.returncode == 1
    assert f"There is no model in {tmp_path / 'champion'}" in finished.stderr
    assert not warehouse.exists()
