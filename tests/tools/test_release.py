from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from tests.running import ROOT


def tool(name: str) -> ModuleType:
    """Import a tool, which is a program and no part of a package."""
    specification = importlib.util.spec_from_file_location(
        name, ROOT / "tools" / f"{name}.py"
    )
    assert specification and specification.loader
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module
    specification.loader.exec_module(module)
    return module


release = tool("release")
sbom = tool("sbom")

CHANGELOG = """# Changelog

## [Unreleased]

## [1.2.0] - 2026-11-28

### Added

- A thing.

## [1.1.0] - 2026-01-01

- An older thing.

[1.2.0]: README.md
"""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """Make a repository with a version and a changelog."""
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "a-house"\nversion = "1.2.0"\n'
    )
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG)
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    commit(tmp_path)
    return tmp_path


def git(house: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    subprocess.run(["git", *identity, *arguments], cwd=house, check=True)


def commit(house: Path) -> None:
    git(house, "add", "--all")
    git(house, "commit", "--quiet", "--message", "A state")


def test_a_clean_tree_with_its_entry_can_be_released(house: Path) -> None:
    version = release.read_version(house)
    release.check_tree(house, version.tag)
    assert (version.tag, version.notes) == ("v1.2.0", "### Added\n\n- A thing.")


def test_what_git_does_not_hold_is_not_released(house: Path) -> None:
    (house / "new.py").write_text("")
    with pytest.raises(release.ReleaseError, match=r"not clean.*\n.*new\.py"):
        release.check_tree(house, "v1.2.0")


def test_a_version_is_released_once(house: Path) -> None:
    git(house, "tag", "v1.2.0")
    with pytest.raises(release.ReleaseError, match=r"v1\.2\.0 is released already"):
        release.check_tree(house, "v1.2.0")


@pytest.mark.parametrize("version", ["1.3.0", "1.2", "Unreleased"])
def test_a_version_without_an_entry_is_refused(house: Path, version: str) -> None:
    (house / "pyproject.toml").write_text(
        f'[project]\nname = "a-house"\nversion = "{version}"\n'
    )
    with pytest.raises(release.ReleaseError, match="has no entry"):
        release.read_version(house)


def test_what_has_no_version_yet_is_not_released_under_an_old_one(house: Path) -> None:
    release.check_changelog(house)
    told = CHANGELOG.replace("[Unreleased]\n", "[Unreleased]\n\n- A new thing.\n")
    (house / "CHANGELOG.md").write_text(told)
    with pytest.raises(release.ReleaseError, match="under 'Unreleased'"):
        release.check_changelog(house)


def test_the_tag_tells_what_the_changelog_does(house: Path) -> None:
    version = release.read_version(house)
    git(house, "config", "user.name", "Test")
    git(house, "config", "user.email", "test@example.org")
    release.tag(house, version)
    told = release.git(house, "tag", "--list", "--format=%(contents)", "v1.2.0")
    assert told == "a-house 1.2.0\n\n### Added\n\n- A thing."


def test_a_release_names_its_model_and_whose_clients_it_learned_from(
    tmp_path: Path,
) -> None:
    with pytest.raises(release.ReleaseError, match=r"no model in .*MODEL="):
        release.read_model(tmp_path)
    origin = {"source": "sample-9", "is_invented": True}
    manifest = {"version": "a-model", "training": {"origin": origin}}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    assert release.read_model(tmp_path) == {"version": "a-model", **origin}


def test_checksums_are_those_that_sha256sum_checks(tmp_path: Path) -> None:
    (tmp_path / "sbom").mkdir()
    (tmp_path / "sbom" / "a.json").write_text("{}")
    (tmp_path / "function.zip").write_bytes(b"\0")
    (tmp_path / "SHA256SUMS").write_text(release.checksums(tmp_path))
    checked = subprocess.run(
        ["sha256sum", "--check", "SHA256SUMS"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0
    assert checked.stdout == "function.zip: OK\nsbom/a.json: OK\n"


def test_this_house_has_told_of_its_version() -> None:
    assert release.read_version(ROOT).notes


def test_a_bill_of_material_names_every_package_of_its_lock(tmp_path: Path) -> None:
    lock = ROOT / "requirements" / "functions_worker.txt"
    bill = tmp_path / "bill.json"
    sbom.write_bill(lock, bill)
    told = json.loads(bill.read_text())
    assert (told["bomFormat"], told["specVersion"]) == ("CycloneDX", "1.6")
    pins = {line.split()[0] for line in lock.read_text().splitlines() if "==" in line}
    assert {f"{c['name']}=={c['version']}" for c in told["components"]} == pins


def test_every_lock_has_a_bill() -> None:
    locks = {path.resolve() for path in (ROOT / "requirements").iterdir()}
    assert set(sbom.locks().values()) == {*locks, ROOT / "requirements.txt"}


def test_hooks_are_the_environment_s_own_tools() -> None:
    program = Path(sys.executable).with_name("pre-commit")
    subprocess.run([program, "validate-config"], cwd=ROOT, check=True)

    [repository] = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())[
        "repos"
    ]
    assert repository["repo"] == "local"
    for hook in repository["hooks"]:
        assert hook["language"] == "system"
        assert os.access(ROOT / hook["entry"].split()[0], os.X_OK), hook["id"]
