"""``python -m training candidates``."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from database import connect
from training.candidates.options import CandidateOptions
from training.commands.errors import one_line_errors
from training.errors import TrainingError
from training.progress import Progress
from training.recipe import read_recipe

DEFAULTS = CandidateOptions()


def candidates(
    only: Annotated[
        list[str] | None,
        typer.Option(help="A candidate by name, repeatable; all of them by default."),
    ] = None,
    seeds: Annotated[
        str, typer.Option(help="Of folds and learners, as 0,1,2.")
    ] = ",".join(map(str, DEFAULTS.seeds)),
    folds: Annotated[
        int, typer.Option(help="Folds of the cross-validation.")
    ] = DEFAULTS.folds,
    false_positive_cost: Annotated[
        float, typer.Option(help="Cost of refusing a client who would have paid.")
    ] = DEFAULTS.false_positive_cost,
    false_negative_cost: Annotated[
        float, typer.Option(help="Cost of granting a client who defaults.")
    ] = DEFAULTS.false_negative_cost,
    parameters: Annotated[
        Path | None,
        typer.Option(help="Parameters of the reference's trees, as for a run."),
    ] = None,
    runs_dir: Annotated[Path, typer.Option(help="Folder where runs are kept.")] = Path(
        "runs"
    ),
) -> None:
    """Compare what could be trained, each with and without recalibration."""
    console = Console()
    with one_line_errors():
        options = CandidateOptions(
            folds,
            _numbers(seeds),
            false_positive_cost,
            false_negative_cost,
            None if parameters is None else read_recipe(parameters),
        )
        connection = connect("trainer", application_name="training", read_only=True)
        try:
            # Learners take seconds to load, which a wrong option saves.
            from training.candidates.run import run_candidates
            from training.candidates.terminal import print_table

            document, path = run_candidates(
                connection, options, runs_dir, Progress(console), tuple(only or ())
            )
        finally:
            connection.close()
    print_table(document, console)
    console.print(f"Table: {path}", highlight=False, soft_wrap=True)


def _numbers(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError as error:
        raise TrainingError(
            f"--seeds takes whole numbers with commas between, not {text!r}."
        ) from error
