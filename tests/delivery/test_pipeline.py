"""The pipeline by Azure's own schema; what it calls is there and does as asked."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import ScoringApi
from tests.running import ROOT

PIPELINE = ROOT / "azure-pipelines.yml"
TEMPLATES = sorted((ROOT / "azure" / "templates").glob("*.yml"))
FILES = [PIPELINE, *TEMPLATES]
SCRIPTS = sorted((ROOT / "azure").glob("*.sh"))
BIN = Path(sys.executable).parent

# The schema that check-jsonschema brings is older than the task's second version, which
# takes this one of the first's inputs.
NEWER_TASK = (
    "PublishCodeCoverageResults@2\n",
    "PublishCodeCoverageResults@1\n",
    "            inputs:\n              summaryFileLocation",
    "            inputs:\n              codeCoverageTool: Cobertura\n"
    "              summaryFileLocation",
)


def validated(*files: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            *(BIN / "check-jsonschema", "--builtin-schema", "vendor.azure-pipelines"),
            *("--data-transform", "azure-pipelines", "--regex-variant", "python"),
            *files,
        ],
        capture_output=True,
        text=True,
        check=False,
    )


def steps(part: Any) -> Iterator[dict[str, Any]]:
    """Yield whatever is done, at any depth, under any condition."""
    if isinstance(part, dict):
        if {"script", "bash", "task"} & part.keys():
            yield part
        for value in part.values():
            yield from steps(value)
    elif isinstance(part, list):
        for value in part:
            yield from steps(value)


def all_steps() -> list[dict[str, Any]]:
    return [s for file in FILES for s in steps(yaml.safe_load(file.read_text()))]


def script_calls() -> list[list[str]]:
    """Return the words of every call of a script of ours, by steps and scripts."""
    calls = [
        [step["inputs"]["scriptPath"], *step["inputs"]["arguments"].split()]
        for step in all_steps()
        if step.get("task") == "AzureCLI@2"
        # `${{ … }}` is one word of the call.
        for step["inputs"]["arguments"] in [
            re.sub(r"\$\{\{.*?\}\}", "VALUE", step["inputs"]["arguments"])
        ]
    ]
    lines = [step["script"] for step in all_steps() if "script" in step]
    for script in SCRIPTS:
        text = script.read_text().replace("\\\n", " ")
        lines += re.findall(r"^azure/\S+.*$", text, re.MULTILINE)
    return calls + [shlex.split(line) for line in lines if line.startswith("azure/")]


def test_pipeline_and_templates_are_of_azure_s_form(tmp_path: Path) -> None:
    copies = []
    for file in FILES:
        text = file.read_text()
        if NEWER_TASK[0] in text:
            assert text.count(NEWER_TASK[2]) == 1
            text = text.replace(*NEWER_TASK[:2]).replace(*NEWER_TASK[2:])
        copies.append(tmp_path / file.name)
        copies[-1].write_text(text)
    finished = validated(*copies)
    assert finished.returncode == 0, finished.stdout[:3000] + finished.stderr[:1000]

    copies[-1].write_text(
        (ROOT / "azure/templates/environment.yml").read_text().replace("path:", "pth:")
    )
    assert validated(copies[-1]).returncode == 1


def test_templates_that_are_named_exist_and_get_the_parameters_they_ask_for() -> None:
    named = set()
    for file in FILES:
        text = file.read_text()
        for indent, name, given in re.findall(
            r"^( *)- template: (\S+)\n((?:\1  parameters:\n(?:\1    .*\n)+)?)",
            text + "\n",
            re.MULTILINE,
        ):
            target = ROOT / name if file == PIPELINE else file.parent / name
            named.add(target)
            asked = yaml.safe_load(target.read_text()).get("parameters", [])
            required = {one["name"] for one in asked if "default" not in one}
            known = {one["name"] for one in asked}
            values = set(re.findall(rf"^{indent}    (\w+):", given, re.MULTILINE))
            assert required <= values <= known, f"{file.name}: {name}"
    assert named == set(TEMPLATES)


def test_every_make_target_that_is_called_exists_and_expands() -> None:
    called = {
        step["script"]
        for step in all_steps()
        if step.get("script", "").startswith("make")
    }
    assert {"make lint", "make audit", "make package"} <= called
    for line in sorted(called):
        finished = subprocess.run(
            [*shlex.split(line), "--dry-run"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert finished.returncode == 0, f"{line}: {finished.stderr}"


def test_every_script_that_is_called_runs_in_bash_and_gets_its_arguments() -> None:
    calls = script_calls()
    called = {ROOT / words[0] for words in calls}
    assert called == {s for s in SCRIPTS if s.name != "outputs.sh"}
    for script, *arguments in calls:
        text = (ROOT / script).read_text()
        assert os.access(ROOT / script, os.X_OK), script
        required = re.findall(r"^\w+=\$\{(\d):\?", text, re.MULTILINE)
        assert len(arguments) == len(required), script
    for script in called:
        finished = subprocess.run(
            [script], capture_output=True, text=True, check=False, cwd="/"
        )
        assert finished.returncode == 1
        assert re.search(r"1: the |1: staging", finished.stderr), script.name


def test_steps_publish_what_the_targets_before_them_make() -> None:
    made = {
        "build/sbom": "sbom",
        "build/release": "gather_release.sh",
        "build/docs": "docs",
        "models/champion/report": "demo",
    }
    published = {step["publish"] for file in FILES for step in publishing(file)}
    assert published == set(made)


def publishing(file: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []

    def look(part: Any) -> None:
        if isinstance(part, dict):
            if "publish" in part:
                found.append(part)
            for value in part.values():
                look(value)
        elif isinstance(part, list):
            for value in part:
                look(value)

    look(yaml.safe_load(file.read_text()))
    return found


def test_no_secret_stands_in_the_pipeline_or_on_a_command_line() -> None:
    for file in FILES:
        text = file.read_text()
        secrets = re.findall(r"^.*\$\([a-z]+(?:-[a-z]+)+\).*$", text, re.MULTILINE)
        for line in secrets:
            assert re.match(r"^ +[A-Z_]+: \$\([a-z-]+\)$", line), line
    assert "azureSubscription" in (ROOT / "azure/templates/deployment.yml").read_text()


def test_a_release_is_the_package_with_its_checksums(
    deployed_package: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / "function.zip") as archive:
        names = set(archive.namelist())
    assert {"host.json", "scoring_entrypoint.py", "scoring/model.py"} <= names
    checked = subprocess.run(
        ["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=tmp_path, check=False
    )
    assert checked.returncode == 0


@pytest.fixture
def deployed_package(tmp_path: Path) -> Path:
    """Gather a release in a copy of the house, from a package of its modules."""
    house = tmp_path / "house"
    package = house / "dist" / "function"
    (house / "azure").mkdir(parents=True)
    for name in ("azure/gather_release.sh", "host.json", "scoring_entrypoint.py"):
        target = house / name if name.startswith("azure") else package / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((ROOT / name).read_bytes())
    (package / "scoring").mkdir()
    (package / "scoring" / "model.py").write_text("")
    (house / ".venv").symlink_to(ROOT / ".venv")
    script = house / "azure" / "gather_release.sh"
    script.chmod(0o755)
    subprocess.run(["git", "init", "-q", "-b", "main"], cwd=house, check=True)
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    subprocess.run(
        ["git", *identity, "commit", "-q", "--allow-empty", "-m", "One"],
        cwd=house,
        check=True,
    )
    finished = subprocess.run(
        [script, tmp_path / "release"], capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stderr
    for file in (tmp_path / "release").iterdir():
        file.rename(tmp_path / file.name)
    return package


def smoke(**given: str) -> subprocess.CompletedProcess[str]:
    options = [word for name, value in given.items() for word in (f"--{name}", value)]
    return subprocess.run(
        [sys.executable, "tools/smoke.py", *options, "--wait", "5"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_smoke_test_passes_on_servers_that_answer_and_on_no_others(
    scoring_api: ScoringApi, dashboard_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    function = scoring_api.base_url
    dashboard = dashboard_url.removesuffix("/bokeh_app")
    monkeypatch.setenv("SCORING_API_KEY", scoring_api.key)
    passed = smoke(function=function, dashboard=dashboard, client="100002")
    assert passed.returncode == 0, passed.stderr
    assert passed.stdout.count("\n") == 4

    unknown = smoke(function=function, dashboard=dashboard, client="999999999")
    assert unknown.returncode == 1
    assert "client 999999999 is answered with 404" in unknown.stderr

    monkeypatch.setenv("SCORING_API_KEY", "not-the-key-of-this-function")
    refused = smoke(function=function, dashboard=dashboard, client="100002")
    assert "is answered with 401" in refused.stderr

    away = smoke(function="http://127.0.0.1:9", dashboard=dashboard, client="100002")
    assert away.returncode == 1
    assert "not ready after 5 s" in away.stderr
