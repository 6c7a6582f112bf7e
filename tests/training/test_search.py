from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from scoring import probability_of
from tests.running import ROOT, must_run, wait_until
from tests.training.synthetic_warehouse import SyntheticWarehouse
from training.data.feature_table import FeatureTable
from training.errors import SearchError
from training.learners import BoostedTrees
from training.learners.cross_validation import out_of_fold
from training.learners.recipe import default_recipe
from training.learners.stopping import shift_to_rate
from training.search.folder import SearchFolder
from training.search.loop import SearchResult, search
from training.search.nested import LevelledTrees, SearchedTrees
from training.search.options import SearchOptions
from training.search.proposals import Proposals
from training.search.shared_bins import SharedBins
from training.search.space import recipe_of, search_space, with_recipe
from training.search.store import TrialRecord, TrialStore

ROWS = 600
# Past the random trials, so that TPE itself is asked.
OPTIONS = SearchOptions(trials=14, folds=2, seed=3)


@pytest.fixture(scope="module")
def trees(table: FeatureTable) -> BoostedTrees:
    return BoostedTrees(tuple(table.categorical_positions), max_rounds=30)


def run(
    table: FeatureTable, trees: BoostedTrees, path: Path, options: SearchOptions
) -> SearchResult:
    store = TrialStore(path, options.subject("invented"))
    return search(trees, table.labelled[:ROWS], table.is_default[:ROWS], options, store)


@pytest.fixture(scope="module")
def in_one_go(
    table: FeatureTable, trees: BoostedTrees, tmp_path_factory: pytest.TempPathFactory
) -> tuple[SearchResult, Path]:
    path = tmp_path_factory.mktemp("search") / "trials.jsonl"
    return run(table, trees, path, OPTIONS), path


def without_time(trials: tuple[TrialRecord, ...]) -> list[TrialRecord]:
    return [replace(trial, seconds=0) for trial in trials]


def test_a_search_broken_off_goes_on_as_if_it_had_not_been(
    table: FeatureTable,
    trees: BoostedTrees,
    in_one_go: tuple[SearchResult, Path],
    tmp_path: Path,
) -> None:
    whole, path = in_one_go
    kept = path.read_text().splitlines(keepends=True)
    broken = tmp_path / "trials.jsonl"
    # The machine went down while the twelfth line was being written.
    broken.write_text("".join(kept[:11]) + kept[11][:40])
    resumed = run(table, trees, broken, OPTIONS)
    assert without_time(resumed.trials) == without_time(whole.trials)
    assert len(whole.trials) == OPTIONS.trials


def test_a_search_does_not_go_on_with_the_trials_of_another(
    in_one_go: tuple[SearchResult, Path],
) -> None:
    _, path = in_one_go
    other = replace(OPTIONS, objective="auc").subject("other data")
    with pytest.raises(SearchError, match="data_fingerprint, objective"):
        TrialStore(path, other).load()


def test_the_best_is_the_defaults_where_no_trial_beats_them(
    in_one_go: tuple[SearchResult, Path],
) -> None:
    whole, _ = in_one_go
    found = [trial.loss for trial in whole.trials if trial.loss is not None]
    assert whole.best.loss == min([whole.defaults.loss, *found])
    beaten = replace(whole, defaults=replace(whole.defaults, loss=0.0))
    assert beaten.best.number == -1


def test_trials_without_gain_end_a_search(
    table: FeatureTable, trees: BoostedTrees, in_one_go: tuple[SearchResult, Path]
) -> None:
    whole, path = in_one_go
    since = len(whole.trials) - 1 - whole.best.number
    patient = replace(OPTIONS, trials=100, patience=max(1, since))
    assert run(table, trees, path, patient).ended_by == "patience"
    late = replace(OPTIONS, trials=100, timeout=1e-9)
    assert run(table, trees, path, late).ended_by == "timeout"


def test_shared_bins_give_what_bins_of_its_own_give(
    table: FeatureTable, trees: BoostedTrees
) -> None:
    rows = (table.labelled[:ROWS], table.is_default[:ROWS], 2, 0)
    proposals = Proposals(search_space(ROWS), 0)
    recipe = recipe_of(proposals.decoded(proposals.next_point([])))
    other = replace(with_recipe(trees, recipe), min_child_samples=5)
    shared = SharedBins(trees, *rows)
    shared.run(trees)
    shared.run(replace(trees, min_child_samples=200, max_depth=2))
    again = shared.run(other).scores.margins
    assert (again == SharedBins(other, *rows).run(other).scores.margins).all()


