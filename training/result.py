"""What a training run has found, as the report's sections read it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.cross_validation import OutOfFold
from training.evaluation.summary import Evaluation
from training.feature_table import FeatureTable
from training.learners import BoostedTrees, Matrix, Outcomes, TrainedTrees
from training.method import method_digest
from training.options import TrainingOptions
from training.recipe import Recipe


@dataclass(frozen=True)
class RunResult:
    """A trained model with its data, before anything is written.

    What has no other word with it is of the development part: the labelled clients
    that are not held out.

    Attributes
    ----------
    table : FeatureTable
        All clients, held-out ones among them: only the held-out reading looks there.
    options : TrainingOptions
    runs_dir : Path
        Where earlier runs, candidates and searches lie.
    recipe : Recipe
        Of the learner, with the parameters that its file left to their defaults.
    development : ndarray of shape (n_labelled,), bool
    learner : BoostedTrees
    repeats : tuple of OutOfFold
        One per seed.
    evaluation : Evaluation
    trees : TrainedTrees
        As shipped: trained on all labelled clients.
    """

    table: FeatureTable
    options: TrainingOptions
    runs_dir: Path
    recipe: Recipe
    development: NDArray[np.bool_]
    learner: BoostedTrees
    repeats: tuple[OutOfFold, ...]
    evaluation: Evaluation
    trees: TrainedTrees

    @property
    def method(self) -> str:
        """Digest of trees, costs and folds, which other figures must share."""
        return method_digest(self.learner, self.options.cost_matrix, self.options.folds)

    @property
    def matrix(self) -> Matrix:
        """Feature rows, a copy."""
        return self.table.labelled[self.development]

    @property
    def is_default(self) -> Outcomes:
        """Outcomes."""
        return self.table.is_default[self.development]

    @property
    def genders(self) -> NDArray[np.object_]:
        """Genders, for the audit alone."""
        return self.table.genders[self.development]

    @property
    def ages(self) -> NDArray[np.float64]:
        """Ages in years."""
        return self.table.ages[self.development]

    @property
    def client_ids(self) -> NDArray[np.int64]:
        """Keys of the rows."""
        return self.table.client_ids[: self.development.size][self.development]
