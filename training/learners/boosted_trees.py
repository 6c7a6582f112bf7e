"""Gradient-boosted trees that choose their own number on inner rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import lightgbm
import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedKFold, StratifiedShuffleSplit

from training.errors import ParametersError
from training.learners.base import Matrix, Outcomes
from training.learners.recipe import LARGE_DATA_ROWS, Recipe, default_recipe
from training.learners.stopping import levelled_log_loss

Splits = list[tuple[NDArray[np.intp], NDArray[np.intp]]]

# What a recipe can hold; the machine decides on the threads, the data on the rest.
_KINDS = (bool, int, float)


@dataclass(frozen=True)
class TrainedTrees:
    """A trained booster.

    Attributes
    ----------
    booster : lightgbm.Booster
    rounds : int
        Number of trees.
    inner_margins : ndarray of shape (n_training_rows,), optional
        Margins of the training rows by inner models that had not seen them, from the
        search for the number of trees; NaN for rows that none held out.
    """

    booster: lightgbm.Booster
    rounds: int
    inner_margins: NDArray[np.float64] | None = None

    def margins(self, matrix: Matrix) -> NDArray[np.float64]:
        """Return raw scores, shape (n_rows,)."""
        return np.asarray(self.booster.predict(matrix, raw_score=True), np.float64)

    def gain(self) -> NDArray[np.float64]:
        """Return the total gain of each column's splits, shape (n_features,)."""
        return np.asarray(self.booster.feature_importance("gain"), np.float64)

    def average_margin(self, any_row: Matrix) -> float:
        """Return the margin from which SHAP values start, the same for every row."""
        shap_values = np.asarray(self.booster.predict(any_row, pred_contrib=True))
        return float(shap_values[0, -1])


