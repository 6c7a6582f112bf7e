"""The same road on the real tables."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from psycopg2.extras import RealDictCursor

from database import connect
from scoring import ScoringModel, load_model
from tests.end_to_end.test_demo import score, start_demo, stop_with_ctrl_c
from tests.running import dbt_target, must_run, run_dbt, wait_until

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def real_environment(session_dir: Path) -> Iterator[dict[str, str]]:
    directory = session_dir / "real-warehouse"
    # The demo's dbt and that of the tests read the project once between them.
    target = {"DBT_TARGET_PATH": str(dbt_target(directory))}
    environment = {"WAREHOUSE_DIR": str(directory)} | target
    yield environment
    must_run("database", "remove", "--yes", **environment)


@pytest.fixture(scope="module")
def real_models(session_dir: Path) -> Path:
    """Where the first test trains."""
    return session_dir / "real-models"


@pytest.fixture
def champion(real_models: Path) -> ScoringModel:
    return load_model(real_models / "champion")


@pytest.fixture
def real_rows(
    real_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> list[dict[str, object]]:
    """Feature rows of some clients, keys included."""
    must_run("database", "start", **real_environment)
    for name, value in real_environment.items():
        monkeypatch.setenv(name, value)
    with closing(connect("trainer", read_only=True)) as connection:
        cursor = connection.cursor(cursor_factory=RealDictCursor)
        cursor.execute("select * from features.client_features limit 500")
        return [dict(row) for row in cursor.fetchall()]


def inputs(
    model: ScoringModel, rows: list[dict[str, object]], changed: Mapping[str, object]
) -> list[dict[str, object]]:
    return [{name: row[name] for name in model.feature_names} | changed for row in rows]


def test_the_real_sample_ends_in_an_explained_decision_of_believable_quality(
    real_environment: dict[str, str],
    real_data_dir: Path,
    real_models: Path,
    tmp_path: Path,
) -> None:
    log = tmp_path / "demo.log"
    process, api, _ = start_demo(
        *(real_environment, real_models, log),
        *("--data", str(real_data_dir / "home-credit-sample.zip")),
    )
    try:
        wait_until(
            lambda: process.poll() is not None or "Ctrl-C" in log.read_text(),
            "the demo's last line",
            seconds=500,
        )
        assert process.poll() is None, log.read_text()
        answer = score(api, real_environment, 100002)
    finally:
        stop_with_ctrl_c(process)

    assert answer["reasons"]
    manifest = json.loads((real_models / "champion" / "manifest.json").read_text())
    assert 0.68 < manifest["metrics"]["auc"]["value"] < 0.81


def test_a_score_depends_neither_on_other_rows_nor_on_the_clients_number(
    champion: ScoringModel, real_rows: list[dict[str, object]]
) -> None:
    assert "client_id" not in champion.feature_names
    rows = inputs(champion, real_rows, {})
    mixed = np.random.default_rng(0).permutation(len(rows))
    np.testing.assert_array_equal(
        champion.margins([rows[place] for place in mixed]),
        champion.margins(rows)[mixed],
    )


def test_better_scores_of_other_agencies_make_a_better_score(
    champion: ScoringModel, real_rows: list[dict[str, object]]
) -> None:
    names = [
        name
        for name in champion.feature_names
        if re.fullmatch(r"application_external_score_(\d|mean|min|max)", name)
    ]
    assert len(names) >= 4
    poor, good = (
        champion.margins(inputs(champion, real_rows, dict.fromkeys(names, value)))
        for value in (0.2, 0.7)
    )
    assert (good < poor).mean() >= 0.99


def test_the_same_files_again_give_no_other_model(
    real_environment: dict[str, str],
    real_data_dir: Path,
    real_models: Path,
    real_rows: list[dict[str, object]],
) -> None:
    archive = real_data_dir / "home-credit-sample.zip"
    must_run("ingestion", "load", str(archive), **real_environment)
    # As the demo trained.
    options = ("--if-changed", "--seeds", "0", "--models-dir", str(real_models))
    output = must_run("training", "run", *options, **real_environment)
    assert "unchanged" in output


def test_a_source_with_four_of_the_files_missing_is_built_as_well(
    real_environment: dict[str, str], real_data_dir: Path
) -> None:
    must_run("database", "start", **real_environment)
    archive = real_data_dir / "home-credit-bureau.zip"
    must_run("ingestion", "load", str(archive), **real_environment)

    finished = run_dbt(
        "build", "--exclude-resource-type", "unit_test", **real_environment
    )

    assert finished.returncode == 0, finished.stdout[-8000:]
    question = "select count(*), count(is_default) from marts.dim_client"
    counted = must_run("database", "psql", "--", "-tAc", question, **real_environment)
    assert counted.strip() == "6000|6000"
