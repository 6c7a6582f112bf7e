"""Column-wise preparation by scikit-learn, shared by learners that need it."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

from training.learners.base import Matrix


def numeric_positions(width: int, categorical: Sequence[int]) -> list[int]:
    """Return the columns that hold no categories."""
    return sorted(set(range(width)) - set(categorical))


def by_column(
    width: int, categorical: Sequence[int], numeric_step: object, code_step: object
) -> ColumnTransformer:
    """Treat numbers one way and codes another; the numbers come first."""
    return ColumnTransformer(
        [
            ("numbers", numeric_step, numeric_positions(width, categorical)),
            ("codes", code_step, list(categorical)),
        ]
    )


def imputed_number() -> SimpleImputer:
    """Put the training rows' median where a number is missing."""
    # A column of which nothing is known stays, as zeros: columns keep their places.
    return SimpleImputer(strategy="median", keep_empty_features=True)


def imputed_code() -> SimpleImputer:
    """Put the training rows' most frequent code where a code is missing."""
    return SimpleImputer(strategy="most_frequent", keep_empty_features=True)


def scaled_number() -> object:
    """Impute numbers, then bring them to one scale, for learners of distances."""
    return make_pipeline(imputed_number(), StandardScaler())


def one_hot() -> OneHotEncoder:
    """One column per code met in training, missing being one; zeros for others."""
    return OneHotEncoder(handle_unknown="ignore", sparse_output=False, dtype=np.float32)


def ordinal() -> OrdinalEncoder:
    """Make codes numbers, in alphabetical order; unknown ones are missing."""
    return OrdinalEncoder(
        handle_unknown="use_encoded_value",
        unknown_value=np.nan,
        encoded_missing_value=np.nan,
        dtype=np.float32,
    )


def as_matrix(transform: Callable[[Matrix], object]) -> Callable[[Matrix], Matrix]:
    """Let a transformation return the type of matrix that learners exchange."""
    return lambda matrix: np.asarray(transform(matrix), dtype=np.float32)


def origins(
    fitted: ColumnTransformer, width: int, categorical: Sequence[int]
) -> NDArray[np.intp]:
    """Return the feature behind each column that a fitted ``by_column`` makes."""
    numbers = numeric_positions(width, categorical)
    step = fitted.named_transformers_["codes"]
    encoder = step[-1] if isinstance(step, Pipeline) else step
    spread = isinstance(encoder, OneHotEncoder)
    per_code = [len(c) for c in encoder.categories_] if spread else 1
    return np.concatenate(
        [
            np.array(numbers, dtype=np.intp),
            np.repeat(np.array(categorical, dtype=np.intp), per_code),
        ]
    )