@dataclass(frozen=True)
class BoostedTrees:
    """LightGBM with a number of trees chosen on rows set aside inside ``fit``.

    The outcome of a small set of rows is too noisy to choose by, so small data use
    every inner fold in turn and stop on the mean log loss; large data use one.

    Parameters
    ----------
    categorical_positions : tuple of int
        Columns that hold indices of categories.
    learning_rate : float
    num_leaves, min_child_samples : int
    max_depth : int
        -1 for no limit.
    feature_fraction, bagging_fraction : float
        Shares of columns per tree and of rows per iteration.
    lambda_l1, lambda_l2, min_split_gain, path_smooth : float
    extra_trees : bool
        Whether splits are tried at one random value per column.
    default_weight : float
        Weight of a client who defaulted (``scale_pos_weight``).
    good_fraction : float
        Share of the good clients that an iteration's draw leaves in, on top of
        ``bagging_fraction``: under-sampling anew for every tree.
    monotone_directions : tuple of int
        One per column: 1 where more may only raise the risk, -1 where it may only
        lower it, 0 where it is free; empty where all are.
    min_rounds, max_rounds : int
        Trees at least and at most: very few trees are an accident of few defaults,
        and give margins on another scale than the other folds'.
    patience : int
        Trees without improvement after which the search ends.
    threads : int
        Of LightGBM. Many threads on few rows mostly wait for each other: give small
        data one thread per fit, and run fits side by side.
    """

    categorical_positions: tuple[int, ...] = ()
    learning_rate: float = 0.03
    num_leaves: int = 31
    min_child_samples: int = 40
    feature_fraction: float = 0.3
    bagging_fraction: float = 0.87
    lambda_l1: float = 0.04
    lambda_l2: float = 1.0
    max_depth: int = -1
    min_split_gain: float = 0.0
    path_smooth: float = 0.0
    extra_trees: bool = False
    default_weight: float = 1.0
    good_fraction: float = 1.0
    monotone_directions: tuple[int, ...] = ()
    min_rounds: int = 40
    max_rounds: int = 5000
    patience: int = 60
    threads: int = 1

    @classmethod
    def suited_to(
        cls,
        rows: int,
        categorical_positions: Sequence[int],
        processors: int,
        recipe: Recipe | None = None,
    ) -> "BoostedTrees":
        """Take a recipe, by default the one for so many clients to learn from.

        Raises
        ------
        ParametersError
            If the recipe names a parameter that does not exist or gives it a value of
            another kind.
        """
        chosen = default_recipe(rows) if recipe is None else recipe
        return cls(
            tuple(categorical_positions),
            threads=processors if rows >= LARGE_DATA_ROWS else 1,
            **_checked(chosen.parameters),
        )

    def recipe(self, origin: str) -> Recipe:
        """Return every parameter that a recipe can hold, as it is."""
        return Recipe({name: getattr(self, name) for name in _kinds()}, origin)

    _INNER_FOLDS = 3
    _ONE_SPLIT_ROWS = 20_000
    _ONE_SPLIT_SHARE = 0.2

    def fit(self, matrix: Matrix, is_default: Outcomes, seed: int) -> TrainedTrees:
        """Choose the number of trees, then train that many on all rows."""
        rounds, inner_margins = self._searched(matrix, is_default, seed)
        trained = self.fit_rounds(matrix, is_default, seed, rounds)
        return replace(trained, inner_margins=inner_margins)

    def fit_rounds(
        self, matrix: Matrix, is_default: Outcomes, seed: int, rounds: int
    ) -> TrainedTrees:
        """Train a given number of trees on all rows."""
        return self.fit_dataset(self.dataset(matrix, is_default), seed, rounds)

    def fit_dataset(
        self, dataset: lightgbm.Dataset, seed: int, rounds: int
    ) -> TrainedTrees:
        """Train a given number of trees on rows that may be binned already."""
        booster = lightgbm.train(self.parameters(seed), dataset, num_boost_round=rounds)
        return TrainedTrees(booster, rounds)

    def choose_rounds(self, matrix: Matrix, is_default: Outcomes, seed: int) -> int:
        """Find the number of trees with the least log loss on inner held-out rows."""
        return self._searched(matrix, is_default, seed)[0]

    def _searched(
        self, matrix: Matrix, is_default: Outcomes, seed: int
    ) -> tuple[int, NDArray[np.float64]]:
        splits = self.inner_splits(matrix, is_default, seed)
        rounds, boosters = self.cross_validated(
            self.dataset(matrix, is_default), splits, seed
        )
        margins = np.full(is_default.size, np.nan)
        for booster, (_, held_out) in zip(boosters, splits, strict=True):
            margins[held_out] = booster.predict(
                matrix[held_out], raw_score=True, num_iteration=rounds
            )
        return rounds, margins

    def cross_validated(
        self, dataset: lightgbm.Dataset, splits: Splits, seed: int
    ) -> tuple[int, list[lightgbm.Booster]]:
        """Train on every split until the mean log loss no longer falls.

        Parameters
        ----------
        dataset : lightgbm.Dataset
            Binned once for all splits, and for all parameters that are tried on it.
        splits : list of (train, held_out)
            Positions of rows.
        seed : int

        Returns
        -------
        rounds : int
            Number of trees to use.
        boosters : list of lightgbm.Booster
            One per split, with some trees more.
        """
        is_natural = self.default_weight == 1 and self.good_fraction == 1
        history = lightgbm.cv(
            self.parameters(seed),
            dataset,
            num_boost_round=self.max_rounds,
            folds=splits,
            metrics="binary_logloss" if is_natural else "none",
            feval=None if is_natural else levelled_log_loss,
            callbacks=[lightgbm.early_stopping(self.patience, verbose=False)],
            return_cvbooster=True,
        )
        ensemble = history.pop("cvbooster")
        assert isinstance(ensemble, lightgbm.CVBooster)
        found = max(self.min_rounds, ensemble.best_iteration)
        return found, list(ensemble.boosters)

    def parameters(self, seed: int) -> dict[str, Any]:
        """Return LightGBM's parameters; the same seed gives the same model."""
        return {
            "objective": "binary",
            "learning_rate": self.learning_rate,
            "num_leaves": self.num_leaves,
            "max_depth": self.max_depth,
            "min_child_samples": self.min_child_samples,
            "feature_fraction": self.feature_fraction,
            "lambda_l1": self.lambda_l1,
            "lambda_l2": self.lambda_l2,
            "min_split_gain": self.min_split_gain,
            "path_smooth": self.path_smooth,
            "extra_trees": self.extra_trees,
            "scale_pos_weight": self.default_weight,
            "seed": seed,
            "deterministic": True,
            "force_row_wise": True,
            "feature_pre_filter": False,
            "num_threads": self.threads,
            "verbosity": -1,
            **self._row_draw(),
            **self._constraints(),
        }

    def _row_draw(self) -> dict[str, Any]:
        share = self.bagging_fraction
        if self.good_fraction == 1:
            return {"bagging_freq": 1, "bagging_fraction": share}
        return {
            "bagging_freq": 1,
            "pos_bagging_fraction": share,
            "neg_bagging_fraction": share * self.good_fraction,
        }

    def _constraints(self) -> dict[str, Any]:
        if not any(self.monotone_directions):
            return {}
        return {"monotone_constraints": list(self.monotone_directions)}

    def dataset(self, matrix: Matrix, is_default: Outcomes) -> lightgbm.Dataset:
        """Bin rows; none of the parameters that differ between learners matters."""
        return lightgbm.Dataset(
            matrix,
            label=is_default.astype(np.float32),
            categorical_feature=list(self.categorical_positions),
            params={"feature_pre_filter": False, "num_threads": self.threads},
        )

    def inner_splits(self, matrix: Matrix, is_default: Outcomes, seed: int) -> Splits:
        """Return the splits by which the number of trees is chosen."""
        if is_default.size >= self._ONE_SPLIT_ROWS:
            splitter: StratifiedShuffleSplit | StratifiedKFold = StratifiedShuffleSplit(
                1, test_size=self._ONE_SPLIT_SHARE, random_state=seed
            )
        else:
            splitter = StratifiedKFold(
                self._INNER_FOLDS, shuffle=True, random_state=seed
            )
        return list(splitter.split(matrix[:, :1], is_default))


def _kinds() -> dict[str, type]:
    return {
        field.name: type(field.default)
        for field in fields(BoostedTrees)
        if type(field.default) in _KINDS and field.name != "threads"
    }


def _checked(parameters: Mapping[str, Any]) -> dict[str, Any]:
    kinds = _kinds()
    unknown = sorted(parameters.keys() - kinds.keys())
    if unknown:
        raise ParametersError(
            f"The trees have no parameter {', '.join(unknown)}. They have "
            f"{', '.join(sorted(kinds))}."
        )
    for name, value in parameters.items():
        takes = {kinds[name], int} if kinds[name] is float else {kinds[name]}
        if type(value) not in takes:
            raise ParametersError(
                f"The parameter {name} must be of the kind {kinds[name].__name__}, "
                f"not {value!r}."
            )
    return dict(parameters)
