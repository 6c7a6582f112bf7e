"""``python -m training variants``."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from scoring import CostMatrix
from training.commands.errors import one_line_errors
from training.options import TrainingOptions, seeds_of
from training.recipe import read_recipe


def variants(
    folds: Annotated[int, typer.Option(help="Folds of the cross-validation.")] = 5,
    seeds: Annotated[
        str, typer.Option(help="Of folds and trees, with commas between.")
    ] = "0,1,2",
    false_positive_cost: Annotated[
        float, typer.Option(help="Cost of refusing a client who would have paid.")
    ] = CostMatrix().false_positive_cost,
    false_negative_cost: Annotated[
        float, typer.Option(help="Cost of granting a client who defaults.")
    ] = CostMatrix().false_negative_cost,
    parameters: Annotated[
        Path | None, typer.Option(help="Parameters of the trees, as for a run.")
    ] = None,
    runs_dir: Annotated[Path, typer.Option(help="Folder of runs.")] = Path("runs"),
) -> None:
    """Measure selections of columns and monotone constraints against the recipe."""
    console = Console()
    with one_line_errors():
        options = TrainingOptions(
            false_positive_cost,
            false_negative_cost,
            folds,
            seeds_of(seeds),
            None if parameters is None else read_recipe(parameters),
        )
        # Learners take seconds to load, which a mistyped option saves.
        from training.variants import run_variants

        path = run_variants(
            options.folds,
            options.seeds,
            options.cost_matrix,
            runs_dir,
            console,
            options.recipe,
        )
    console.print(f"Figures: {path}", highlight=False, soft_wrap=True)
