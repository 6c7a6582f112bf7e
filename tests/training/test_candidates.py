"""The candidates' table: one protocol, paired, resumable."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
from markupsafe import escape
from rich.console import Console

from scoring import CostMatrix, probability_of
from tests.scoring.synthetic import FEATURES
from tests.training.synthetic_warehouse import SyntheticWarehouse
from training.candidates.document import candidates_table
from training.candidates.figures import calibration_slope, recalibrated_probability
from training.candidates.measurement import Measurement
from training.candidates.roster import LABELS, REFERENCE, roster
from training.candidates.run import newest_table, run_candidates
from training.commands.candidates import candidates
from training.errors import FeatureTableError, TrainingError
from training.evaluation.calibration import fit_platt_line
from training.learners import BoostedTrees
from training.options import TrainingOptions
from training.progress import Progress
from training.report.page import render_report
from training.report.sections import TECHNICAL_PART

COSTS = CostMatrix()
TREES = BoostedTrees(tuple(i for i, f in enumerate(FEATURES) if f.categories))


def measurement(
    margins: np.ndarray, is_default: np.ndarray, gain: np.ndarray | None = None
) -> Measurement:
    importance = np.zeros(4) if gain is None else gain
    fold = np.empty(margins.size, dtype=np.intp)
    for outcome in (True, False):
        fold[is_default == outcome] = np.arange((is_default == outcome).sum()) % 5
    return Measurement(margins, fold, np.ones(5), importance, importance)


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """Compare log-odds with the same ones where defaults are twenty times as many."""
    rng = np.random.default_rng(0)
    true = rng.normal(-2.6, 1.0, 800)
    is_default = rng.random(800) < probability_of(true)
    log_odds = [true + rng.normal(0, 0.3, 800) for _ in range(2)]
    gain = np.arange(4.0)
    measured = {
        REFERENCE: [measurement(one, is_default, gain) for one in log_odds],
        "lightgbm-imputed": [measurement(one, is_default, gain) for one in log_odds],
        "lightgbm-smote": [
            measurement(one + 3.0, is_default, gain[::-1]) for one in log_odds
        ],
        "lightgbm-under-sampling": [
            measurement(log_odds[0], is_default, gain),
            measurement(log_odds[1], is_default),
        ],
        "dummy": [measurement(np.full(800, -2.6), is_default) for _ in log_odds],
    }
    return candidates_table(measured, is_default, COSTS)


def row(document: dict[str, Any], name: str) -> dict[str, Any]:
    return next(row for row in document["candidates"] if row["name"] == name)


def test_rows_stand_in_the_roster_s_order(document: dict[str, Any]) -> None:
    names = [row["name"] for row in document["candidates"]]
    assert names == [name for name in LABELS if name in names]


def test_trees_that_split_with_one_seed_only_have_no_ranks_to_compare(
    document: dict[str, Any],
) -> None:
    assert row(document, "lightgbm-under-sampling")["importance_correlation"] is None
    json.dumps(document, allow_nan=False)


def test_a_shift_of_all_log_odds_is_undone_by_recalibration(
    document: dict[str, Any],
) -> None:
    smote = row(document, "lightgbm-smote")
    for name, figure in smote["recalibrated"].items():
        assert figure["difference"]["value"] == pytest.approx(0, abs=1e-6), name
    reference = row(document, REFERENCE)
    assert smote["raw"]["auc"]["value"] == reference["raw"]["auc"]["value"]
    assert smote["raw"]["cost_per_client"]["difference"]["low"] > 0
    assert smote["raw"]["optimal_threshold"]["low"] > COSTS.threshold
    assert smote["raw"]["mean_probability"]["value"] > 0.4
    verdict = document["synthetic"]["lightgbm-smote"]
    assert (verdict["ranking"], verdict["cost"]) == ("same", "same")
    assert verdict["raw_cost"] == "worse"


def test_the_reference_differs_from_itself_by_nothing(
    document: dict[str, Any],
) -> None:
    for figure in row(document, REFERENCE)["recalibrated"].values():
        assert set(figure["difference"].values()) == {0.0}


def test_one_who_knows_nothing_has_no_slope_and_half_an_area(
    document: dict[str, Any],
) -> None:
    dummy = row(document, "dummy")
    assert dummy["recalibrated"]["calibration_slope"] is None
    assert dummy["raw"]["auc"]["value"] == pytest.approx(0.5)
    assert dummy["importance_correlation"] is None


def test_importances_are_compared_by_rank(document: dict[str, Any]) -> None:
    of = {
        name: row(document, name)["importance_correlation"]["gain"]
        for name in (REFERENCE, "lightgbm-smote")
    }
    assert of == {REFERENCE: pytest.approx(1), "lightgbm-smote": pytest.approx(-1)}
    assert document["importance_noise"]["gain"] == pytest.approx(1)


def page_of(document: dict[str, Any]) -> str:
    """Render the candidates' section in a page that holds nothing else."""
    figure = {"value": 0.5, "low": 0.4, "high": 0.6}
    policy = {
        "extra_cost_per_client_share": figure,
        "recall": 0.5,
        "refused_share": 0.2,
    }
    rest = {
        "version": "invented",
        "feature_count": 4,
        "training": {
            "rows": {"labelled": 800, "defaults": 74},
            "origin": {"is_invented": False},
        },
        "metrics": {"auc": figure},
        "money": {"policies": [{"name": n} | policy for n in ("business", "everyone")]},
        "expected_calibration_error": 0.01,
    }
    section = next(s for s in TECHNICAL_PART if s.name == "candidates")
    return render_report(rest | {"candidates": document}, (), (section,))


