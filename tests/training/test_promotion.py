"""Champion and challenger: who may take whose place, and the way back."""

from __future__ import annotations

import io
import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console
from typer.testing import CliRunner

from scoring import CostMatrix, probability_of
from tests.scoring.synthetic import make_artefact
from training.__main__ import app
from training.errors import ComparisonError, OtherClientsError, RegistryError
from training.progress import Progress
from training.registry.comparison import compare_versions, manifest_differences
from training.registry.promotion import (
    judge_asked,
    judge_new,
    refuse_unless,
    take_place,
)
from training.registry.runs import (
    OUT_OF_FOLD_FILE,
    OutOfFoldRows,
    read_out_of_fold,
    write_run,
)
from training.registry.versions import ModelRegistry

FIRST, SECOND, THIRD = (f"2026010{day}T000000Z-aaaaaaaa" for day in (1, 2, 3))
RNG = np.random.default_rng(3)
CLIENTS = 1500
LOG_ODDS = RNG.normal(-2.2, 1.3, CLIENTS)
IS_DEFAULT = RNG.random(CLIENTS) < probability_of(LOG_ODDS)
COSTS = CostMatrix()


def rows(noise: float, first_client: int = 100, seeds: int = 2) -> OutOfFoldRows:
    """Invent out-of-fold rows; the more noise, the worse the model."""
    drawn = np.random.default_rng(int(noise * 10) + 1).normal(
        0, noise, (seeds, CLIENTS)
    )
    return OutOfFoldRows(
        client_ids=np.arange(first_client, first_client + CLIENTS),
        is_default=IS_DEFAULT,
        probability=probability_of(LOG_ODDS + drawn),
        fold=np.zeros((seeds, CLIENTS), dtype=np.intp),
    )


@dataclass(frozen=True)
class House:
    """Models and runs of one test."""

    registry: ModelRegistry
    runs: Path

    def ran(self, version: str, found: OutOfFoldRows) -> None:
        write_run(self.runs, version, {OUT_OF_FOLD_FILE: found.to_bytes()})

    def folders(self) -> list[str]:
        models = str(self.registry.models_dir)
        return ["--models-dir", models, "--runs-dir", str(self.runs)]


@pytest.fixture(scope="module")
def artefacts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    models = tmp_path_factory.mktemp("artefacts")
    for version in (FIRST, SECOND, THIRD):
        make_artefact(models, clients=300, version=version)
    return models


@pytest.fixture
def house(artefacts: Path, tmp_path: Path) -> House:
    models = tmp_path / "models"
    shutil.copytree(artefacts, models)
    house = House(ModelRegistry(models), tmp_path / "runs")
    house.ran(FIRST, rows(noise=0.5))
    house.registry.promote(FIRST)
    return house


def test_a_worse_version_is_refused_with_both_differences(house: House) -> None:
    house.ran(SECOND, rows(noise=2.5))
    verdict = judge_asked(house.registry, house.runs, SECOND)
    assert not verdict.may_promote
    with pytest.raises(RegistryError, match=r"worse than the champion .*cost.*AUC"):
        refuse_unless(verdict, SECOND)
    assert not judge_new(house.registry, house.runs, SECOND).may_promote


@pytest.mark.parametrize("noise", [0.5, 0.1])
def test_a_version_that_is_not_worse_may_take_the_place(
    house: House, noise: float
) -> None:
    house.ran(SECOND, rows(noise))
    for judge in (judge_new, judge_asked):
        verdict = judge(house.registry, house.runs, SECOND)
        assert verdict.may_promote
        assert "not worse" in verdict.reason


def test_a_run_that_is_worse_ends_as_a_challenger(house: House) -> None:
    house.ran(SECOND, rows(noise=2.5))
    said = io.StringIO()
    progress = Progress(Console(file=said, width=1000))
    take_place(house.registry, house.runs, SECOND, progress)
    assert f"{SECOND} is kept as a challenger: worse than" in said.getvalue()
    assert house.registry.champion_version() == FIRST


def test_ranking_worse_is_worse_even_where_the_cost_does_not_tell(
    house: House,
) -> None:
    # Granted clients change places among themselves: no decision is another one.
    mixed = rows(noise=0.5)
    safe = mixed.probability < COSTS.threshold
    for row, inside in zip(mixed.probability, safe, strict=True):
        row[inside] = np.random.default_rng(0).permutation(row[inside])
    house.ran(SECOND, mixed)
    test = compare_versions(house.runs, FIRST, SECOND, COSTS)
    assert test.cost.difference.value == 0
    assert test.is_worse


def test_without_rows_a_person_has_to_decide(house: House) -> None:
    for judge in (judge_new, judge_asked):
        verdict = judge(house.registry, house.runs, SECOND)
        assert not verdict.may_promote
        assert "no out-of-fold rows" in verdict.reason


@pytest.mark.parametrize(
    "others",
    [
        rows(0.5, first_client=90_000),
        # The same numbers, but not the same people.
        OutOfFoldRows(
            np.arange(100, 100 + CLIENTS), ~IS_DEFAULT, *([rows(0.5).probability] * 2)
        ),
    ],
)
def test_a_champion_of_other_clients_gives_way_to_a_run_but_not_to_a_wish(
    house: House, others: OutOfFoldRows
) -> None:
    house.ran(SECOND, others)
    verdict = judge_new(house.registry, house.runs, SECOND)
    assert verdict.may_promote and verdict.is_of_other_data
    assert not judge_asked(house.registry, house.runs, SECOND).may_promote
    with pytest.raises(OtherClientsError):
        compare_versions(house.runs, FIRST, SECOND, COSTS)


