"""The same road on the real tables."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.test_demo import score, start_demo, stop_with_ctrl_c
from tests.running import must_run, run_dbt, wait_until

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def real_environment(session_dir: Path) -> Iterator[dict[str, str]]:
    environment = {"WAREHOUSE_DIR": str(session_dir / "real-warehouse")}
    yield environment
    must_run("database", "remove", "--yes", **environment)


def test_the_real_sample_ends_in_an_explained_decision_of_believable_quality(
    real_environment: dict[str, str], real_data_dir: Path, tmp_path: Path
) -> None:
    log = tmp_path / "demo.log"
    models = tmp_path / "models"
    process, api, _ = start_demo(
        *(real_environment, models, log),
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
    manifest = json.loads((models / "champion" / "manifest.json").read_text())
    assert 0.68 < manifest["metrics"]["auc"]["value"] < 0.81


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