def test_the_report_says_of_smote_what_was_measured(document: dict[str, Any]) -> None:
    told = {
        "options": TrainingOptions().to_dict(),
        "rows": {"development": 800, "defaults": 74},
        "left_out": {},
    }
    page = page_of(document | told)
    for sentence in (
        "Aucune différence n'est démontrée",
        "no money that could be shown",
        "LightGBM, SMOTE",
    ):
        assert escape(sentence) in page
    worse = {"ranking": "worse", "cost": "worse"}
    verdict = document["synthetic"]["lightgbm-smote"] | worse
    page = page_of(document | told | {"synthetic": {"lightgbm-smote": verdict}})
    assert "It ranks worse" in page and "it costs more than the reference" in page


def test_the_document_is_json(document: dict[str, Any]) -> None:
    json.dumps(document, allow_nan=False)


def test_the_slope_of_a_replicate_is_that_of_its_clients_drawn_again() -> None:
    rng = np.random.default_rng(1)
    log_odds = rng.normal(-2, 1, 400)
    is_default = rng.random(400) < probability_of(0.5 * log_odds)
    weights = rng.integers(0, 4, (3, 400)).astype(np.float64)
    found = calibration_slope(is_default, probability_of(log_odds))(weights)
    expected = [fit_platt_line(log_odds, is_default, one).slope for one in weights]
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_an_unknown_candidate_is_named_with_those_there_are() -> None:
    with pytest.raises(TrainingError, match=r"called boost\. There are dummy, "):
        roster(FEATURES, TREES, COSTS, only=["dummy", "boost"])


def test_the_reference_comes_with_whoever_is_asked_for() -> None:
    assert set(roster(FEATURES, TREES, COSTS, ["dummy"]).learners) == {
        "dummy",
        REFERENCE,
    }


def test_a_candidate_that_the_data_do_not_allow_is_left_out_and_says_why() -> None:
    everyone = roster(FEATURES, TREES, COSTS)
    assert set(everyone.left_out) == {"lightgbm-peers"}
    assert "application_occupation" in everyone.left_out["lightgbm-peers"]
    with pytest.raises(FeatureTableError, match="application_occupation"):
        roster(FEATURES, TREES, COSTS, ["lightgbm-peers"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"folds": 1}, "at least 2 folds"),
        ({"seeds": ()}, "one seed"),
        ({"seeds": (0, -1)}, "negative"),
        ({"seeds": (0, 0)}, "only once"),
        ({"false_positive_cost": 0.0}, "false_positive_cost"),
    ],
)
def test_candidates_refuse_options_out_of_range(
    options: dict[str, Any], message: str
) -> None:
    with pytest.raises(TrainingError, match=message):
        TrainingOptions(**options)


def test_what_was_measured_is_not_measured_again(
    filled: SyntheticWarehouse, tmp_path: Path
) -> None:
    said = io.StringIO()
    progress = Progress(Console(file=said, width=200))
    with filled.connection("trainer") as connection:
        for only in (("dummy",), ("dummy", "forest")):
            options = TrainingOptions(folds=2, seeds=(0,))
            document, path = run_candidates(
                connection, options, tmp_path, progress, only
            )
    kept = [
        line.split(",")[0].strip()
        for line in said.getvalue().splitlines()
        if "kept from before" in line
    ]
    assert kept == ["dummy", REFERENCE]
    assert json.loads(path.read_text()) == document
    assert document["rows"]["development"] + document["rows"]["held_out"] == 600
    data, method = document["data_fingerprint"], document["method"]
    assert newest_table(tmp_path, data, method) == document | {"is_other_method": False}
    assert newest_table(tmp_path, data, "other trees") == document | {
        "is_other_method": True
    }
    assert newest_table(tmp_path, "of other data", method) is None


def test_no_client_is_named_in_what_the_candidates_leave(
    filled: SyntheticWarehouse, tmp_path: Path
) -> None:
    with filled.connection("trainer") as connection:
        _, path = run_candidates(
            connection,
            TrainingOptions(folds=2, seeds=(0,)),
            tmp_path,
            Progress(Console(file=io.StringIO())),
            ("dummy",),
        )
    longest = max(len(part) for part in lists_of(json.loads(path.read_text())))
    assert longest < 20


def lists_of(value: Any) -> list[list[Any]]:
    if isinstance(value, dict):
        return [part for item in value.values() for part in lists_of(item)]
    if isinstance(value, list):
        return [value, *(part for item in value for part in lists_of(item))]
    return []


def test_the_command_refuses_seeds_that_are_no_numbers(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(typer.Exit):
        candidates(seeds="0,one")
    assert "'0,one'" in capsys.readouterr().err


def test_no_outcome_helps_to_recalibrate_its_own_fold() -> None:
    rng = np.random.default_rng(0)
    margins = rng.normal(-2, 1, 300)
    is_default = rng.random(300) < probability_of(margins)
    found = measurement(margins, is_default)
    turned = np.where(found.fold == 2, ~is_default, is_default)
    one, other = (recalibrated_probability(found, y) for y in (is_default, turned))
    assert ((one == other) == (found.fold == 2)).all()