def test_a_corrected_outcome_is_left_out_and_told(house: House) -> None:
    corrected = IS_DEFAULT.copy()
    corrected[0] = ~corrected[0]
    found = rows(noise=2.5)
    house.ran(SECOND, replace(found, is_default=corrected))
    verdict = judge_new(house.registry, house.runs, SECOND)
    assert not verdict.may_promote
    assert f"{CLIENTS - 1:,} common clients" in verdict.reason
    assert "without 1 of changed outcome" in verdict.reason


def test_a_lost_feature_is_told_with_the_comparison(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.ran(SECOND, rows(noise=2.5))
    second = house.registry.manifest(SECOND)
    second["features"].pop()
    first = house.registry.manifest(FIRST)
    manifests = {FIRST: first, SECOND: second}
    monkeypatch.setattr(house.registry, "manifest", manifests.__getitem__)
    verdict = judge_new(house.registry, house.runs, SECOND)
    assert verdict.may_promote
    assert "lost 1 of the features" in verdict.reason
    assert "(worse than the champion" in verdict.reason


def test_a_champion_that_does_not_verify_is_named_and_needs_force(
    house: House,
) -> None:
    house.ran(SECOND, rows(noise=0.5))
    broken = house.registry.models_dir / FIRST / "model.txt"
    broken.write_text(broken.read_text() + "\n")
    for judge in (judge_new, judge_asked):
        verdict = judge(house.registry, house.runs, SECOND)
        assert not verdict.may_promote
        assert f"does not verify, so nothing compares: {FIRST}" in verdict.reason


def test_steps_that_are_not_worse_do_not_lead_below_an_earlier_champion(
    house: House,
) -> None:
    house.ran(SECOND, rows(noise=2.5))
    house.registry.promote(SECOND, "forced")
    house.ran(THIRD, rows(noise=2.4))
    verdict = judge_asked(house.registry, house.runs, THIRD)
    assert not verdict.may_promote
    assert f"worse than the earlier champion {FIRST}" in verdict.reason


def test_few_common_clients_compare_nothing(house: House) -> None:
    house.ran(SECOND, rows(0.5, first_client=100 + CLIENTS - 1))
    found = read_out_of_fold(house.runs, SECOND)
    assert found.client_ids[0] == 100 + CLIENTS - 1
    alike = IS_DEFAULT[-1] == IS_DEFAULT[0]
    with pytest.raises(ComparisonError, match="only 1" if alike else "different"):
        compare_versions(house.runs, FIRST, SECOND, COSTS)


def test_a_run_is_kept_whole_and_its_rows_come_back(house: House) -> None:
    written = rows(0.3)
    house.ran(SECOND, written)
    found = read_out_of_fold(house.runs, SECOND)
    assert (found.probability == written.probability).all()
    assert {path.name for path in house.runs.iterdir()} == {FIRST, SECOND}


def test_what_differs_between_two_manifests_is_named(house: House) -> None:
    first, second = (house.registry.manifest(v) for v in (FIRST, SECOND))
    assert manifest_differences(first, second) == []
    second["training"]["rows"]["labelled"] = 301
    gone = second["features"].pop()["name"]
    assert manifest_differences(first, second) == [
        ("rows.labelled", "300", "301"),
        ("features", "12", "11"),
        (f"feature {gone}", "yes", "-"),
    ]


def test_every_rollback_goes_one_champion_further_back(house: House) -> None:
    registry = house.registry
    registry.promote(SECOND)
    registry.promote(THIRD)
    assert [registry.rollback(), registry.rollback()] == [SECOND, FIRST]
    assert registry.champion_version() == FIRST
    with pytest.raises(RegistryError, match="no earlier champion"):
        registry.rollback()
    registry.promote(THIRD)
    assert registry.rollback() == FIRST


def test_the_history_keeps_every_champion_and_why(house: House) -> None:
    house.registry.promote(SECOND, "not worse")
    house.registry.promote(SECOND, "asked once more")
    house.registry.rollback()
    lines = (house.registry.models_dir / "champions.jsonl").read_text().splitlines()
    told = [json.loads(line) for line in lines]
    assert [(t["action"], t["version"], t["previous"]) for t in told] == [
        ("promote", FIRST, None),
        ("promote", SECOND, FIRST),
        ("rollback", FIRST, SECOND),
    ]
    assert told[1]["reason"] == "not worse"


def test_a_rollback_to_a_version_that_is_gone_changes_nothing(house: House) -> None:
    house.registry.promote(SECOND)
    shutil.rmtree(house.registry.models_dir / FIRST)
    with pytest.raises(RegistryError, match=FIRST):
        house.registry.rollback()
    assert house.registry.champion_version() == SECOND


def test_a_champion_whose_folder_is_gone_can_be_rolled_back(house: House) -> None:
    house.registry.promote(SECOND)
    shutil.rmtree(house.registry.models_dir / SECOND)
    assert house.registry.rollback() == FIRST


def test_the_commands_refuse_force_and_take_back(house: House) -> None:
    house.ran(SECOND, rows(noise=2.5))
    folders = house.folders()
    command = CliRunner()
    compared = command.invoke(app, ["compare", FIRST, SECOND, *folders])
    assert "is worse: cost per client" in compared.stdout
    refused = command.invoke(app, ["promote", SECOND, *folders])
    assert refused.exit_code == 1
    assert "--force" in refused.stderr
    assert house.registry.champion_version() == FIRST
    forced = command.invoke(app, ["promote", SECOND, "--force", *folders])
    assert forced.exit_code == 0
    assert house.registry.champion_version() == SECOND
    assert command.invoke(app, ["rollback", *folders[:2]]).exit_code == 0
    assert house.registry.champion_version() == FIRST
