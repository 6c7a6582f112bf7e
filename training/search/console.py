"""A search on the terminal: how far it is, and the best so far."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
)

from training.search.store import TrialRecord


class TrialsBar:
    """A bar where the console is a terminal; elsewhere a line for every gain."""

    def __init__(self, console: Console, bar: Progress, total: int) -> None:
        self._console = console
        self._bar = bar
        self._task = bar.add_task("", total=total)
        self._told = -2

    def __call__(self, trial: TrialRecord, best: TrialRecord) -> None:
        """Show a trial that has just been judged."""
        description = f"best: {summary(best)}"
        self._bar.update(
            self._task, completed=trial.number + 1, description=description
        )
        is_gain = best.number == trial.number and trial.number != self._told
        if is_gain and not self._console.is_terminal:
            self._console.print(f"  {summary(best)}", highlight=False, soft_wrap=True)
        self._told = trial.number


@contextmanager
def trials_bar(console: Console, total: int) -> Iterator[TrialsBar]:
    """Show the trials of a search."""
    columns = (
        BarColumn(20),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        yield TrialsBar(console, bar, total)


def summary(trial: TrialRecord) -> str:
    """Describe a trial in a line."""
    name = "defaults" if trial.number < 0 else f"trial {trial.number}"
    if trial.loss is None:
        return f"{name}, cannot be calibrated"
    return f"{name}, cost {trial.cost:.4f}, AUC {trial.auc:.4f}, {trial.rounds} trees"
