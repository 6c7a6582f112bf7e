"""Clients against their peers: same occupation, education and age band.

Which income is a low one depends on whose it is. The peers' medians are fitted on
training rows; a client to be judged never helps to set them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring import Feature
from training.errors import FeatureTableError
from training.learners.base import Matrix, Outcomes
from training.learners.prepared import PreparedRows

_GROUPING = (
    "application_occupation",
    "application_education_level",
    "application_age_years",
)
# Amounts as ratios to the median, scores as distances from it.
_RATIOS = ("application_income_amount", "application_annuity_amount")
_DISTANCES = (
    "application_external_score_1",
    "application_external_score_2",
    "application_external_score_3",
)
_AGE_LIMITS = (30.0, 40.0, 50.0, 60.0)
_FEWEST_PEERS = 20


@dataclass(frozen=True)
class PeerMedians:
    """A preparation that appends deviations from the peers' medians.

    Where fewer than 20 peers are known, those of the same education and age serve,
    and then everybody.

    Parameters
    ----------
    grouping : tuple of int
        Positions of occupation, education and age in years.
    ratios, distances : tuple of int
        Positions of the features to be divided by their median, or to have it taken
        away.
    categorical_positions : tuple of int
        Columns that hold indices of categories.
    """

    grouping: tuple[int, int, int]
    ratios: tuple[int, ...]
    distances: tuple[int, ...]
    categorical_positions: tuple[int, ...]

    @classmethod
    def among(cls, features: Sequence[Feature]) -> "PeerMedians":
        """Find the columns by their names.

        Raises
        ------
        FeatureTableError
            If one of them is absent.
        """
        positions = {feature.name: i for i, feature in enumerate(features)}
        wanted = (*_GROUPING, *_RATIOS, *_DISTANCES)
        absent = [name for name in wanted if name not in positions]
        if absent:
            raise FeatureTableError(
                f"Peers cannot be found: the feature table has no {', '.join(absent)}."
            )
        occupation, education, age = (positions[name] for name in _GROUPING)
        return cls(
            grouping=(occupation, education, age),
            ratios=tuple(positions[name] for name in _RATIOS),
            distances=tuple(positions[name] for name in _DISTANCES),
            categorical_positions=tuple(
                i for i, f in enumerate(features) if f.data_type == "categorical"
            ),
        )

    def fit(self, matrix: Matrix, is_default: Outcomes, seed: int) -> PreparedRows:
        """Learn the medians of the training rows' groups."""
        compared = (*self.ratios, *self.distances)
        keys = self._keys(matrix)
        medians = [_medians(keys, matrix[:, position]) for position in compared]

        def transform(rows: Matrix) -> Matrix:
            keys_of_rows = self._keys(rows)
            appended = [
                self._deviation(position, rows[:, position], found.of(keys_of_rows))
                for position, found in zip(compared, medians, strict=True)
            ]
            return np.column_stack([rows, *appended]).astype(np.float32)

        return PreparedRows(
            matrix=transform(matrix),
            is_default=is_default,
            transform=transform,
            origins=np.array([*range(matrix.shape[1]), *compared], dtype=np.intp),
            categorical_positions=self.categorical_positions,
        )

    def _keys(self, matrix: Matrix) -> list[NDArray[np.int64]]:
        """Return the groups of each row, the narrowest first."""
        occupation, education, age = (matrix[:, i] for i in self.grouping)
        band = np.where(np.isnan(age), -1, np.digitize(age, _AGE_LIMITS))
        wide = 1000 * (np.nan_to_num(education, nan=-1).astype(np.int64) + 1) + band
        narrow = 1_000_000 * (np.nan_to_num(occupation, nan=-1).astype(np.int64) + 1)
        return [narrow + wide, wide]

    def _deviation(
        self, position: int, values: NDArray[np.float32], medians: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        if position in self.distances:
            return values - medians
        ratio: NDArray[np.float64] = np.full(values.size, np.nan)
        np.divide(values, medians, out=ratio, where=medians > 0)
        return ratio


@dataclass(frozen=True)
class _Medians:
    """Medians by group at each level, and everybody's."""

    by_group: tuple[dict[int, float], ...]
    overall: float

    def of(self, keys: Sequence[NDArray[np.int64]]) -> NDArray[np.float64]:
        """Return each row's median, of the narrowest group that has one."""
        found = np.full(keys[0].size, np.nan)
        for medians, level in zip(self.by_group, keys, strict=True):
            groups, inverse = np.unique(level, return_inverse=True)
            here = np.array([medians.get(int(group), np.nan) for group in groups])
            found = np.where(np.isnan(found), here[inverse], found)
        return np.where(np.isnan(found), self.overall, found)


def _medians(
    keys: Sequence[NDArray[np.int64]], values: NDArray[np.float32]
) -> _Medians:
    known = ~np.isnan(values)
    if not known.any():
        return _Medians(tuple({} for _ in keys), float("nan"))
    return _Medians(
        tuple(_medians_of(level[known], values[known]) for level in keys),
        float(np.median(values[known])),
    )


def _medians_of(
    groups: NDArray[np.int64], values: NDArray[np.float32]
) -> dict[int, float]:
    order = np.argsort(groups, kind="stable")
    names, starts = np.unique(groups[order], return_index=True)
    parts = np.split(values[order], starts[1:])
    return {
        int(name): float(np.median(part))
        for name, part in zip(names, parts, strict=True)
        if part.size >= _FEWEST_PEERS
    }
