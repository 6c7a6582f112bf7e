"""No engine runs here: what can be held against the files themselves is."""

from __future__ import annotations

import json
import os
import re
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from database.ports import free_port
from tests.delivery.commands import unknown_options
from tests.running import ROOT, wait_until

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
CONTAINERFILES = [
    ROOT / "Containerfile",
    *sorted((ROOT / "deploy").glob("*.Containerfile")),
]
CADDYFILE = ROOT / "deploy" / "Caddyfile"


def instructions(file: Path, name: str) -> list[str]:
    lines = re.sub(r"^\s*#.*\n", "", file.read_text(), flags=re.MULTILINE)
    joined = re.sub(r"\\\n\s*", "", lines)
    return re.findall(rf"^{name} (.+)$", joined, re.MULTILINE)


def test_the_images_are_found_by_name() -> None:
    assert [file.name for file in CONTAINERFILES] == [
        "Containerfile",
        "dashboard.Containerfile",
        "warehouse.Containerfile",
    ]


@pytest.mark.parametrize("file", CONTAINERFILES, ids=lambda file: file.name)
def test_what_is_copied_is_there_and_let_through(file: Path) -> None:
    ignored = (ROOT / ".containerignore").read_text().splitlines()
    let_through = [line[1:] for line in ignored if line[0] == "!"]
    sources = [
        source
        for words in map(str.split, instructions(file, "COPY"))
        if not words[0].startswith("--from")
        for source in words[:-1]
    ]
    assert sources
    for source in sources:
        assert (ROOT / source).exists() or source.startswith("dist/function/")
        assert any(source.startswith(line) for line in let_through), source


@pytest.mark.parametrize("file", CONTAINERFILES, ids=lambda file: file.name)
def test_images_run_as_nobody_in_particular_and_hold_no_secret(file: Path) -> None:
    assert instructions(file, "USER") == ["10001"]
    assert not re.search(r"KEY=|PASSWORD=|SECRET=|PGHOST=", file.read_text())


def test_docker_ignores_what_podman_ignores() -> None:
    assert (ROOT / ".dockerignore").resolve() == ROOT / ".containerignore"


def test_no_secret_of_the_house_is_let_into_an_image() -> None:
    ignored = (ROOT / ".containerignore").read_text()
    assert ignored.splitlines()[1] == "*"
    assert not re.search(r"^!(\.|models|runs|build|data/)", ignored, re.MULTILINE)


def test_only_the_proxy_is_reached_from_other_machines() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == [
        "proxy"
    ]
    outside = [n for n, s in SERVICES.items() if "outside" in s.get("networks", [])]
    assert outside == ["proxy"]
    assert COMPOSE["networks"]["inside"]["internal"] is True


def test_each_server_sees_its_own_password_and_checks_the_database_s_name() -> None:
    roles = {"function": "scorer", "dashboard": "advisor"}
    for name, role in roles.items():
        service = SERVICES[name]
        assert service["environment"]["PGUSER"] == role
        assert service["environment"]["PGSSLMODE"] == "verify-full"
        assert f"{role}-secrets:/secrets:ro" in service["volumes"]
        assert not any(v.startswith("secrets:") for v in service["volumes"])
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]


def test_volumes_and_secrets_that_are_used_are_declared() -> None:
    used = {
        volume.split(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", [])
        if volume[0].isalpha()
    }
    assert used == set(COMPOSE["volumes"])


def test_every_variable_is_in_the_example_and_no_other() -> None:
    asked = set(re.findall(r"\$\{(\w+)", (ROOT / "compose.yaml").read_text()))
    asked |= set(SERVICES["warehouse"].get("environment", {})) & {"POSTGRES_PASSWORD"}
    example = (ROOT / "deploy" / "compose.env.example").read_text()
    assert set(re.findall(r"^(\w+)=", example, re.MULTILINE)) == asked


def test_what_containers_start_exists() -> None:
    calls = {
        "database": [*SERVICES["certificates"]["entrypoint"][3:]],
        "function_app": json.loads(instructions(CONTAINERFILES[0], "CMD")[-1]),
        "bokeh_app": SERVICES["dashboard"]["command"],
    }
    for module, words in calls.items():
        assert unknown_options(module, words) == []
    text = (ROOT / "deploy/prepare.sh").read_text().replace("\\\n", " ")
    ours = re.findall(r"python -m (database) ([^\n]+)", text)
    assert len(ours) == 2
    for module, words in ours:
        assert unknown_options(module, words.replace(")", "").split()) == []


class Page(BaseHTTPRequestHandler):
    """Stands behind the proxy and tells what reached it."""

    def do_GET(self) -> None:
        told = {name.lower(): value for name, value in self.headers.items()}
        body = json.dumps({"path": self.path, **told}).encode()
        self.send_response(200)
        self.send_header("Server", "a name that tells too much")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def upstream() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_the_proxy_ends_tls_says_who_calls_and_logs_no_client(
    upstream: str, tmp_path: Path
) -> None:
    port = free_port()
    settings = {
        "SITE_ADDRESS": f"https://localhost:{port}",
        "DASHBOARD": upstream,
        "XDG_DATA_HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path),
    }
    program = Path(sys.executable).with_name("caddy")
    log = tmp_path / "log"
    root = tmp_path / "caddy/pki/authorities/local/root.crt"
    with (
        log.open("w") as kept,
        subprocess.Popen(
            [program, "run", "--config", CADDYFILE, "--adapter", "caddyfile"],
            env={**os.environ, **settings},
            stderr=kept,
        ) as proxy,
    ):
        try:
            wait_until(
                lambda: (
                    "certificate obtained successfully" in log.read_text()
                    or proxy.poll() is not None
                ),
                "the proxy's certificate",
            )
            assert proxy.poll() is None, log.read_text()
            trusted = ssl.create_default_context(cafile=root)
            with httpx.Client(
                verify=trusted, base_url=f"https://localhost:{port}"
            ) as desk:
                answer = desk.get(
                    "/bokeh_app?client=100002&lang=fr", headers={"X-Real-Ip": "1.2.3.4"}
                )
                assert desk.get("/").headers["location"] == "/bokeh_app"
        finally:
            proxy.terminate()
    told = answer.json()
    assert told["path"] == "/bokeh_app?client=100002&lang=fr"
    assert told["x-real-ip"] == "127.0.0.1"
    assert told["x-scheme"] == "https"
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert "server" not in answer.headers
    assert "lang=fr" in log.read_text()
    assert "100002" not in log.read_text()
