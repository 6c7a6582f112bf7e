"""What a training run has found, as the report's sections read it."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.data.feature_table import FeatureTable
from training.evaluation.scored import Scored
from training.evaluation.summary import Evaluation
from training.learners import Matrix, Outcomes, TrainedTrees
from training.learners.cross_validation import OutOfFold
from training.learners.recipe import Recipe
from training.options import TrainingOptions
from training.validation.development import Development
from training.validation.method import method_digest


@dataclass(frozen=True)
class RunResult:
    """A trained model with its data, before anything is written.

    What has no other word with it is of the development part: the labelled clients
    that are not held out.

    Attributes
    ----------
    part : Development
        With all clients, held-out ones among them: only the held-out reading looks
        there.
    options : TrainingOptions
    runs_dir : Path
        Where earlier runs, candidates and searches lie.
    recipe : Recipe
        Of the trees, with the parameters that its file left to their defaults.
    repeats : tuple of OutOfFold
        One per seed.
    evaluation : Evaluation
    trees : TrainedTrees
        As shipped: trained on all labelled clients.
    """

    part: Development
    options: TrainingOptions
    runs_dir: Path
    recipe: Recipe
    repeats: tuple[OutOfFold, ...]
    evaluation: Evaluation
    trees: TrainedTrees

    @property
    def table(self) -> FeatureTable:
        """All clients."""
        return self.part.table

    @property
    def method(self) -> str:
        """Digest of trees, costs and folds, which other figures must share."""
        return method_digest(
            self.part.trees, self.options.cost_matrix, self.options.folds
        )

    @property
    def matrix(self) -> Matrix:
        """Feature rows."""
        return self.part.matrix

    @property
    def is_default(self) -> Outcomes:
        """Outcomes."""
        return self.part.is_default

    @cached_property
    def scored(self) -> Scored:
        """The run's own out-of-fold probabilities, with one bootstrap for all uses."""
        return Scored(
            margins=np.stack([one.margins for one in self.repeats]),
            probability=self.evaluation.probability,
            fold=np.stack([one.fold for one in self.repeats]),
            is_default=self.is_default,
            seed=self.options.seed,
        )

    @property
    def genders(self) -> NDArray[np.object_]:
        """Genders, for the audit alone."""
        return self.table.genders[self.part.mask]

    @property
    def ages(self) -> NDArray[np.float64]:
        """Ages in years."""
        return self.table.ages[self.part.mask]

    @property
    def client_ids(self) -> NDArray[np.int64]:
        """Keys of the rows."""
        return self.table.client_ids[: self.part.mask.size][self.part.mask]
