"""LightGBM as the public kernels set it: a fixed number of trees, nothing chosen."""

from __future__ import annotations

from dataclasses import dataclass

import lightgbm
import numpy as np

from training.learners import Matrix, Outcomes, TrainedTrees


@dataclass(frozen=True)
class PeerTrees:
    """Gradient-boosted trees with the peers' parameters.

    Parameters
    ----------
    categorical_positions : tuple of int
        Columns that hold indices of categories.
    rounds : int
        Number of trees.
    threads : int
        Of LightGBM.
    """

    categorical_positions: tuple[int, ...] = ()
    rounds: int = 350
    threads: int = 1

    def fit(self, matrix: Matrix, is_default: Outcomes, seed: int) -> TrainedTrees:
        """Train that many trees on all rows."""
        data = lightgbm.Dataset(
            matrix,
            label=is_default.astype(np.float32),
            categorical_feature=list(self.categorical_positions),
        )
        booster = lightgbm.train(self._parameters(seed), data, self.rounds)
        return TrainedTrees(booster, self.rounds)

    def _parameters(self, seed: int) -> dict[str, object]:
        return {
            "objective": "binary",
            "learning_rate": 0.02,
            "num_leaves": 31,
            "max_depth": 8,
            "min_child_samples": 40,
            "feature_fraction": 0.3,
            "bagging_fraction": 0.87,
            "bagging_freq": 1,
            "lambda_l1": 0.04,
            "lambda_l2": 0.07,
            "seed": seed,
            "deterministic": True,
            "force_row_wise": True,
            "num_threads": self.threads,
            "verbosity": -1,
        }
