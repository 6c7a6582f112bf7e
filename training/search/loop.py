"""The search itself: propose, judge, keep, until the budget is used."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from training.errors import EvaluationError
from training.learners import BoostedTrees, Matrix, Outcomes
from training.search.objective import judge
from training.search.options import SearchOptions
from training.search.proposals import Proposals
from training.search.shared_bins import SharedBins
from training.search.space import recipe_from, recipe_of, search_space, with_recipe
from training.search.store import TrialRecord, TrialStore, best_of

DEFAULTS_NUMBER = -1


@dataclass(frozen=True)
class SearchResult:
    """What was tried.

    Attributes
    ----------
    defaults : TrialRecord
        The recipe that the search began with, judged the same way.
    trials : tuple of TrialRecord
    ended_by : str
        ``trials``, ``timeout`` or ``patience``.
    """

    defaults: TrialRecord
    trials: tuple[TrialRecord, ...]
    ended_by: str

    @property
    def best(self) -> TrialRecord:
        """The trial of least loss; the defaults where none is better."""
        return best_of((self.defaults, *self.trials))


def search(
    trees: BoostedTrees,
    matrix: Matrix,
    is_default: Outcomes,
    options: SearchOptions,
    store: TrialStore,
    told: Callable[[TrialRecord, TrialRecord], None] = lambda trial, best: None,
) -> SearchResult:
    """Search recipes on these rows alone.

    Parameters
    ----------
    trees : BoostedTrees
        The defaults.
    matrix : ndarray of shape (n_clients, n_features)
    is_default : ndarray of shape (n_clients,)
    options : SearchOptions
    store : TrialStore
        Trials in it are taken over, and new ones added.
    told : callable
        Called with every trial, those taken over included, and the best so far.

    Returns
    -------
    SearchResult

    Raises
    ------
    SearchError
        If the store holds another search.
    FeatureTableError
        If an outcome is too rare for so many folds.
    """
    deadline = time.monotonic() + (options.timeout or float("inf"))
    kept = store.load()
    bins = SharedBins(trees, matrix, is_default, options.folds, options.seed)
    proposals = Proposals(search_space(is_default.size), options.seed)

    def judged(number: int, point: dict[str, float], recipe: Any) -> TrialRecord:
        started = time.monotonic()
        trial = bins.run(with_recipe(trees, recipe))
        try:
            found = judge(trial.scores, is_default, options.costs)
        except EvaluationError:
            loss = cost = auc = None
        else:
            loss, cost, auc = found.loss(options.objective), found.cost, found.auc
        seconds = round(time.monotonic() - started, 2)
        return TrialRecord(
            number, point, recipe, loss, cost, auc, trial.rounds, seconds
        )

    if not kept:
        kept = [judged(DEFAULTS_NUMBER, {}, recipe_from(trees))]
    store.start(kept)
    for position, trial in enumerate(kept):
        told(trial, best_of(kept[: position + 1]))
    while (ended_by := _ended(kept, options, deadline)) is None:
        point = proposals.next_point(kept[1:])
        recipe = recipe_of(proposals.decoded(point))
        kept.append(judged(len(kept) - 1, point, recipe))
        store.add(kept[-1])
        told(kept[-1], best_of(kept))
    return SearchResult(kept[0], tuple(kept[1:]), ended_by)


def _ended(
    tried: Sequence[TrialRecord], options: SearchOptions, deadline: float
) -> str | None:
    if len(tried) > options.trials:
        return "trials"
    if len(tried) - 1 - (best_of(tried).number + 1) >= options.patience:
        return "patience"
    return "timeout" if time.monotonic() >= deadline else None
