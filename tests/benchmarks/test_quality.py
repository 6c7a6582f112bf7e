from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from benchmarks.fold_auc import FoldAuc
from benchmarks.more_rows import OnShare, WithMoreRows
from tests.running import run_module
from training.learners import Matrix, Outcomes
from training.learners.cross_validation import OutOfFold

IS_DEFAULT = np.arange(400) % 4 == 0
FOLD = np.arange(400) // 80


class Rows:
    """A learner that keeps the rows it was shown."""

    def fit(self, matrix: Matrix, is_default: Outcomes, seed: int) -> Rows:
        self.shown = set(matrix[:, 0].tolist())
        self.defaults = int(is_default.sum())
        return self

    def margins(self, matrix: Matrix) -> np.ndarray:
        return matrix[:, 0].astype(np.float64)


def scores(seed: int, skill: float) -> OutOfFold:
    noise = np.random.default_rng(seed).normal(size=IS_DEFAULT.size)
    return OutOfFold(skill * IS_DEFAULT + noise, FOLD, ())


def test_the_figure_is_the_mean_of_the_folds_own_auc() -> None:
    repetitions = [scores(seed, 1.0) for seed in (0, 1)]
    expected = [
        roc_auc_score(IS_DEFAULT[k == FOLD], one.margins[k == FOLD])
        for one in repetitions
        for k in range(5)
    ]
    assert FoldAuc(IS_DEFAULT, repetitions).value == pytest.approx(np.mean(expected))


def test_only_the_judged_clients_count() -> None:
    judged = np.arange(400) % 2 == 0
    one = scores(0, 1.0)
    spoiled = OutOfFold(np.where(judged, one.margins, 0.0), FOLD, ())
    assert FoldAuc(IS_DEFAULT, [one], judged).value == pytest.approx(
        FoldAuc(IS_DEFAULT, [spoiled], judged).value
    )


def test_scores_differ_from_themselves_by_nothing_and_from_worse_ones_surely() -> None:
    good, poor = (FoldAuc(IS_DEFAULT, [scores(0, skill)]) for skill in (1.5, 0.3))
    nothing, gain = good.minus(good), good.minus(poor)
    assert (nothing.low, nothing.value, nothing.high) == (0, 0, 0)
    assert 0 < gain.low < gain.value < gain.high


def test_more_rows_are_learnt_from_and_a_share_is_drawn_by_outcome() -> None:
    matrix = np.arange(400, dtype=np.float32).reshape(-1, 1)
    more = matrix[:10] + 1000
    rows = Rows()
    WithMoreRows(rows, more, IS_DEFAULT[:10]).fit(matrix, IS_DEFAULT, 0)
    assert rows.shown == {*matrix[:, 0].tolist(), *more[:, 0].tolist()}
    OnShare(rows, 0.25).fit(matrix, IS_DEFAULT, 0)
    assert (len(rows.shown), rows.defaults) == (100, 25)


@pytest.mark.parametrize("command", ["quality", "full-size-run", "ratios"])
def test_without_a_server_a_benchmark_ends_with_one_line(
    command: str, sample_dir: Path, tmp_path: Path
) -> None:
    finished = run_module(
        *("benchmarks", command, str(sample_dir)),
        WAREHOUSE_DIR=str(tmp_path / "none"),
        PGHOST="",
    )
    assert finished.returncode == 1
    assert "python -m database start" in finished.stderr
    assert len(finished.stderr.splitlines()) == 1
