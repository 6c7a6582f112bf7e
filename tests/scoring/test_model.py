from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import scoring
from scoring import Booster, Score, ScoringModel
from scoring.lightgbm_library import Prediction, Trees
from tests.scoring.synthetic import FEATURES, Row


def test_golden_rows_get_their_expected_scores(
    model: ScoringModel, synthetic_model_dir: Path
) -> None:
    rows = json.loads((synthetic_model_dir / "golden.json").read_text())["rows"]
    assert len(rows) >= 20
    for row in rows:
        score, expected = model.score(row["features"]), row["expected"]
        assert score.probability == pytest.approx(expected["probability"], abs=1e-12)
        assert score.points == expected["points"]
        assert score.decision == expected["decision"]


def test_a_client_of_whom_nothing_is_known_gets_an_answer(model: ScoringModel) -> None:
    score = model.score({feature.name: None for feature in FEATURES})
    assert 0 < score.probability < 1
    assert score.decision in ("grant", "review", "refuse")


def test_an_unknown_category_is_answered_as_a_missing_one(
    model: ScoringModel, clients: list[Row]
) -> None:
    for row in clients[:50]:
        unknown = model.score(row | {"application_income_type": "Businessman"})
        missing = model.score(row | {"application_income_type": None})
        assert unknown.probability == missing.probability


def test_without_explanation_the_score_is_the_same(
    model: ScoringModel, clients: list[Row]
) -> None:
    for row in clients[:100]:
        explained, plain = model.score(row), model.score(row, explain=False)
        assert plain.probability == explained.probability
        assert plain.unrounded_points == explained.unrounded_points
        assert (plain.contributions, plain.reasons) == ((), ())


def test_many_at_once_get_what_each_gets_alone(
    model: ScoringModel, clients: list[Row]
) -> None:
    for explain in (False, True):
        alone = [model.score(row, explain=explain) for row in clients]
        assert model.score_many(clients, explain=explain) == alone
        assert model.score_many([], explain=explain) == []


def test_threads_get_what_one_thread_gets(
    model: ScoringModel, clients: list[Row]
) -> None:
    alone = [model.score(row) for row in clients]

    def again(_: int) -> list[Score]:
        return [model.score(row) for row in clients]

    with ThreadPoolExecutor(8) as pool:
        for together in pool.map(again, range(8)):
            assert together == alone


@pytest.fixture
def predictions(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, Prediction]]:
    """Of how many rows, and what, the trees predict in this test."""
    predict = Trees.predict
    seen: list[tuple[int, Prediction]] = []

    def watched(
        self: Trees, matrix: NDArray[np.float32], what: Prediction
    ) -> NDArray[np.float64]:
        seen.append((len(matrix), what))
        return predict(self, matrix, what)

    monkeypatch.setattr(Trees, "predict", watched)
    return seen


def test_the_trees_are_measured_before_threads_share_them(
    synthetic_model_dir: Path, predictions: list[tuple[int, Prediction]]
) -> None:
    Booster((synthetic_model_dir / "model.txt").read_text())
    assert predictions == [(1, Prediction.CONTRIBUTIONS)]


def test_what_many_ask_at_once_is_scored_in_one_call(
    model: ScoringModel,
    clients: list[Row],
    predictions: list[tuple[int, Prediction]],
) -> None:
    model.score_many(clients, explain=True)
    # SHAP values, themes and features together, other features where one misled.
    assert len(predictions) <= 3
    assert sum(rows for rows, _ in predictions) > 3 * len(clients)


def test_rating_and_decision_follow_from_points_and_probability(
    model: ScoringModel, clients: list[Row]
) -> None:
    low, high = model.review_band
    for score in model.score_many(clients):
        band = next(band for band in model.ratings if band.name == score.rating)
        assert band.min_points is None or score.points >= band.min_points
        assert (score.decision == "grant") == (score.probability < low)
        assert (score.decision == "refuse") == (score.probability >= high)


def test_the_public_manifest_is_json_and_keeps_the_inner_parts(
    model: ScoringModel,
) -> None:
    public = model.public_manifest()
    assert json.loads(json.dumps(public)) == public
    assert public["version"] == model.version
    assert {"metrics", "cost_matrix", "threshold", "review_band"} <= public.keys()
    assert {"ratings", "themes", "features", "created_at"} <= public.keys()
    assert not {"calibrator", "library_versions", "training"} & public.keys()


def test_every_public_name_exists() -> None:
    for name in scoring.__all__:
        assert hasattr(scoring, name)


def test_scoring_needs_neither_a_database_nor_what_only_training_needs(
    synthetic_model_dir: Path,
) -> None:
    program = (
        "import pathlib, sys, scoring\n"
        "model = scoring.load_model(pathlib.Path(sys.argv[1]))\n"
        "model.score(dict.fromkeys(model.feature_names))\n"
        "unwanted = {'psycopg2', 'fastapi', 'httpx', 'database', 'training'}\n"
        "unwanted |= {'lightgbm', 'pandas', 'scipy', 'sklearn'}\n"
        "assert not unwanted & set(sys.modules), unwanted & set(sys.modules)\n"
    )
    arguments = [sys.executable, "-c", program, str(synthetic_model_dir)]
    subprocess.run(arguments, check=True)
