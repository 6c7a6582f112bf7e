"""From a client's feature row to the vector that the booster reads.

The same rules hold in training and in serving: numbers in single precision, as the
feature table stores them; nothing known is NaN; a category is its index in the
manifest, and one that training never saw counts as missing.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from scoring.errors import FeatureRowError
from scoring.feature import Feature


class FeatureEncoder:
    """Encode feature rows in the model's column order.

    Parameters
    ----------
    features : sequence of Feature
        At least one, in the booster's order.
    """

    def __init__(self, features: Sequence[Feature]) -> None:
        self._names = tuple(feature.name for feature in features)
        self._values = itemgetter(*self._names)
        self._numeric = tuple(
            position
            for position, feature in enumerate(features)
            if feature.data_type == "numeric"
        )
        self._codes = tuple(
            (
                position,
                {
                    category.code: float(index)
                    for index, category in enumerate(feature.categories)
                },
            )
            for position, feature in enumerate(features)
            if feature.data_type == "categorical"
        )

    def encode(self, row: Mapping[str, object]) -> NDArray[np.float32]:
        """Encode one client.

        Parameters
        ----------
        row : mapping of str to object
            Every feature by name; None where nothing is known. More keys do no harm.

        Returns
        -------
        ndarray of shape (1, n_features)

        Raises
        ------
        FeatureRowError
            If a feature is absent, or a value is neither a number nor a known kind of
            code. The message names features, never values.
        """
        return self.encode_many([row])

    def encode_many(self, rows: Sequence[Mapping[str, object]]) -> NDArray[np.float32]:
        """Encode several clients into a matrix of shape (n_rows, n_features)."""
        matrix = np.empty((len(rows), len(self._names)), dtype=np.float32)
        for index, row in enumerate(rows):
            values = self._ordered_values(row)
            for position, indices in self._codes:
                values[position] = self._code_index(position, values[position], indices)
            self._fill(matrix[index], values)
        # Overflow gives infinities: a magnitude that no training row had.
        matrix[~np.isfinite(matrix)] = np.nan
        return matrix

    def _ordered_values(self, row: Mapping[str, object]) -> list[object]:
        try:
            picked = self._values(row)
        except KeyError:
            absent = [name for name in self._names if name not in row]
            shown = ", ".join(absent[:5]) + (" ..." if len(absent) > 5 else "")
            raise FeatureRowError(
                f"The feature row lacks {len(absent)} of {len(self._names)} features "
                f"({shown}). Does the feature table fit the model?"
            ) from None
        return list(picked) if len(self._names) > 1 else [picked]

    def _code_index(
        self, position: int, value: object, indices: Mapping[str, float]
    ) -> float | None:
        if value is None:
            return None
        if not isinstance(value, str):
            raise FeatureRowError(
                f"{self._names[position]} must be a code in text or nothing, not "
                f"{type(value).__name__}."
            )
        return indices.get(value)

    def _fill(self, target: NDArray[np.float32], values: list[object]) -> None:
        try:
            # By type, of which there are few: asking each value takes longer than the
            # trees.
            if any(issubclass(kind, str | bytes) for kind in set(map(type, values))):
                raise ValueError
            with np.errstate(over="ignore"):
                target[:] = np.array(values, dtype=np.float32)
        except (TypeError, ValueError):
            culprit = next(
                position
                for position in self._numeric
                if not _is_number(values[position])
            )
            raise FeatureRowError(
                f"{self._names[culprit]} must be a number or nothing, not "
                f"{type(values[culprit]).__name__}."
            ) from None


def _is_number(value: object) -> bool:
    return value is None or isinstance(value, int | float | Decimal | np.generic)
