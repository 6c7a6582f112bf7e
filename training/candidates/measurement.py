"""One candidate cross-validated with one seed, and kept for the next time."""

import io
import time
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.candidates.influence import influence
from training.learners import Learner, Matrix, Outcomes, Predictor
from training.learners.cross_validation import out_of_fold
from training.registry.files import write_whole

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Measurement:
    """Out-of-fold scores of one candidate and one seed.

    Attributes
    ----------
    margins : ndarray of shape (n_clients,)
        Before calibration.
    fold : ndarray of shape (n_clients,), int
    seconds : ndarray of shape (n_folds,)
        Of processor time that each fit took, whatever else ran beside it.
    gain, shap : ndarray of shape (n_features,)
        Means over the folds; zeros for other than boosted trees.
    """

    margins: Floats
    fold: NDArray[np.intp]
    seconds: Floats
    gain: Floats
    shap: Floats

    def save(self, path: Path) -> None:
        """Write all of it or nothing."""
        arrays = {part.name: getattr(self, part.name) for part in fields(self)}
        content = io.BytesIO()
        np.savez_compressed(content, allow_pickle=False, **arrays)
        write_whole(path, content.getvalue())

    @classmethod
    def load(cls, path: Path) -> "Measurement":
        """Read what ``save`` wrote."""
        with np.load(path, allow_pickle=False) as found:
            return cls(**{part.name: found[part.name] for part in fields(cls)})


@dataclass
class _Timed:
    """A learner whose fits are timed."""

    learner: Learner
    clock: Callable[[], float]
    seconds: list[float] = field(default_factory=list)

    def fit(self, matrix: Matrix, is_default: Outcomes, seed: int) -> Predictor:
        started = self.clock()
        predictor = self.learner.fit(matrix, is_default, seed)
        self.seconds.append(self.clock() - started)
        return predictor


def measure(
    learner: Learner,
    matrix: Matrix,
    is_default: Outcomes,
    folds: int,
    seed: int,
    workers: int = 1,
) -> Measurement:
    """Cross-validate a candidate.

    Parameters
    ----------
    learner : Learner
    matrix : ndarray of shape (n_clients, n_features)
    is_default : ndarray of shape (n_clients,)
    folds, seed : int
    workers : int, default=1
        Folds trained at the same time.

    Returns
    -------
    Measurement
    """
    # Folds side by side have a thread each; a fold alone may use several.
    timed = _Timed(learner, time.thread_time if workers > 1 else time.process_time)
    found = out_of_fold(timed, matrix, is_default, folds, seed, workers)
    influences = [
        influence(predictor, matrix[found.fold == number])
        for number, predictor in enumerate(found.predictors)
    ]
    told = [parts for parts in influences if parts is not None]
    gain, shap = np.mean(told, axis=0) if told else np.zeros((2, matrix.shape[1]))
    return Measurement(found.margins, found.fold, np.array(timed.seconds), gain, shap)
