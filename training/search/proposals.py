"""The next point to try, asked of Hyperopt's TPE.

Asking for points one by one, with a seed for each, makes a search that was broken off
go on as if it had not been: all that TPE knows are the points tried and their losses.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from training.search.store import TrialRecord

# Points drawn at random before TPE has anything to learn from.
_RANDOM_TRIALS = 12

Point = dict[str, float]


class Proposals:
    """Points of a space.

    Parameters
    ----------
    space : dict
        As made by ``search_space``.
    seed : int
    """

    def __init__(self, space: dict[str, Any], seed: int) -> None:
        from hyperopt.base import Domain

        self._space = space
        self._seed = seed
        self._domain = Domain(lambda point: point, space)
        self._names = tuple(self._domain.params)

    def next_point(self, tried: Sequence[TrialRecord]) -> Point:
        """Propose a point, given all that were tried.

        Returns
        -------
        dict of str to float
            Hyperopt's own coordinates; a choice is the number of its branch, and what
            lies in branches not taken is left out.
        """
        from hyperopt import Trials, tpe

        trials = Trials()
        trials.insert_trial_docs([self._document(trial) for trial in tried])
        trials.refresh()
        number = len(tried)
        trials.new_trial_ids(number)
        (proposed,) = tpe.suggest(
            [number],
            self._domain,
            trials,
            int(np.random.SeedSequence([self._seed, number]).generate_state(1)[0]) >> 1,
            n_startup_jobs=_RANDOM_TRIALS,
            verbose=False,
        )
        values = proposed["misc"]["vals"]
        return {name: float(found[0]) for name, found in values.items() if len(found)}

    def decoded(self, point: Point) -> dict[str, Any]:
        """Return the point with branches and choices resolved."""
        from hyperopt import space_eval

        choices = {"extra_trees", "sampling"}
        decoded: dict[str, Any] = space_eval(
            self._space,
            {n: int(x) if n in choices else x for n, x in point.items()},
        )
        return decoded

    def _document(self, trial: TrialRecord) -> dict[str, Any]:
        from hyperopt import JOB_STATE_DONE, STATUS_FAIL, STATUS_OK

        known = trial.point
        result: dict[str, Any] = (
            {"status": STATUS_FAIL}
            if trial.loss is None
            else {"status": STATUS_OK, "loss": trial.loss}
        )
        return {
            "state": JOB_STATE_DONE,
            "tid": trial.number,
            "spec": None,
            "result": result,
            "misc": {
                "tid": trial.number,
                "cmd": ("domain_attachment", "FMinIter_Domain"),
                "workdir": None,
                "idxs": {n: [trial.number] if n in known else [] for n in self._names},
                "vals": {n: [known[n]] if n in known else [] for n in self._names},
            },
            "exp_key": None,
            "owner": None,
            "version": 0,
            "book_time": None,
            "refresh_time": None,
        }
