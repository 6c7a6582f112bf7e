"""A small warehouse for the tests that break it, and invented tables in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scoring import FeatureEncoder
from tests.running import must_run
from tests.scoring.synthetic import FEATURES, THEMES, make_clients
from tests.training.synthetic_warehouse import SyntheticWarehouse
from training.data.feature_table import FeatureTable


@pytest.fixture(scope="session")
def training_warehouse(session_dir: Path) -> Iterator[SyntheticWarehouse]:
    warehouse = SyntheticWarehouse(session_dir / "training-warehouse")
    must_run("database", "start", **warehouse.environment)
    yield warehouse
    must_run("database", "stop", **warehouse.environment)


@pytest.fixture
def filled(training_warehouse: SyntheticWarehouse) -> SyntheticWarehouse:
    training_warehouse.fill()
    return training_warehouse


@pytest.fixture(scope="session")
def table() -> FeatureTable:
    """Invented clients as training holds them in memory."""
    rows, is_default = make_clients(1300, seed=5)
    labelled = 1000
    return FeatureTable(
        features=tuple(replace(f, typical=None) for f in FEATURES),
        themes=THEMES,
        matrix=FeatureEncoder(FEATURES).encode_many(rows),
        client_ids=np.arange(1300, dtype=np.int64),
        is_default=is_default[:labelled],
        genders=np.array(["F", "M", None, "F"] * 250, dtype=np.object_),
        ages=np.array([float(row["application_age_years"] or "nan") for row in rows])[  # type: ignore[arg-type]
            :labelled
        ],
        fingerprint="invented",
    )
