"""The training commands: ``python -m training run | promote | list``."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import psycopg2
import typer
from rich.console import Console

from database import DatabaseError, connect
from scoring import ScoringError
from training.errors import TrainingError
from training.options import TrainingOptions
from training.progress import Progress
from training.registry import ModelRegistry
from training.unchanged import unchanged_champion

DEFAULTS = TrainingOptions()

app = typer.Typer(
    help="Train, promote and list credit-scoring models.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

ModelsDir = Annotated[Path, typer.Option(help="Folder of the trained models.")]


@app.command()
def run(
    false_positive_cost: Annotated[
        float, typer.Option(help="Cost of refusing a client who would have paid.")
    ] = DEFAULTS.false_positive_cost,
    false_negative_cost: Annotated[
        float, typer.Option(help="Cost of granting a client who defaults.")
    ] = DEFAULTS.false_negative_cost,
    folds: Annotated[
        int, typer.Option(help="Folds of the cross-validation.")
    ] = DEFAULTS.folds,
    seed: Annotated[
        int, typer.Option(help="Of folds, trees and bootstrap.")
    ] = DEFAULTS.seed,
    models_dir: ModelsDir = Path("models"),
    promote: Annotated[
        bool, typer.Option(help="Make the new model the champion.")
    ] = True,
    if_changed: Annotated[
        bool,
        typer.Option(
            "--if-changed",
            help="Do nothing when data, options and code are the champion's own.",
        ),
    ] = False,
) -> None:
    """Train on the feature table and write models/<version>/ with its report."""
    console = Console()
    registry = ModelRegistry(models_dir)
    with one_line_errors():
        options = TrainingOptions(false_positive_cost, false_negative_cost, folds, seed)
        connection = connect("trainer", application_name="training", read_only=True)
        try:
            if if_changed:
                version = unchanged_champion(connection, registry, options)
                if version is not None:
                    console.print(
                        f"unchanged: {version} was trained on the same data, options "
                        "and code",
                        highlight=False,
                        soft_wrap=True,
                    )
                    return
            # Charts and learners take seconds to load, which an unchanged run saves.
            from training.run import run_training

            version = run_training(
                connection, registry, options, Progress(console), promote=promote
            )
        finally:
            connection.close()
    report = models_dir / version / "report" / "report.html"
    console.print(f"Report: {report}", highlight=False, soft_wrap=True)


@app.command()
def promote(
    version: Annotated[str, typer.Argument(help="Name of a model version.")],
    models_dir: ModelsDir = Path("models"),
) -> None:
    """Make a version the champion that serving loads."""
    with one_line_errors():
        ModelRegistry(models_dir).promote(version)
    print(f"{version} is the champion; a running function takes it at its next start.")


@app.command(name="list")
def list_models(models_dir: ModelsDir = Path("models")) -> None:
    """List the trained versions, newest first."""
    with one_line_errors():
        summaries = ModelRegistry(models_dir).summaries()
    if not summaries:
        print(f"No model in {models_dir}.")
        return
    print(_line("version", "AUC", "cost", ""))
    for summary in summaries:
        print(
            _line(
                summary.version,
                _digits(summary.auc),
                _digits(summary.cost_per_client),
                "champion" if summary.is_champion else "",
            )
        )


def _line(version: str, auc: str, cost: str, role: str) -> str:
    return f"{version:<26}{auc:>7}{cost:>8}  {role}".rstrip()


def _digits(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


@contextmanager
def one_line_errors() -> Iterator[None]:
    """End with one line on standard error, and exit code 1, on what may go wrong."""
    try:
        yield
    except (TrainingError, DatabaseError, ScoringError, OSError) as error:
        message = str(error)
    except psycopg2.Error as error:
        # The first line has no values in it; a detail might have.
        reason = str(error).strip().partition("\n")[0]
        message = f"the database broke off: {reason}. Nothing was written; run again."
    else:
        return
    print(f"training: {message}", file=sys.stderr)
    raise typer.Exit(1)


if __name__ == "__main__":
    app()
