"""``python -m training variants``."""

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


def variants(
    false_positive_cost: FalsePositiveCost = DEFAULTS.false_positive_cost,
    false_negative_cost: FalseNegativeCost = DEFAULTS.false_negative_cost,
    folds: Folds = DEFAULTS.folds,
    seeds: Seeds = SEEDS,
    parameters: Parameters = None,
    runs_dir: RunsDir = RUNS,
) -> None:
    """Measure selections of columns and monotone constraints against the recipe."""
    console = Console()
    with one_line_errors():
        options = training_options(
            false_positive_cost, false_negative_cost, folds, seeds, parameters
        )
        # Learners take seconds to load, which a mistyped option saves.
        from training.experiments.variants import run_variants

        path = run_variants(options, runs_dir, console)
    console.print(f"Figures: {path}", highlight=False, soft_wrap=True)
