"""The way from nothing to a trained model; whatever is unchanged is done once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from database import connect
from demo.machine import ROOT, warehouse_directory
from demo.steps import Steps, python_module, run, run_dbt
from demo.unchanged import build_fingerprint, is_built, is_loaded

DBT_PROJECT = ROOT / "dbt_project"


@dataclass(frozen=True)
class Wanted:
    """What is to be there at the end.

    Attributes
    ----------
    data
        Competition zip or folder of CSV; a sample is made where none is named.
    clients
        Of that sample.
    models
        Folder of the trained models.
    is_missing_only
        Whether rows, tables and a champion that are there stay, of whatever data.
    """

    data: Path | None
    clients: int
    models: Path
    is_missing_only: bool = False

    @property
    def steps(self) -> int:
        """How many steps `prepare` takes."""
        return 4 + (self.data is None)


def prepare(steps: Steps, wanted: Wanted) -> None:
    """Go from nothing to a trained model; reuse whatever is unchanged."""
    with steps.step("Starting PostgreSQL"):
        run(python_module("database", "start"))
        loaded, built = _there() if wanted.is_missing_only else (False, False)
    _load(steps, wanted, is_there=loaded)
    with steps.step("Building marts and features with dbt"):
        if not _kept(steps, built, "the feature table is there"):
            _build(steps.console)
    with steps.step("Training the model"):
        has_champion = (wanted.models / "champion").exists()
        is_there = wanted.is_missing_only and has_champion
        if not _kept(steps, is_there, "there is a champion"):
            _train(wanted.models)


def score_everybody(steps: Steps, models: Path) -> None:
    """Have the champion score all clients, for their places among each other."""
    with steps.step("Scoring all clients"):
        run(
            python_module("function_app", "score-all"),
            MODEL_DIR=str(models / "champion"),
        )


def _load(steps: Steps, wanted: Wanted, is_there: bool) -> None:
    source = wanted.data or ROOT / "build" / f"sample-{wanted.clients}"
    if wanted.data is None:
        with steps.step(f"Generating a sample of {wanted.clients:,} clients"):
            options = ["--clients", str(wanted.clients), "--seed", "42"]
            options += ["--out", str(source)]
            if not _kept(steps, is_there, "clients are loaded"):
                run(python_module("ingestion", "sample", *options))
    with steps.step("Loading the CSV files"):
        if not _kept(steps, is_there, "clients are loaded"):
            run(python_module("ingestion", "load", str(source)))


def _build(console: Console) -> None:
    """Run `dbt build` unless the files and the project are those of the last one."""
    warehouse = warehouse_directory()
    record = warehouse / "last-dbt-build"
    connection = connect("transformer")
    try:
        before = build_fingerprint(DBT_PROJECT, connection)
        if before and record.exists() and record.read_text() == before:
            console.print("unchanged: same files, same dbt project", highlight=False)
            return
        record.unlink(missing_ok=True)
        log = warehouse / "log" / "dbt-build.log"
        connection.rollback()
        run_dbt(console, DBT_PROJECT, log)
        record.write_text(build_fingerprint(DBT_PROJECT, connection) or "")
    finally:
        connection.close()


def _train(models: Path) -> None:
    # One cross-validation in place of three: a demonstration is to be quick.
    options = ["--if-changed", "--seeds", "0", "--models-dir", str(models)]
    options += ["--runs-dir", str(models.with_name("runs"))]
    run(python_module("training", "run", *options))


def _there() -> tuple[bool, bool]:
    """Tell whether a source was loaded to its end, and features built."""
    connection = connect("transformer")
    try:
        return is_loaded(connection), is_built(connection)
    finally:
        connection.close()


def _kept(steps: Steps, is_there: bool, what: str) -> bool:
    if is_there:
        steps.console.print(f"kept: {what} already", highlight=False)
    return is_there
