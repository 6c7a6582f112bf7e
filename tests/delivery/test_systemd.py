from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.delivery.commands import unknown_options
from tests.running import ROOT

UNITS = sorted((ROOT / "deploy" / "systemd").glob("credit-scoring*"))
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
PYTHON = "/opt/credit-scoring/.venv/bin/python"


def calls(unit: Path) -> list[list[str]]:
    """Return what a unit starts and stops, as words after the interpreter."""
    lines = re.findall(rf"^Exec\w+={PYTHON} (.+)$", unit.read_text(), re.MULTILINE)
    return [shlex.split(line) for line in lines]


@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd is not on this machine"
)
def test_systemd_itself_finds_nothing(tmp_path: Path) -> None:
    for unit in UNITS:
        text = unit.read_text().replace(PYTHON, str(ROOT / ".venv/bin/python"))
        (tmp_path / unit.name).write_text(text)
    finished = subprocess.run(
        ["systemd-analyze", "verify", *sorted(tmp_path.iterdir())],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (finished.returncode, finished.stderr) == (0, "")


def test_units_start_commands_that_exist_with_options_they_have() -> None:
    assert len(SERVICES) == 5
    for unit in SERVICES:
        assert calls(unit), unit.name
        for _, module, *words in calls(unit):
            assert unknown_options(module, words) == [], unit.name


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.stem)
def test_services_run_without_rights_that_they_do_not_need(unit: Path) -> None:
    text = unit.read_text()
    for line in (
        "User=credit-scoring",
        "NoNewPrivileges=true",
        "ProtectSystem=strict",
        "StateDirectory=credit-scoring",
    ):
        assert f"\n{line}\n" in text
    assert not re.search(r"(KEY|PASSWORD|SECRET)=", text)


def test_the_function_is_on_loopback_and_the_dashboard_has_tls() -> None:
    by_module = {words[1]: words for unit in SERVICES for words in calls(unit)}
    function = " ".join(
        word for u in SERVICES for w in calls(u) if "--workers" in w for word in w
    )
    assert "--host 127.0.0.1" in function
    dashboard = by_module["bokeh_app"]
    assert {"--ssl-certfile", "--ssl-keyfile"} <= set(dashboard)


def test_units_name_units_that_are_there() -> None:
    names = {unit.name for unit in UNITS}
    for unit in UNITS:
        named = set(re.findall(r"credit-scoring[a-z-]*\.[a-z]+", unit.read_text()))
        assert named <= names, unit.name
    for timer in (unit for unit in UNITS if unit.suffix == ".timer"):
        assert timer.with_suffix(".service") in UNITS


def test_the_example_environment_names_settings_that_exist() -> None:
    example = (ROOT / "deploy/systemd/environment.example").read_text()
    known = (ROOT / ".env.example").read_text()
    names = re.findall(r"^([A-Z_]+)=", example, re.MULTILINE)
    units = "".join(unit.read_text() for unit in UNITS)
    own = {name for name in names if f"${{{name}}}" in units}
    unknown = [
        n for n in names if n not in own and not re.search(rf"^#?{n}=", known, re.M)
    ]
    assert unknown == []
