"""A model of invented clients, made once for the tests of scoring."""

from __future__ import annotations

from pathlib import Path

import pytest

from scoring import ScoringModel, load_model
from tests.scoring.synthetic import Row, make_artefact, make_clients


@pytest.fixture(scope="session")
def synthetic_model_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_artefact(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="session")
def model(synthetic_model_dir: Path) -> ScoringModel:
    return load_model(synthetic_model_dir)


@pytest.fixture(scope="session")
def bent_model(tmp_path_factory: pytest.TempPathFactory) -> ScoringModel:
    """A model whose calibrator is no straight line."""
    knots = ((-4.0, -3.5), (-2.5, -2.6), (-1.5, -1.9), (0.0, 0.4))
    directory = tmp_path_factory.mktemp("bent")
    return load_model(make_artefact(directory, knots=knots))


@pytest.fixture(scope="session")
def clients() -> list[Row]:
    return make_clients(400, seed=99)[0]
