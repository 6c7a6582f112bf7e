"""A search from the feature table to its folder."""

from pathlib import Path

from rich.console import Console

from training.learners.cross_validation import OutOfFold, out_of_fold
from training.learners.recipe import Recipe
from training.progress import Progress
from training.search.console import summary, trials_bar
from training.search.folder import SEARCHES, SearchFolder
from training.search.loop import search
from training.search.nested import LevelledTrees, SearchedTrees
from training.search.options import SearchOptions
from training.search.space import recipe_from
from training.search.store import TrialRecord, best_of
from training.validation.development import Development, read_development
from training.validation.method import method_digest
from training.validation.paired import paired_figures


def run_search(
    options: SearchOptions,
    runs_dir: Path,
    name: str | None,
    console: Console,
    *,
    resume: bool,
    recipe: Recipe | None = None,
) -> None:
    """Search on the development part; keep trials, best recipe and history."""
    part = read_development(Progress(console), recipe)
    folder = _folder(part, options, runs_dir, name)
    store = folder.store(resume=resume)
    tried: list[TrialRecord] = []
    with trials_bar(console, options.trials) as bar:

        def told(trial: TrialRecord, best: TrialRecord) -> None:
            tried.append(trial)
            if best.number == trial.number:
                folder.write_best(best)
            bar(trial, best)

        ended_by = "stopped"
        try:
            found = search(
                part.trees, part.matrix, part.is_default, options, store, told
            )
            ended_by = found.ended_by
        finally:
            if tried:
                folder.write_history(tried, ended_by)
    best = best_of(tried)
    console.print(
        f"{len(tried) - 1} trials, ended by {ended_by}. Best: {summary(best)}. Begun "
        f"from: {summary(tried[0])}. The best of many noisy figures flatters "
        "itself: --nested tells what the search is worth.\n"
        f"Recipe: {folder.best_path}",
        highlight=False,
        soft_wrap=True,
    )


def run_nested(
    options: SearchOptions,
    runs_dir: Path,
    name: str | None,
    console: Console,
    *,
    resume: bool,
    recipe: Recipe | None = None,
) -> None:
    """Search inside every training part and compare with the defaults outside it."""
    progress = Progress(console)
    part = read_development(progress, recipe)
    folder = _folder(part, options, runs_dir, name)
    if not resume:
        folder.refuse_kept_folds()
    chosen: list[TrialRecord] = []
    budgets: list[int] = []

    def found(best: TrialRecord, tried: int) -> None:
        chosen.append(best)
        budgets.append(tried)

    learner = SearchedTrees(
        part.trees,
        options,
        folder.trials_of_folds,
        part.table.fingerprint,
        found,
    )
    with progress.step("The defaults on the same folds"):
        before = _outside(LevelledTrees(part.trees, options.folds), part, options)
    with progress.step(f"Searching inside {options.folds} training parts") as step:
        after = _outside(learner, part, options)
        step.detail = "; ".join(summary(best) for best in chosen)
    figures = paired_figures((before,), (after,), part.is_default, options.costs)
    folder.write_nested(
        {
            "trials": budgets,
            "defaults": recipe_from(part.trees),
            "chosen": [best.recipe for best in chosen],
            **figures,
        }
    )
    for measure, figure in figures.items():
        difference = figure["difference"]
        progress.say(
            f"  {measure}: defaults {figure['reference']:.4f}, searched "
            f"{figure['candidate']:.4f}, difference {difference['value']:+.4f} "
            f"[{difference['low']:+.4f}, {difference['high']:+.4f}]"
        )


def _outside(
    learner: LevelledTrees | SearchedTrees, part: Development, options: SearchOptions
) -> OutOfFold:
    return out_of_fold(
        learner,
        part.matrix,
        part.is_default,
        options.folds,
        options.seed,
        part.workers,
    )


def _folder(
    part: Development, options: SearchOptions, runs_dir: Path, name: str | None
) -> SearchFolder:
    fingerprint = part.table.fingerprint
    default = f"{options.objective}-{fingerprint[:8]}-{options.seed}"
    method = method_digest(part.trees, options.costs, options.folds)
    return SearchFolder(
        runs_dir / SEARCHES / (name or default),
        options.subject(fingerprint) | {"method": method},
        part.recipe.constraints,
    )
