"""``python -m training audit``."""

from rich.console import Console

from scoring import to_json
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
from training.registry.files import write_whole


def audit(
    false_positive_cost: FalsePositiveCost = DEFAULTS.false_positive_cost,
    false_negative_cost: FalseNegativeCost = DEFAULTS.false_negative_cost,
    folds: Folds = DEFAULTS.folds,
    seeds: Seeds = SEEDS,
    parameters: Parameters = None,
    runs_dir: RunsDir = RUNS,
) -> None:
    """Train variants: what fairness costs, what gender brings, who applies twice.

    The report of the next training on the same data tells what it found.
    """
    progress = Progress(Console())
    with one_line_errors():
        options = training_options(
            false_positive_cost, false_negative_cost, folds, seeds, parameters
        )
        # Loading the learners takes seconds, which --help saves.
        from training.data.feature_table import read_feature_table
        from training.data.person_years import read_person_years
        from training.experiments.audit import audit_path, ground_of, run_audit

        with warehouse() as connection, progress.step("Reading the feature table"):
            table = read_feature_table(connection)
            years = read_person_years(connection, table.client_ids)
        found = run_audit(ground_of(table, years, options), progress)
        path = audit_path(runs_dir, table.fingerprint)
        write_whole(path, to_json(found))
    progress.say(f"Figures: {path}")
