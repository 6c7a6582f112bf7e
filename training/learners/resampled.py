"""Preparations against rare defaults: weights, under-sampling, synthetic clients.

References
----------
N. Chawla et al., "SMOTE: Synthetic Minority Over-sampling Technique", JAIR 16, 2002.
"""

from dataclasses import dataclass

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.pipeline import make_pipeline

from training.learners import columns
from training.learners.base import Matrix, Outcomes
from training.learners.prepared import PreparedRows, every_feature, unchanged

_NEIGHBOURS = 5


@dataclass(frozen=True)
class ClassWeights:
    """Weigh both outcomes alike in all, as scikit-learn's ``balanced`` does.

    Parameters
    ----------
    categorical_positions : tuple of int
        Columns that hold indices of categories.
    """

    categorical_positions: tuple[int, ...]

    def fit(self, matrix: Matrix, is_default: Outcomes, seed: int) -> PreparedRows:
        """Weigh the rows; every one stays as it is."""
        rate = is_default.mean()
        return PreparedRows(
            matrix=matrix,
            is_default=is_default,
            transform=unchanged,
            origins=every_feature(matrix),
            categorical_positions=self.categorical_positions,
            weights=np.where(is_default, 0.5 / rate, 0.5 / (1 - rate)),
        )


@dataclass(frozen=True)
class UnderSampling:
    """Leave out repaid credits at random; missing values stay missing.

    Parameters
    ----------
    categorical_positions : tuple of int
        Columns that hold indices of categories.
    ratio : float, default=1.0
        Defaults per repaid credit afterwards.
    """

    categorical_positions: tuple[int, ...]
    ratio: float = 1.0

    def fit(self, matrix: Matrix, is_default: Outcomes, seed: int) -> PreparedRows:
        """Draw the rows that stay."""
        from imblearn.under_sampling import RandomUnderSampler

        sampler = RandomUnderSampler(
            sampling_strategy=_at_least_as_now(self.ratio, is_default),
            random_state=seed,
        )
        kept, outcomes = sampler.fit_resample(matrix, is_default)
        return PreparedRows(
            matrix=kept,
            is_default=outcomes,
            transform=unchanged,
            origins=every_feature(matrix),
            categorical_positions=self.categorical_positions,
        )


@dataclass(frozen=True)
class Imputed:
    """Put medians and most frequent codes where nothing is known, and no more.

    SMOTE cannot do without it; alone, it tells which part of the effect is its own.

    Parameters
    ----------
    categorical_positions : tuple of int
        Columns that hold indices of categories.
    """

    categorical_positions: tuple[int, ...]

    def fit(self, matrix: Matrix, is_default: Outcomes, seed: int) -> PreparedRows:
        """Learn what to put in."""
        width, codes = matrix.shape[1], self.categorical_positions
        by_column = columns.by_column(
            width, codes, columns.imputed_number(), columns.imputed_code()
        ).fit(matrix)
        transform = columns.as_matrix(by_column.transform)
        return PreparedRows(
            matrix=transform(matrix),
            is_default=is_default,
            transform=transform,
            origins=columns.origins(by_column, width, codes),
            categorical_positions=_last(len(codes), width),
        )


@dataclass(frozen=True)
class Smote:
    """Invent defaulters between neighbouring ones, on imputed and scaled rows.

    SMOTE knows no codes: it is given a column for each, and invents clients who are
    half of one code and half of another. SMOTENC keeps whole codes, and a column each.

    Parameters
    ----------
    categorical_positions : tuple of int
        Columns that hold indices of categories.
    keeps_codes : bool, default=False
        SMOTENC in place of SMOTE.
    ratio : float, default=1.0
        Defaults per repaid credit afterwards.
    """

    categorical_positions: tuple[int, ...]
    keeps_codes: bool = False
    ratio: float = 1.0

    def fit(self, matrix: Matrix, is_default: Outcomes, seed: int) -> PreparedRows:
        """Impute, scale and resample in one pipeline."""
        from imblearn.pipeline import make_pipeline as make_resampling_pipeline

        width, codes = matrix.shape[1], self.categorical_positions
        code_step = (
            columns.imputed_code()
            if self.keeps_codes
            else make_pipeline(columns.imputed_code(), columns.one_hot())
        )
        by_column = columns.by_column(width, codes, columns.scaled_number(), code_step)
        pipeline = make_resampling_pipeline(
            by_column, self._sampler(width, is_default, seed)
        )
        resampled, outcomes = pipeline.fit_resample(matrix, is_default)
        # Rows to be judged are imputed and scaled, and never resampled.
        fitted = pipeline[0]
        return PreparedRows(
            matrix=np.asarray(resampled, dtype=np.float32),
            is_default=outcomes,
            transform=columns.as_matrix(fitted.transform),
            origins=columns.origins(fitted, width, codes),
            categorical_positions=(
                _last(len(codes), width) if self.keeps_codes else ()
            ),
        )

    def _sampler(self, width: int, is_default: Outcomes, seed: int) -> BaseEstimator:
        from imblearn.over_sampling import SMOTE, SMOTENC

        options = {
            "sampling_strategy": _at_least_as_now(self.ratio, is_default),
            "k_neighbors": min(_NEIGHBOURS, int(is_default.sum()) - 1),
            "random_state": seed,
        }
        if not self.keeps_codes:
            return SMOTE(**options)
        return SMOTENC(_last(len(self.categorical_positions), width), **options)


def _last(count: int, width: int) -> tuple[int, ...]:
    """Return the positions of codes, which come after the numbers."""
    return tuple(range(width - count, width))


def _at_least_as_now(ratio: float, is_default: Outcomes) -> float:
    """Return the ratio, or today's where defaults are more common already."""
    rate = float(is_default.mean())
    return max(ratio, rate / (1 - rate))
