"""Clients scored out of fold, once per seed: what every section of figures begins with.

A figure is the mean over the seeds, and a bootstrap replicate draws a client with all
their seeds: seeds are no further clients.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from scoring import probability_of
from training.evaluation.calibration import cross_fitted_log_odds
from training.evaluation.resampling import Replicates
from training.learners.cross_validation import OutOfFold

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Scored:
    """Out-of-fold scores of one learner.

    Attributes
    ----------
    margins : ndarray of shape (n_seeds, n_clients)
        Before calibration.
    probability : ndarray of shape (n_seeds, n_clients)
        Calibrated without the client's own fold.
    fold : ndarray of shape (n_seeds, n_clients), int
    is_default : ndarray of shape (n_clients,)
    seed : int
        Of the bootstrap.
    """

    margins: Floats
    probability: Floats
    fold: NDArray[np.intp]
    is_default: Flags
    seed: int

    @classmethod
    def of(
        cls, repeats: Sequence[OutOfFold], is_default: Flags, seed: int = 0
    ) -> "Scored":
        """Calibrate repeated cross-validations, each fold by its other folds.

        Raises
        ------
        EvaluationError
            If the margins do not tell bad from good.
        """
        log_odds = [
            cross_fitted_log_odds(one.margins, is_default, one.fold) for one in repeats
        ]
        return cls(
            margins=np.stack([one.margins for one in repeats]),
            probability=probability_of(np.stack(log_odds)),
            fold=np.stack([one.fold for one in repeats]),
            is_default=is_default,
            seed=seed,
        )

    @property
    def mean_probability(self) -> Floats:
        """Mean over the seeds, shape (n_clients,)."""
        return np.asarray(self.probability.mean(axis=0))

    @cached_property
    def replicates(self) -> Replicates:
        """The bootstrap of these clients, the same one for every figure."""
        return Replicates.drawn(self.is_default, self.seed)
