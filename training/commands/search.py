"""``python -m training search``."""

from pathlib import Path
from typing import Annotated, cast

import typer
from rich.console import Console

from scoring import CostMatrix
from training.commands.arguments import (
    RUNS,
    FalseNegativeCost,
    FalsePositiveCost,
    Folds,
    RunsDir,
)
from training.commands.errors import one_line_errors
from training.learners.recipe import read_recipe
from training.search.objective import Objective
from training.search.options import SearchOptions

DEFAULTS = SearchOptions()
STOPPED = 130


def search(
    trials: Annotated[
        int, typer.Option(help="Trials at most, those of an earlier run included.")
    ] = DEFAULTS.trials,
    timeout: Annotated[
        float | None, typer.Option(help="Seconds after which no trial begins.")
    ] = DEFAULTS.timeout,
    patience: Annotated[
        int, typer.Option(help="Trials without gain after which the search ends.")
    ] = DEFAULTS.patience,
    objective: Annotated[
        str, typer.Option(help="cost (per client, after calibration) or auc.")
    ] = DEFAULTS.objective,
    folds: Folds = DEFAULTS.folds,
    seed: Annotated[
        int, typer.Option(help="Of folds, trees and proposals.")
    ] = DEFAULTS.seed,
    false_positive_cost: FalsePositiveCost = DEFAULTS.costs.false_positive_cost,
    false_negative_cost: FalseNegativeCost = DEFAULTS.costs.false_negative_cost,
    parameters: Annotated[
        Path | None,
        typer.Option(help="Trees to begin from and compare with, as for a run."),
    ] = None,
    nested: Annotated[
        bool,
        typer.Option(
            "--nested",
            help="Search inside each training part instead, with this budget each, "
            "and compare with the defaults on the clients left out.",
        ),
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the trials that were kept.")
    ] = False,
    name: Annotated[
        str | None,
        typer.Option(help="Of the folder; by default from what is searched."),
    ] = None,
    runs_dir: RunsDir = RUNS,
) -> None:
    """Search LightGBM's parameters and the sampling ratio, with Hyperopt."""
    console = Console()
    with one_line_errors():
        options = SearchOptions(
            trials=trials,
            timeout=timeout,
            patience=patience,
            objective=cast(Objective, objective),
            folds=folds,
            seed=seed,
            costs=CostMatrix(false_positive_cost, false_negative_cost),
        )
        recipe = None if parameters is None else read_recipe(parameters)
        # Learners take seconds to load, which a mistyped option saves.
        from training.search.session import run_nested, run_search

        started = run_nested if nested else run_search
        try:
            started(options, runs_dir, name, console, resume=resume, recipe=recipe)
        except KeyboardInterrupt:
            console.print("\nStopped. The trials are kept; --resume goes on with them.")
            raise typer.Exit(STOPPED) from None
