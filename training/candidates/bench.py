"""Where candidates are measured: the development part, and what is kept of it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np

import scoring
from training.candidates.measurement import Measurement, measure
from training.cross_validation import refuse_too_few_rows
from training.feature_table import FeatureTable
from training.fingerprint import digest_of, fingerprint_of_files, library_versions
from training.learners import BoostedTrees, Learner, Matrix, Outcomes
from training.method import trees_of
from training.progress import Progress
from training.protocol import split_held_out
from training.recipe import Recipe

_ROOM = Path(__file__).parent.parent
# What measurements depend on, beside the scoring package; figures, report and commands
# may change without them.
_MEASURING_CODE = (
    "candidates/influence.py",
    "candidates/measurement.py",
    "cross_validation.py",
    "feature_table.py",
    "learners/*.py",
    "protocol.py",
    "recipe.py",
)
_MEASURING_LIBRARIES = (
    "imbalanced-learn",
    "lightgbm",
    "numpy",
    "optbinning",
    "scikit-learn",
)


@dataclass(frozen=True)
class Bench:
    """Rows to measure candidates on.

    Attributes
    ----------
    matrix : ndarray of shape (n_clients, n_features)
        Of the development part.
    is_default : ndarray of shape (n_clients,)
    held_out : int
        Clients that are left alone.
    trees : BoostedTrees
        Of the recipe, by default the one for so many clients.
    workers : int
        Folds measured at the same time.
    folds : int
    fingerprint : str
        Of data, folds and code.
    """

    matrix: Matrix
    is_default: Outcomes
    held_out: int
    trees: BoostedTrees
    workers: int
    folds: int
    fingerprint: str

    @classmethod
    def of(
        cls, table: FeatureTable, folds: int, recipe: Recipe | None = None
    ) -> "Bench":
        """Take the development part of a feature table, and the trees of a recipe.

        Raises
        ------
        FeatureTableError
            If an outcome is too rare for so many folds.
        """
        held_out = split_held_out(table.client_ids[: table.is_default.size])
        is_default = table.is_default[~held_out]
        refuse_too_few_rows(is_default, folds)
        processors = len(os.sched_getaffinity(0))
        trees = trees_of(table, is_default.size, processors, recipe)
        return cls(
            matrix=table.labelled[~held_out],
            is_default=is_default,
            held_out=int(held_out.sum()),
            trees=trees,
            workers=max(1, processors // trees.threads),
            folds=folds,
            fingerprint=digest_of(table.fingerprint, _measuring_code(), folds),
        )

    def measure_all(
        self,
        learners: Mapping[str, Learner],
        seeds: tuple[int, ...],
        folder: Path,
        progress: Progress,
    ) -> dict[str, list[Measurement]]:
        """Measure every candidate with every seed, or take what was kept.

        Parameters
        ----------
        learners : mapping of str to Learner
        seeds : tuple of int
        folder : Path
            Where measurements are kept, in a folder by their fingerprint.
        progress : Progress
        """
        return {
            name: [self._measure(name, one, seed, folder, progress) for seed in seeds]
            for name, one in learners.items()
        }

    def _measure(
        self, name: str, learner: Learner, seed: int, folder: Path, progress: Progress
    ) -> Measurement:
        # A learner's parameters are its representation.
        kept = f"{name}-{digest_of(repr(learner))[:8]}-seed{seed}.npz"
        path = folder / f"scores-{self.fingerprint[:16]}" / kept
        with progress.step(f"{name}, seed {seed}") as step:
            if path.exists():
                step.detail = "kept from before"
                return Measurement.load(path)
            found = measure(
                learner, self.matrix, self.is_default, self.folds, seed, self.workers
            )
            found.save(path)
            step.detail = f"{np.median(found.seconds):.1f} s per fit"
        return found


def _measuring_code() -> str:
    return fingerprint_of_files(
        chain(
            *(_ROOM.glob(pattern) for pattern in _MEASURING_CODE),
            Path(scoring.__file__).parent.glob("*.py"),
        ),
        library_versions(_MEASURING_LIBRARIES),
    )
