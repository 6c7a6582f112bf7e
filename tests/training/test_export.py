"""The classifier for notebooks: it scores as serving does, or it is not written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
import skops.io
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.base import clone, is_classifier
from sklearn.utils.validation import check_is_fitted
from typer.testing import CliRunner

from scoring import FeatureRowError, ScoringModel, load_model
from tests.scoring.synthetic import FEATURES, golden_rows, make_artefact, make_clients
from training.__main__ import app
from training.errors import ExportError
from training.registry.estimator import CreditScoringClassifier
from training.registry.export import TRUSTED, Format, estimator_of, write_estimator

VERSION = "20260101T000000Z-synthetic"
NUMBER = st.none() | st.floats(allow_nan=False, allow_infinity=True) | st.integers()
ROW = st.fixed_dictionaries(
    {
        feature.name: st.sampled_from(
            [None, "Working", "Pensioner", "State servant", "of another country"]
        )
        if feature.categories
        else NUMBER
        for feature in FEATURES
    }
)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    models = tmp_path_factory.mktemp("models")
    make_artefact(models, clients=400, version=VERSION)
    return models


@pytest.fixture(scope="module")
def model(models: Path) -> ScoringModel:
    return load_model(models / VERSION)


@pytest.fixture(scope="module")
def estimator(models: Path) -> CreditScoringClassifier:
    return estimator_of(models / VERSION)


def served(model: ScoringModel, rows: list[dict[str, Any]]) -> list[float]:
    return [score.probability for score in model.score_many(rows)]


def test_golden_rows_get_the_very_probabilities_of_serving(
    model: ScoringModel, estimator: CreditScoringClassifier
) -> None:
    rows = golden_rows(0)
    frame = pd.DataFrame(rows)[list(reversed(estimator.feature_names_in_))]
    probability = estimator.predict_proba(frame)
    assert probability[:, 1].tolist() == served(model, rows)
    assert probability.sum(axis=1) == pytest.approx(1)
    decided = estimator.predict(frame)
    assert (decided == (probability[:, 1] >= model.threshold)).all()


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(row=ROW)
def test_any_row_gets_the_very_probability_of_serving(
    model: ScoringModel, estimator: CreditScoringClassifier, row: dict[str, Any]
) -> None:
    matrix = [[row[name] for name in estimator.feature_names_in_]]
    assert estimator.predict_proba(matrix)[:, 1].tolist() == served(model, [row])


@pytest.mark.parametrize("form", ["skops", "joblib"])
def test_what_is_written_scores_alike_after_reading(
    models: Path, model: ScoringModel, tmp_path: Path, form: Format
) -> None:
    path = tmp_path / f"model.{form}"
    write_estimator(models / VERSION, path, form)
    read = (
        skops.io.load(path, trusted=TRUSTED) if form == "skops" else joblib.load(path)
    )
    rows, _ = make_clients(40, seed=9)
    assert read.predict_proba(pd.DataFrame(rows))[:, 1].tolist() == served(model, rows)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_skops_asks_for_trust_in_our_class_alone(models: Path, tmp_path: Path) -> None:
    path = tmp_path / "model.skops"
    write_estimator(models / VERSION, path, "skops")
    assert skops.io.get_untrusted_types(file=path) == TRUSTED


def test_an_export_that_scores_otherwise_is_not_written(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other(self: CreditScoringClassifier, rows: Any) -> np.ndarray:
        return np.full((len(rows), 2), 0.5)

    monkeypatch.setattr(CreditScoringClassifier, "predict_proba", other)
    with pytest.raises(ExportError, match="scores otherwise"):
        write_estimator(models / VERSION, tmp_path / "model.skops", "skops")
    assert list(tmp_path.iterdir()) == []


def test_scikit_learn_takes_it_for_a_fitted_classifier(
    estimator: CreditScoringClassifier,
) -> None:
    check_is_fitted(estimator)
    assert is_classifier(estimator)
    assert estimator.classes_.tolist() == [0, 1]
    assert estimator.n_features_in_ == len(estimator.feature_names_in_) == 12
    assert clone(estimator).get_params() == estimator.get_params()
    rows, is_default = make_clients(200, seed=2)
    assert 0 <= estimator.score(pd.DataFrame(rows), is_default) <= 1


def test_a_table_without_a_feature_is_refused_by_name(
    estimator: CreditScoringClassifier,
) -> None:
    frame = pd.DataFrame(golden_rows(0)).drop(columns="application_credit_amount")
    with pytest.raises(FeatureRowError, match="application_credit_amount"):
        estimator.predict_proba(frame)
    with pytest.raises(FeatureRowError, match="12 columns"):
        estimator.predict_proba(np.zeros((3, 4)))


def test_the_command_says_how_to_read_what_it_wrote(models: Path) -> None:
    folder = ("--models-dir", str(models))
    command = CliRunner()
    written = command.invoke(app, ["export", VERSION, *folder])
    assert "skops.io.load(" in written.stdout
    assert (models / f"{VERSION}.skops").exists()
    nobody = command.invoke(app, ["export", *folder])
    assert nobody.exit_code == 1
    assert "no champion" in nobody.stderr


def test_without_mlflow_its_export_says_so(models: Path) -> None:
    arguments = ["export-mlflow", VERSION, "--models-dir", str(models)]
    finished = CliRunner().invoke(app, arguments)
    assert finished.exit_code == 1
    assert "mlflow is not installed" in finished.stderr
