from __future__ import annotations

import json
from pathlib import Path

import psycopg2
import pytest
import typer
from rich.console import Console

from scoring import load_model
from tests.running import must_run, run_module
from tests.training.synthetic_warehouse import SyntheticWarehouse
from training.commands.errors import one_line_errors
from training.errors import TrainingError
from training.options import TrainingOptions
from training.progress import Progress
from training.registry.runs import OUT_OF_FOLD_FILE, read_out_of_fold
from training.registry.versions import ModelRegistry
from training.runs.run import run_training
from training.validation.protocol import split_held_out


@pytest.fixture(scope="module")
def trained(
    training_warehouse: SyntheticWarehouse, tmp_path_factory: pytest.TempPathFactory
) -> tuple[SyntheticWarehouse, Path, str]:
    training_warehouse.fill()
    models = tmp_path_factory.mktemp("models")
    output = must_run(
        "training",
        "run",
        *("--folds", "3", *folders(models)),
        **training_warehouse.environment,
    )
    return training_warehouse, models, output


def folders(models: Path) -> list[str]:
    runs = models.with_name(f"{models.name}-runs")
    return ["--seeds", "0", "--models-dir", str(models), "--runs-dir", str(runs)]


def again(
    warehouse: SyntheticWarehouse, models: Path, *options: str
) -> tuple[str, set[str]]:
    output = must_run(
        "training",
        "run",
        *("--if-changed", *folders(models), *options),
        **warehouse.environment,
    )
    return output, {path.name for path in models.iterdir()}


def test_every_step_says_how_long_it_took(
    trained: tuple[SyntheticWarehouse, Path, str],
) -> None:
    lines = trained[2].splitlines()
    for step in ("Reading", "Cross-validating", "Calibrating", "Training", "Writing"):
        assert any(step in line and " s " in line for line in lines), step


def test_the_new_model_is_the_champion_and_loads(
    trained: tuple[SyntheticWarehouse, Path, str],
) -> None:
    _, models, _ = trained
    model = load_model(models / "champion")
    assert (models / "champion").readlink().name == model.version
    assert model.manifest.training["rows"]["labelled"] == 600
    assert model.version[:8].isdigit()


def test_the_report_is_one_page_and_one_document(
    trained: tuple[SyntheticWarehouse, Path, str],
) -> None:
    report = trained[1] / "champion" / "report"
    document = json.loads((report / "report.json").read_text())
    page = (report / "report.html").read_text()
    assert {"metrics", "money", "deciles", "fairness", "ratings"} <= document.keys()
    assert "<svg" in page
    for outside in ('src="http', 'href="http', "<script", "url(http"):
        assert outside not in page
    assert page.count("Seuil métier") >= 1 <= page.count("Business threshold")


def test_a_run_is_kept_with_all_that_repeats_and_judges_it(
    trained: tuple[SyntheticWarehouse, Path, str],
) -> None:
    _, models, _ = trained
    version = (models / "champion").readlink().name
    run = Path(folders(models)[-1]) / version
    assert {path.name for path in run.iterdir()} == {
        "run.json",
        "parameters.json",
        "metrics.json",
        "environment.json",
        "report.json",
        "report.html",
        "model_card.md",
        OUT_OF_FOLD_FILE,
    }
    rows = read_out_of_fold(run.parent, version)
    told = json.loads((run / "run.json").read_text())
    assert (
        told["data_fingerprint"]
        == load_model(models / "champion").manifest.data_fingerprint
    )
    assert rows.client_ids.size == told["rows"]["development"] < 600
    assert not split_held_out(rows.client_ids).any()


def test_the_model_card_says_what_the_model_is_not_for_in_both_languages(
    trained: tuple[SyntheticWarehouse, Path, str],
) -> None:
    card = (trained[1] / "champion" / "report" / "model_card.md").read_text()
    for heading in ("Not for", "N'est pas fait pour", "Limits", "Équité", "Fairness"):
        assert f"## {heading}\n" in card, heading
    assert "reading no. 1 of these clients" in card


