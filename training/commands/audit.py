"""``python -m training audit``."""

import json
import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from database import connect
from training.commands.errors import one_line_errors
from training.commands.folders import RUNS, RunsDir
from training.options import TrainingOptions, seeds_of
from training.progress import Progress
from training.recipe import read_recipe

DEFAULTS = TrainingOptions()


def audit(
    folds: Annotated[
        int, typer.Option(help="Folds of the cross-validation.")
    ] = DEFAULTS.folds,
    seeds: Annotated[
        str, typer.Option(help="One cross-validation each, as 0,1,2.")
    ] = ",".join(map(str, DEFAULTS.seeds)),
    false_positive_cost: Annotated[
        float, typer.Option(help="Cost of refusing a client who would have paid.")
    ] = DEFAULTS.false_positive_cost,
    false_negative_cost: Annotated[
        float, typer.Option(help="Cost of granting a client who defaults.")
    ] = DEFAULTS.false_negative_cost,
    parameters: Annotated[
        Path | None, typer.Option(help="Parameters of the trees, as for a run.")
    ] = None,
    runs_dir: RunsDir = RUNS,
) -> None:
    """Train variants: what fairness costs, what gender brings, who applies twice.

    Writes audit/audit.json into the folder of the runs; the report of the next
    training on the same data tells what it found.
    """
    progress = Progress(Console())
    with one_line_errors():
        options = TrainingOptions(
            false_positive_cost,
            false_negative_cost,
            folds=folds,
            seeds=seeds_of(seeds),
            recipe=None if parameters is None else read_recipe(parameters),
        )
        # Loading the learners takes seconds, which --help saves.
        from training.audit import Plan, ground_of, run_audit
        from training.feature_table import read_feature_table
        from training.person_years import read_person_years

        connection = connect("trainer", application_name="training", read_only=True)
        try:
            with progress.step("Reading the feature table"):
                table = read_feature_table(connection)
                years = read_person_years(connection, table.client_ids)
        finally:
            connection.close()
        plan = Plan(options.cost_matrix, options.folds, options.seeds, options.recipe)
        processors = len(os.sched_getaffinity(0))
        found = run_audit(ground_of(table, years, plan, processors), progress)
        path = runs_dir / "audit" / "audit.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(found, ensure_ascii=False, indent=1, allow_nan=False)
        path.write_text(f"{text}\n")
    progress.say(f"Figures: {path}")
