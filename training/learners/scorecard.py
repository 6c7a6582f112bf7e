"""The classical scorecard: points per bin, added up.

Binned features in weights of evidence, chosen by information value, under a logistic
regression; every step is fitted inside ``fit``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from scoring import CostMatrix, Feature, PointsScale
from training.learners.base import Matrix, Outcomes
from training.learners.binning import WeighedBins, optimal_bins, quick_bins

Floats = NDArray[np.float64]

DEFAULT_SCALE = PointsScale(CostMatrix().threshold)
# Below it a feature tells nothing (Siddiqi 2006, ch. 6).
_LEAST_INFORMATION = 0.02
_MOST_BINNED = 90


@dataclass(frozen=True)
class Characteristic:
    """A feature of the scorecard.

    Attributes
    ----------
    position : int
        Of the feature's column.
    weighed : WeighedBins
    coefficient : float
        Log-odds of default per unit of WoE; negative, as WoE is of being safe.
    """

    position: int
    weighed: WeighedBins
    coefficient: float


@dataclass(frozen=True)
class TrainedScorecard:
    """Points per bin.

    Attributes
    ----------
    features : tuple of Feature
        Of all columns.
    characteristics : tuple of Characteristic
        By falling information value.
    intercept : float
        Log-odds of default where every WoE is 0.
    scale : PointsScale
    """

    features: tuple[Feature, ...]
    characteristics: tuple[Characteristic, ...]
    intercept: float
    scale: PointsScale

    def margins(self, matrix: Matrix) -> Floats:
        """Return the log-odds of default, shape (n_rows,)."""
        log_odds = np.full(len(matrix), self.intercept)
        for item in self.characteristics:
            column = matrix[:, item.position]
            log_odds += item.coefficient * item.weighed.weights_of_evidence(column)
        return log_odds

    def table(self) -> list[dict[str, Any]]:
        """Return the scorecard: a client's points are the sum over the features.

        Returns
        -------
        list of dict
            One per bin: ``feature``, ``bin`` (``[low, high)``, codes, or ``missing``),
            ``share`` of the training rows, ``default_rate``, ``woe`` and unrounded
            ``points``. An unknown code has the points of ``woe`` 0.
        """
        return [row for item in self.characteristics for row in self._rows(item)]

    def importances(self) -> list[dict[str, Any]]:
        """Return what each feature weighs, most first.

        Returns
        -------
        list of dict
            ``feature``, ``information_value``, ``coefficient``, ``points_range`` (the
            best bin's over the worst's) and ``mean_absolute_points`` (how far a client
            of the training rows is moved from the mean, on average).
        """
        found = []
        for item in self.characteristics:
            points = self._points(item)
            shares = item.weighed.clients / item.weighed.clients.sum()
            met = points[shares > 0]
            found.append(
                {
                    "feature": self.features[item.position].name,
                    "information_value": item.weighed.information_value,
                    "coefficient": item.coefficient,
                    "points_range": float(met.max() - met.min()),
                    "mean_absolute_points": float(
                        shares @ np.abs(points - shares @ points)
                    ),
                }
            )
        return sorted(found, key=lambda row: -row["mean_absolute_points"])

    def _points(self, item: Characteristic) -> Floats:
        share_of_base = self.scale.from_log_odds(self.intercept) / len(
            self.characteristics
        )
        return share_of_base - self.scale.factor * item.coefficient * item.weighed.woe

    def _rows(self, item: Characteristic) -> Iterator[dict[str, Any]]:
        weighed, points = item.weighed, self._points(item)
        for number, label in enumerate(_labels(weighed, self.features[item.position])):
            clients = int(weighed.clients[number])
            if clients == 0:
                continue
            yield {
                "feature": self.features[item.position].name,
                "bin": label,
                "share": clients / int(weighed.clients.sum()),
                "default_rate": float(weighed.defaults[number] / clients),
                "woe": float(weighed.woe[number]),
                "points": float(points[number]),
            }


def _labels(weighed: WeighedBins, feature: Feature) -> list[str]:
    bins = weighed.bins
    if bins.groups is not None:
        names = [category.code for category in feature.categories]
        known = [", ".join(names[code] for code in group) for group in bins.groups]
    else:
        ends = ["-∞", *(f"{edge:.6g}" for edge in bins.edges), "∞"]
        known = [f"[{ends[i]}, {ends[i + 1]})" for i in range(bins.count)]
    return [*known, "missing"]


@dataclass(frozen=True)
class Scorecard:
    """Learns a scorecard.

    Parameters
    ----------
    features : tuple of Feature
        Of the matrix's columns.
    scale : PointsScale
    most_features : int, default=25
    most_alike : float, default=0.75
        Correlation of WoE with a stronger feature from which one adds nothing.
    """

    features: tuple[Feature, ...]
    scale: PointsScale = DEFAULT_SCALE
    most_features: int = 25
    most_alike: float = 0.75

    def fit(self, matrix: Matrix, is_default: Outcomes, seed: int) -> TrainedScorecard:
        """Choose, bin and weigh features; nothing here is left to chance."""
        chosen = self._choose(matrix, is_default)
        evidence = np.column_stack(
            [weighed.weights_of_evidence(matrix[:, i]) for i, weighed in chosen]
        )
        kept, model = _fit_with_right_signs(evidence, is_default)
        return TrainedScorecard(
            features=self.features,
            characteristics=tuple(
                Characteristic(*chosen[column], float(coefficient))
                for column, coefficient in zip(kept, model.coef_[0], strict=True)
            ),
            intercept=float(model.intercept_[0]),
            scale=self.scale,
        )

    def _choose(
        self, matrix: Matrix, is_default: Outcomes
    ) -> list[tuple[int, WeighedBins]]:
        """Bin the most telling features, leaving out those that repeat another."""
        chosen: list[tuple[int, WeighedBins]] = []
        columns: list[Floats] = []
        for position in self._by_information(matrix, is_default)[:_MOST_BINNED]:
            column = matrix[:, position]
            bins = optimal_bins(column, is_default, self._is_categorical(position))
            weighed = WeighedBins.weigh(bins, column, is_default)
            woe = weighed.weights_of_evidence(column)
            if chosen and weighed.surplus_information < _LEAST_INFORMATION:
                continue
            if np.ptp(woe) == 0 or _likeness(woe, columns) > self.most_alike:
                continue
            chosen.append((position, weighed))
            columns.append(woe)
            if len(chosen) == self.most_features:
                break
        return chosen

    def _by_information(self, matrix: Matrix, is_default: Outcomes) -> list[int]:
        values = [
            WeighedBins.weigh(
                quick_bins(matrix[:, position], self._is_categorical(position)),
                matrix[:, position],
                is_default,
            ).surplus_information
            for position in range(matrix.shape[1])
        ]
        return [int(i) for i in np.argsort(-np.array(values), kind="stable")]

    def _is_categorical(self, position: int) -> bool:
        return self.features[position].data_type == "categorical"


def _likeness(woe: Floats, others: Sequence[Floats]) -> float:
    return max((float(np.corrcoef(woe, other)[0, 1]) for other in others), default=0.0)


def _fit_with_right_signs(
    evidence: Floats, is_default: Outcomes
) -> tuple[list[int], LogisticRegression]:
    """Leave out, one by one, features whose safer bins would cost points."""
    kept = list(range(evidence.shape[1]))
    while True:
        model = LogisticRegression(max_iter=1000).fit(evidence[:, kept], is_default)
        worst = int(np.argmax(model.coef_[0]))
        if model.coef_[0][worst] < 0 or len(kept) == 1:
            return kept, model
        del kept[worst]