def test_no_client_is_in_the_artefact_or_the_report(
    trained: tuple[SyntheticWarehouse, Path, str],
) -> None:
    _, models, _ = trained
    golden = json.loads((models / "champion" / "golden.json").read_text())
    warehouse = trained[0]
    with warehouse.connection("trainer") as connection, connection.cursor() as cursor:
        cursor.execute("select application_credit_amount from features.client_features")
        amounts = {row[0] for row in cursor.fetchall()} - {None}
    told = {row["features"]["application_credit_amount"] for row in golden["rows"]}
    assert not told & amounts


def test_nothing_changed_means_no_new_training(
    trained: tuple[SyntheticWarehouse, Path, str],
) -> None:
    warehouse, models, _ = trained
    before = {path.name for path in models.iterdir()}
    output, after = again(warehouse, models, "--folds", "3")
    assert "unchanged" in output
    assert after == before


def test_another_option_means_a_new_training(
    trained: tuple[SyntheticWarehouse, Path, str],
) -> None:
    warehouse, models, _ = trained
    before = {path.name for path in models.iterdir()}
    champion = (models / "champion").readlink().name
    output, after = again(
        warehouse,
        models,
        *("--folds", "3", "--false-negative-cost", "5", "--no-promote"),
    )
    assert "unchanged" not in output
    (version,) = after - before
    assert load_model(models / version).threshold == pytest.approx(1 / 6)
    assert (models / "champion").readlink().name == champion
    output, same = again(
        warehouse, models, *("--folds", "3", "--false-negative-cost", "5")
    )
    assert f"unchanged: {version}" in output
    assert f"The champion remains {champion}" in output
    assert same == after


def test_a_run_beside_a_champion_that_does_not_verify_is_a_challenger(
    trained: tuple[SyntheticWarehouse, Path, str],
) -> None:
    warehouse, models, _ = trained
    broken = models / "champion" / "model.txt"
    whole = broken.read_text()
    broken.write_text(f"{whole}\n")
    output, _ = again(warehouse, models, "--folds", "3")
    broken.write_text(whole)
    assert "unchanged" not in output
    assert "kept as a challenger: the champion does not verify" in output


def test_a_report_that_fails_neither_loses_the_model_nor_promotes_it(
    training_warehouse: SyntheticWarehouse,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(document: object) -> str:
        raise ZeroDivisionError("no such chart")

    training_warehouse.fill()
    monkeypatch.setattr("training.runs.run.render_report", fail)
    registry = ModelRegistry(tmp_path / "models")
    with (
        training_warehouse.connection("trainer") as connection,
        pytest.raises(TrainingError, match="no such chart") as caught,
    ):
        run_training(
            connection,
            registry,
            tmp_path / "runs",
            TrainingOptions(folds=2, seeds=(0,)),
            Progress(Console(quiet=True)),
        )
    (kept,) = registry.summaries()
    assert f"python -m training promote {kept.version}" in str(caught.value)
    assert not kept.is_champion
    failure = registry.models_dir / kept.version / "report" / "failure.txt"
    assert "in fail" in failure.read_text()
    registry.promote(kept.version)
    assert load_model(registry.champion_link).version == kept.version


def test_data_that_cannot_be_trained_on_end_with_one_clear_line(
    training_warehouse: SyntheticWarehouse, tmp_path: Path
) -> None:
    training_warehouse.fill(clients=100, unlabelled=10)
    finished = run_module(
        "training",
        "run",
        *folders(tmp_path / "models"),
        **training_warehouse.environment,
    )
    assert finished.returncode == 1
    assert "too few for 5 folds" in " ".join(finished.stderr.split())
    assert "Traceback" not in finished.stderr
    assert not (tmp_path / "models").exists()


def test_a_lost_connection_is_one_line_without_the_servers_detail(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lost = psycopg2.OperationalError("connection lost\nDETAIL: row (100002, 202500)")
    with pytest.raises(typer.Exit), one_line_errors():
        raise lost
    said = capsys.readouterr().err
    assert said.startswith("training: the database broke off: connection lost.")
    assert "100002" not in said


def test_without_a_database_the_run_says_so(tmp_path: Path) -> None:
    finished = run_module(
        "training", "run", WAREHOUSE_DIR=str(tmp_path / "none"), PGHOST=""
    )
    assert finished.returncode == 1
    assert "python -m database start" in finished.stderr
    assert "Traceback" not in finished.stderr
