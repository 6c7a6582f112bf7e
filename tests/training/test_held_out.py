"""The held-out part has no say in anything, and its readings are counted."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from training.data.feature_table import FeatureTable
from training.options import TrainingOptions
from training.progress import Progress
from training.report.result import RunResult
from training.runs.held_out import read_held_out
from training.runs.run import train


def trained(table: FeatureTable, runs: Path) -> RunResult:
    options = TrainingOptions(folds=2, seeds=(0,))
    return train(table, runs, options, Progress(Console(file=io.StringIO())))


@pytest.fixture(scope="module")
def result(table: FeatureTable, tmp_path_factory: pytest.TempPathFactory) -> RunResult:
    return trained(table, tmp_path_factory.mktemp("runs"))


def test_held_out_outcomes_change_no_choice(
    result: RunResult, table: FeatureTable, tmp_path: Path
) -> None:
    flipped = table.is_default ^ ~result.part.mask
    other = trained(replace(table, is_default=flipped), tmp_path)
    assert (other.repeats[0].margins == result.repeats[0].margins).all()
    assert other.evaluation.calibrator == result.evaluation.calibrator
    assert other.evaluation.rule == result.evaluation.rule
    assert other.evaluation.metrics == result.evaluation.metrics
    assert other.trees.rounds == result.trees.rounds


def test_a_reading_judges_trees_that_never_saw_these_clients(
    result: RunResult,
) -> None:
    found = read_held_out(result, "first")
    assert found is not None
    assert found["clients"] == (~result.part.mask).sum()
    known = result.evaluation.metrics["auc"]
    # The shipped trees know these clients by heart: they would do far better.
    assert abs(found["metrics"]["auc"]["value"] - known.value) < 0.15
    assert found["metrics"].keys() < result.evaluation.metrics.keys()


def test_every_reading_of_the_same_clients_is_counted(result: RunResult) -> None:
    again = read_held_out(result, "second")
    table = replace(result.table, fingerprint="other features")
    wider = replace(result, part=replace(result.part, table=table))
    once_more = read_held_out(wider, "third")
    assert again is not None and once_more is not None
    assert once_more["readings"] == again["readings"] + 1
    lines = (result.runs_dir / "held_out.jsonl").read_text().splitlines()
    assert len(lines) == once_more["readings"]


def test_too_few_held_out_clients_are_not_read(result: RunResult) -> None:
    few = result.part.mask.copy()
    few[np.flatnonzero(~few)[5:]] = True
    fewer = replace(result, part=replace(result.part, mask=few))
    assert read_held_out(fewer, "none") is None
