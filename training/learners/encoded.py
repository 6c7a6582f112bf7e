"""Codes as numbers, one way or the other, in place of LightGBM's own categories."""

from dataclasses import dataclass
from typing import Literal

from training.learners import columns
from training.learners.base import Matrix, Outcomes
from training.learners.prepared import PreparedRows


@dataclass(frozen=True)
class Encoded:
    """A preparation by scikit-learn's encoders; numbers stay as they are.

    Parameters
    ----------
    categorical_positions : tuple of int
        Columns that hold indices of categories.
    encoding : {"label", "one-hot"}
        The rank of the code in the alphabet, or a column for each code.
    """

    categorical_positions: tuple[int, ...]
    encoding: Literal["label", "one-hot"]

    def fit(self, matrix: Matrix, is_default: Outcomes, seed: int) -> PreparedRows:
        """Learn the codes of the training rows."""
        encoder = columns.ordinal() if self.encoding == "label" else columns.one_hot()
        width, codes = matrix.shape[1], self.categorical_positions
        by_column = columns.by_column(width, codes, "passthrough", encoder).fit(matrix)
        transform = columns.as_matrix(by_column.transform)
        return PreparedRows(
            matrix=transform(matrix),
            is_default=is_default,
            transform=transform,
            origins=columns.origins(by_column, width, codes),
        )
