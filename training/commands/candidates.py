"""``python -m training candidates``."""

from typing import Annotated

import typer
from rich.console import Console

from training.commands.arguments import (
    DEFAULTS,
    RUNS,
    SEEDS,
    FalseNegativeCost,
    FalsePositiveCost,
    Folds,
    Parameters,
    RunsDir,
    Seeds,
    training_options,
)
from training.commands.errors import one_line_errors
from training.data.warehouse import warehouse
from training.progress import Progress


def candidates(
    only: Annotated[
        list[str] | None,
        typer.Option(help="A candidate by name, repeatable; all of them by default."),
    ] = None,
    false_positive_cost: FalsePositiveCost = DEFAULTS.false_positive_cost,
    false_negative_cost: FalseNegativeCost = DEFAULTS.false_negative_cost,
    folds: Folds = DEFAULTS.folds,
    seeds: Seeds = SEEDS,
    parameters: Parameters = None,
    runs_dir: RunsDir = RUNS,
) -> None:
    """Compare what could be trained, each with and without recalibration."""
    console = Console()
    with one_line_errors():
        options = training_options(
            false_positive_cost, false_negative_cost, folds, seeds, parameters
        )
        # Learners take seconds to load, which a wrong option saves.
        from training.candidates.run import run_candidates
        from training.candidates.terminal import print_table

        with warehouse() as connection:
            document, path = run_candidates(
                connection, options, runs_dir, Progress(console), tuple(only or ())
            )
    print_table(document, console)
    console.print(f"Table: {path}", highlight=False, soft_wrap=True)
