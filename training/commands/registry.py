"""``python -m training promote | rollback | list | compare``."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from scoring import CostMatrix
from training.commands.arguments import MODELS, RUNS, ModelsDir, RunsDir
from training.commands.errors import one_line_errors
from training.errors import ComparisonError
from training.registry.comparison import (
    Comparison,
    compare_versions,
    manifest_differences,
)
from training.registry.promotion import judge_asked, refuse_unless
from training.registry.versions import ModelRegistry, ModelSummary

_METRICS = (
    "auc",
    "ks",
    "average_precision",
    "brier",
    "log_loss",
    "calibration_slope",
    "cost_per_client",
)

Version = Annotated[str, typer.Argument(help="Name of a model version.")]


def promote(
    version: Version,
    force: Annotated[
        bool,
        typer.Option("--force", help="Even if worse, or if it cannot be compared."),
    ] = False,
    models_dir: ModelsDir = MODELS,
    runs_dir: RunsDir = RUNS,
) -> None:
    """Make a version the champion that serving loads, unless it is worse."""
    with one_line_errors():
        registry = ModelRegistry(models_dir)
        verdict = judge_asked(registry, runs_dir, version)
        if not force:
            refuse_unless(verdict, version)
        registry.promote(version, f"{'forced; ' if force else ''}{verdict.reason}")
    print(f"{version} is the champion, {verdict.reason}; {_TAKEN_UP}.")


def rollback(models_dir: ModelsDir = MODELS) -> None:
    """Make the champion before this one the champion again."""
    with one_line_errors():
        version = ModelRegistry(models_dir).rollback()
    print(f"{version} is the champion again; {_TAKEN_UP}.")


_TAKEN_UP = "a running function takes it up within seconds"


def list_models(models_dir: ModelsDir = MODELS) -> None:
    """List the trained versions, newest first."""
    with one_line_errors():
        summaries = ModelRegistry(models_dir).summaries()
    if not summaries:
        print(f"No model in {models_dir}.")
        return
    table = Table("version", "data", box=None)
    for heading in ("clients", "AUC", "cost", "held out"):
        table.add_column(heading, justify="right")
    table.add_column("")
    for summary in summaries:
        table.add_row(*_cells(summary))
    # As wide as it needs to be where it goes into a file or another program.
    console = Console(highlight=False)
    console.print(table, width=None if console.is_terminal else 120)


def _cells(summary: ModelSummary) -> tuple[str, ...]:
    return (
        summary.version,
        summary.data_fingerprint[:8],
        "" if summary.labelled is None else f"{summary.labelled:,}",
        _digits(summary.auc),
        _digits(summary.cost_per_client),
        _digits(summary.held_out_auc),
        "champion" if summary.is_champion else "",
    )


def _digits(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def compare(
    reference: Version,
    candidate: Version,
    models_dir: ModelsDir = MODELS,
    runs_dir: RunsDir = RUNS,
) -> None:
    """Lay two versions side by side, and test their difference on common clients."""
    with one_line_errors():
        registry = ModelRegistry(models_dir)
        first, second = registry.manifest(reference), registry.manifest(candidate)
        console = Console(highlight=False)
        width = None if console.is_terminal else 120
        metrics = Table("metric", reference, candidate, box=None)
        for name in _METRICS:
            metrics.add_row(
                name, *(_interval(m["metrics"].get(name)) for m in (first, second))
            )
        console.print(metrics, width=width)
        differences = Table("differs in", reference, candidate, box=None)
        for row in manifest_differences(first, second):
            differences.add_row(*row)
        if differences.row_count:
            console.print(differences, width=width)
        costs = CostMatrix(**second["cost_matrix"])
        try:
            test = compare_versions(runs_dir, reference, candidate, costs)
        except ComparisonError as error:
            raise ComparisonError(
                f"{reference} and {candidate} have no paired test: {error}"
            ) from error
        console.print(_verdict(test), soft_wrap=True)


def _interval(estimate: dict[str, float] | None) -> str:
    if estimate is None:
        return "-"
    return f"{estimate['value']:.4f} [{estimate['low']:.4f}, {estimate['high']:.4f}]"


def _verdict(test: Comparison) -> str:
    word = "worse" if test.is_worse else "not worse"
    return f"paired test: {test.candidate} is {word}: {test.sentence()}"
