"""``python -m training run``."""

from pathlib import Path
from typing import Annotated

import typer
from psycopg2 import extensions
from rich.console import Console

from training.commands.arguments import (
    DEFAULTS,
    MODELS,
    RUNS,
    SEEDS,
    FalseNegativeCost,
    FalsePositiveCost,
    Folds,
    ModelsDir,
    Parameters,
    RunsDir,
    Seeds,
    training_options,
)
from training.commands.errors import one_line_errors
from training.data.warehouse import warehouse
from training.options import TrainingOptions
from training.progress import Progress
from training.registry.promotion import judge_new
from training.registry.versions import ModelRegistry
from training.runs.unchanged import unchanged_version


def run(
    false_positive_cost: FalsePositiveCost = DEFAULTS.false_positive_cost,
    false_negative_cost: FalseNegativeCost = DEFAULTS.false_negative_cost,
    folds: Folds = DEFAULTS.folds,
    seeds: Seeds = SEEDS,
    parameters: Parameters = None,
    models_dir: ModelsDir = MODELS,
    runs_dir: RunsDir = RUNS,
    promote: Annotated[
        bool, typer.Option(help="Make the new model the champion unless it is worse.")
    ] = True,
    if_changed: Annotated[
        bool,
        typer.Option(
            "--if-changed",
            help="Do nothing when a model of the same data, options and code exists.",
        ),
    ] = False,
) -> None:
    """Train on the feature table and write models/<version>/ with its report."""
    console = Console()
    progress = Progress(console)
    registry = ModelRegistry(models_dir)
    with one_line_errors():
        options = training_options(
            false_positive_cost, false_negative_cost, folds, seeds, parameters
        )
        with warehouse() as connection:
            if if_changed and _is_unchanged(
                connection, registry, runs_dir, options, progress
            ):
                return
            # Charts and learners take seconds to load, which an unchanged run saves.
            from training.runs.run import run_training

            version = run_training(
                connection, registry, runs_dir, options, progress, promote=promote
            )
    progress.say(f"Report: {models_dir / version / 'report' / 'report.html'}")


def _is_unchanged(
    connection: extensions.connection,
    registry: ModelRegistry,
    runs_dir: Path,
    options: TrainingOptions,
    progress: Progress,
) -> bool:
    version = unchanged_version(connection, registry, options)
    if version is None:
        return False
    progress.say(f"unchanged: {version} was trained on the same data, options and code")
    champion = registry.champion_version()
    if version == champion:
        return True
    verdict = judge_new(registry, runs_dir, version)
    if verdict.is_of_other_data:
        registry.promote(version, verdict.reason)
        progress.say(f"{version} is the champion: {verdict.reason}.")
    else:
        progress.say(f"The champion remains {champion}: {version} is {verdict.reason}.")
    return True
