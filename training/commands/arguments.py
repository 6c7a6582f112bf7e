"""Options that several commands take, and the two folders they share."""

from pathlib import Path
from typing import Annotated

import typer

from training.learners.recipe import read_recipe
from training.options import TrainingOptions, seeds_of

DEFAULTS = TrainingOptions()
SEEDS = ",".join(map(str, DEFAULTS.seeds))
MODELS = Path("models")
RUNS = Path("runs")

FalsePositiveCost = Annotated[
    float, typer.Option(help="Cost of refusing a client who would have paid.")
]
FalseNegativeCost = Annotated[
    float, typer.Option(help="Cost of granting a client who defaults.")
]
Folds = Annotated[int, typer.Option(help="Folds of the cross-validation.")]
Seeds = Annotated[str, typer.Option(help="One cross-validation each, as 0,1,2.")]
Parameters = Annotated[
    Path | None,
    typer.Option(help="Parameters of the trees, such as a search's best.json."),
]
ModelsDir = Annotated[Path, typer.Option(help="Folder of the trained models.")]
RunsDir = Annotated[
    Path, typer.Option(help="Folder of the runs; clients' rows in it stay here.")
]


def training_options(
    false_positive_cost: float,
    false_negative_cost: float,
    folds: int,
    seeds: str,
    parameters: Path | None,
) -> TrainingOptions:
    """Check what was typed, and read the file of parameters.

    Raises
    ------
    TrainingError
        If an option is out of range or the file is no recipe.
    """
    return TrainingOptions(
        false_positive_cost,
        false_negative_cost,
        folds,
        seeds_of(seeds),
        None if parameters is None else read_recipe(parameters),
    )