def test_under_sampling_does_not_end_the_trees_early(table: FeatureTable) -> None:
    natural = BoostedTrees(tuple(table.categorical_positions), max_rounds=400)
    drawn = replace(natural, good_fraction=0.1)
    # The plain log loss only sees the shift of the level and stops at the fewest.
    rounds = drawn.choose_rounds(table.labelled, table.is_default, 0)
    assert natural.min_rounds < rounds < 400


def test_a_shift_of_all_log_odds_brings_the_mean_back_to_the_rate() -> None:
    margins = np.random.default_rng(0).normal(1.0, 2.0, 500)
    levelled = shift_to_rate(margins, 0.08)
    assert probability_of(levelled).mean() == pytest.approx(0.08, abs=1e-4)
    assert np.ptp(levelled - margins) < 1e-9
    assert shift_to_rate(margins + 3, 0.08) == pytest.approx(levelled, abs=1e-3)


def test_a_recipe_with_an_unknown_name_is_refused(trees: BoostedTrees) -> None:
    with pytest.raises(SearchError, match="no num_leafs"):
        with_recipe(trees, {"num_leafs": 3})


def test_a_search_inside_the_folds_learns_nothing_from_shuffled_outcomes(
    table: FeatureTable, trees: BoostedTrees, tmp_path: Path
) -> None:
    shuffled = np.random.default_rng(0).permutation(table.is_default)
    found: list[TrialRecord] = []
    learner = SearchedTrees(
        trees,
        SearchOptions(trials=4, folds=2, objective="auc"),
        tmp_path,
        "invented",
        lambda best, tried: found.append(best),
    )
    scores = out_of_fold(learner, table.labelled, shuffled, 3, 0)
    assert len(found) == len(list(tmp_path.glob("*.jsonl"))) == 3
    aucs = [
        roc_auc_score(shuffled[scores.fold == k], scores.margins[scores.fold == k])
        for k in range(3)
    ]
    assert np.mean(aucs) == pytest.approx(0.5, abs=0.06)


def test_folds_with_recipes_of_different_levels_can_be_judged_together(
    table: FeatureTable, trees: BoostedTrees
) -> None:
    rows = (table.labelled, table.is_default, 0)
    natural, weighted = (
        LevelledTrees(each, folds=3).fit(*rows).margins(table.unlabelled)
        for each in (trees, replace(trees, default_weight=12.0))
    )
    assert natural.mean() == pytest.approx(weighted.mean(), abs=0.2)


def test_ctrl_c_keeps_the_trials_and_resume_goes_on_with_them(
    training_warehouse: SyntheticWarehouse, tmp_path: Path
) -> None:
    training_warehouse.fill()
    settings = training_warehouse.environment
    folder = tmp_path / "search" / "x"
    trials = folder / "trials.jsonl"
    arguments = ("training", "search", "--name", "x", "--runs-dir", str(tmp_path))
    process = subprocess.Popen(
        [sys.executable, "-m", *arguments, "--folds", "2"],
        cwd=ROOT,
        env={**os.environ, **settings},
        stdout=subprocess.PIPE,
        text=True,
    )
    wait_until(lambda: trials.exists() and trials.read_text().count("\n") > 3, "trials")
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "--resume" in said
    kept = trials.read_text().splitlines()
    again = SearchFolder(folder, SearchOptions(folds=2).subject("any data"))
    with pytest.raises(SearchError, match="Add --resume"):
        again.store(resume=False)
    one_more = ("--folds", "2", "--resume", "--trials", str(len(kept) - 1))
    must_run(*arguments, *one_more, **settings)
    now = trials.read_text().splitlines()
    assert now[: len(kept)] == kept
    assert len(now) == len(kept) + 1
    history = json.loads((folder / "search.json").read_text())
    assert history["ended_by"] == "trials"
    best = json.loads((folder / "best.json").read_text())
    with_recipe(BoostedTrees(), best["parameters"])
    assert best["constraints"] == list(default_recipe(400).constraints)
