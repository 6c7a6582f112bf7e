"""The commands that look at a trained model from outside."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scoring import Category
from tests.running import must_run, run_module
from tests.scoring.synthetic import FEATURES
from tests.training.synthetic_warehouse import SyntheticWarehouse
from training.data.person_years import read_person_years
from training.data.population import aligned
from training.errors import FeatureTableError


@pytest.fixture(scope="module")
def folders(
    training_warehouse: SyntheticWarehouse, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Audit and train, in this order, on the same invented clients."""
    training_warehouse.fill()
    folder = tmp_path_factory.mktemp("drift")
    quick = {"max_rounds": 15, "min_rounds": 5, "patience": 3}
    parameters = folder / "parameters.json"
    recipe = {
        "origin": "a test",
        "constraints": ["delay", "external_score"],
        "parameters": quick,
    }
    parameters.write_text(json.dumps(recipe))
    plan = ("--folds", "2", "--seeds", "0", "--parameters", str(parameters))
    plan = (*plan, "--runs-dir", str(folder / "runs"))
    must_run("training", "audit", *plan, **training_warehouse.environment)
    must_run(
        "training",
        "run",
        *(*plan, "--models-dir", str(folder / "models")),
        **training_warehouse.environment,
    )
    return folder


def test_the_report_tells_what_the_audit_found(folders: Path) -> None:
    report = folders / "models" / "champion" / "report"
    document = json.loads((report / "report.json").read_text())
    found = document["fairness"]["mitigations"]
    assert found["data_fingerprint"] == document["data_fingerprint"]
    assert not found.pop("is_other_method")
    (kept,) = (folders / "runs/audit").iterdir()
    assert found == json.loads(kept.read_text())
    page = (report / "report.html").read_text()
    for words in ("The price of fairness", "Reweighed by gender", "Venn-Abers"):
        assert words in page
    assert "python -m training audit" not in page


def test_drift_ends_with_4_and_names_what_moved(
    folders: Path, training_warehouse: SyntheticWarehouse
) -> None:
    arguments = ("drift", "--models-dir", str(folders / "models"))
    environment = training_warehouse.environment
    before = run_module("training", *arguments, **environment)
    assert before.returncode != 4, before.stdout + before.stderr
    assert "0 to be acted upon" in before.stdout
    training_warehouse.execute(
        "update features.client_features "
        "set application_credit_amount = 3 * application_credit_amount"
    )
    out = folders / "drift.json"
    after = run_module("training", *arguments, "--out", str(out), **environment)
    assert after.returncode == 4, after.stdout + after.stderr
    found = json.loads(out.read_text())
    assert found["features"][0]["name"] == "application_credit_amount"
    assert "application_credit_amount" in after.stdout
    assert found["clients"] == 100
    assert (found["absent"], found["new"]) == ([], [])


def test_without_a_champion_drift_says_what_to_do(tmp_path: Path) -> None:
    finished = run_module("training", "drift", "--models-dir", str(tmp_path))
    assert finished.returncode == 1
    assert "python -m training run" in " ".join(finished.stderr.split())
    assert "Traceback" not in finished.stderr


def test_years_follow_the_clients_and_an_absent_client_is_told(
    training_warehouse: SyntheticWarehouse, folders: Path
) -> None:
    with training_warehouse.connection("trainer") as connection:
        with connection.cursor() as cursor:
            cursor.execute("select client_id from marts.dim_client order by random()")
            ids = np.array([row[0] for row in cursor.fetchall()])
        connection.rollback()
        years = read_person_years(connection, ids)
        assert years[:, 1].tolist() == ids.tolist()
        assert np.isnan(years[:, 3]).all()
        with pytest.raises(FeatureTableError, match="1 clients"):
            read_person_years(connection, np.array([-1]))


def test_columns_and_codes_are_put_in_the_model_s_order() -> None:
    number = next(f for f in FEATURES if not f.categories)
    codes = next(f for f in FEATURES if f.categories)
    first, second, *_ = codes.categories
    present = (replace(codes, categories=(second, Category("New", "", ""))), number)
    wanted = (number, replace(codes, categories=(first, second)), FEATURES[-1])
    matrix = np.array([[0, 7], [1, 8], [np.nan, 9]], np.float32)
    found = aligned(matrix, present, wanted)
    assert found[:, 0].tolist() == [7, 8, 9]
    assert found[0, 1] == 1
    assert np.isnan(found[1:, 1]).all()
    assert np.isnan(found[:, 2]).all()
