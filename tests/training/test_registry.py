from __future__ import annotations

from pathlib import Path

import pytest

from tests.running import must_run, run_module
from tests.scoring.synthetic import make_artefact
from training.errors import RegistryError
from training.registry.versions import ModelRegistry


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    for version in ("20260101T000000Z-aaaaaaaa", "20260102T000000Z-bbbbbbbb"):
        make_artefact(tmp_path, clients=400, version=version)
    return ModelRegistry(tmp_path)


def test_the_champion_is_a_relative_link(registry: ModelRegistry) -> None:
    registry.promote("20260101T000000Z-aaaaaaaa")
    assert registry.champion_link.readlink() == Path("20260101T000000Z-aaaaaaaa")
    assert registry.champion_version() == "20260101T000000Z-aaaaaaaa"


def test_promoting_replaces_the_champion_and_leaves_nothing_else(
    registry: ModelRegistry,
) -> None:
    registry.promote("20260101T000000Z-aaaaaaaa")
    registry.promote("20260102T000000Z-bbbbbbbb")
    assert registry.champion_version() == "20260102T000000Z-bbbbbbbb"
    assert {path.name for path in registry.models_dir.iterdir()} == {
        "20260101T000000Z-aaaaaaaa",
        "20260102T000000Z-bbbbbbbb",
        "champion",
        "champions.jsonl",
    }


@pytest.mark.parametrize("version", ["", ".", "..", "champion", "../elsewhere", "a/b"])
def test_what_is_no_name_of_a_version_is_refused(
    registry: ModelRegistry, version: str
) -> None:
    with pytest.raises(RegistryError, match="not the name"):
        registry.promote(version)


def test_a_version_that_does_not_verify_is_not_promoted(
    registry: ModelRegistry,
) -> None:
    registry.promote("20260101T000000Z-aaaaaaaa")
    broken = registry.models_dir / "20260102T000000Z-bbbbbbbb" / "model.txt"
    broken.write_text(broken.read_text() + "\n")
    with pytest.raises(RegistryError, match="checksum"):
        registry.promote("20260102T000000Z-bbbbbbbb")
    assert registry.champion_version() == "20260101T000000Z-aaaaaaaa"


def test_a_champion_that_is_no_link_is_not_overwritten(
    registry: ModelRegistry,
) -> None:
    registry.champion_link.mkdir()
    with pytest.raises(RegistryError, match="not a link"):
        registry.promote("20260101T000000Z-aaaaaaaa")


def test_versions_are_listed_newest_first(registry: ModelRegistry) -> None:
    registry.promote("20260101T000000Z-aaaaaaaa")
    listed = registry.summaries()
    assert [summary.is_champion for summary in listed] == [False, True]
    assert listed[0].version > listed[1].version
    assert listed[0].auc == 0.75


def test_the_commands_promote_and_list(registry: ModelRegistry) -> None:
    folder = ["--models-dir", str(registry.models_dir)]
    must_run("training", "promote", "20260102T000000Z-bbbbbbbb", *folder)
    listed = must_run("training", "list", *folder)
    assert "champion" in next(
        line for line in listed.splitlines() if "bbbbbbbb" in line
    )


def test_an_unknown_version_ends_with_one_clear_line(registry: ModelRegistry) -> None:
    folder = ["--models-dir", str(registry.models_dir)]
    finished = run_module("training", "promote", "nothing", *folder)
    assert finished.returncode == 1
    assert "no model folder" in finished.stderr
    assert "Traceback" not in finished.stderr
