"""Where candidates are measured: the development part, and what is kept of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np

import scoring
from training.candidates.measurement import Measurement, measure
from training.data.feature_table import FeatureTable
from training.data.fingerprint import digest_of, fingerprint_of_files, library_versions
from training.learners import Learner
from training.learners.cross_validation import refuse_too_few_rows
from training.learners.recipe import Recipe
from training.progress import Progress
from training.validation.development import Development

_ROOM = Path(__file__).parent.parent
# What measurements depend on, beside the scoring package; figures, report and commands
# may change without them.
_MEASURING_CODE = (
    "candidates/influence.py",
    "candidates/measurement.py",
    "data/feature_table.py",
    "learners/*.py",
    "validation/protocol.py",
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
    part : Development
        Its trees are the reference.
    folds : int
    fingerprint : str
        Of data, folds and code.
    """

    part: Development
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
        part = Development.of(table, recipe)
        refuse_too_few_rows(part.is_default, folds)
        return cls(
            part=part,
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
                learner,
                self.part.matrix,
                self.part.is_default,
                self.folds,
                seed,
                self.part.workers,
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
