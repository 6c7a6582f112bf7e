"""What a change of model or of rule does to money, ranking and the gap of groups."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring import CostMatrix
from training.evaluation.metrics import auc
from training.evaluation.resampling import Replicates, estimate, ratio

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Comparison:
    """The ground on which variants are compared: the same clients and replicates.

    Attributes
    ----------
    is_default : ndarray of shape (n_clients,)
    costs : CostMatrix
    gaps : dict of str to ndarray of shape (n_clients,), bool
        Groups, each compared with everybody else.
    replicates : Replicates
    """

    is_default: Flags
    costs: CostMatrix
    gaps: dict[str, Flags]
    replicates: Replicates

    def figures(self, probability: Floats, refused: Flags | None = None) -> "Figures":
        """Measure one variant.

        Parameters
        ----------
        probability : ndarray of shape (n_seeds, n_clients)
        refused : ndarray of shape (n_seeds, n_clients), optional
            By default whoever reaches the business threshold.
        """
        if refused is None:
            refused = probability >= self.costs.threshold
        share = refused.mean(axis=0)
        wrong = np.where(
            self.is_default,
            self.costs.false_negative_cost * (1 - share),
            self.costs.false_positive_cost * share,
        )
        ranked = [auc(self.is_default, one) for one in probability]
        batches = list(self.replicates.batches())
        area = [np.concatenate([one(weights) for weights in batches]) for one in ranked]
        found = {
            "auc": np.mean(area, axis=0),
            "cost_per_client": self.replicates.means(wrong[:, None])[:, 0],
        }
        for name, inside in self.gaps.items():
            found[f"approval_gap_{name}"] = self._gap(1 - share, inside)
            good = ~self.is_default
            found[f"good_refused_gap_{name}"] = self._gap(share, inside, good)
        return Figures(found)

    def _gap(self, share: Floats, inside: Flags, among: Flags | None = None) -> Floats:
        among = np.ones_like(inside) if among is None else among
        own, others = inside & among, ~inside & among
        sums = self.replicates.sums(
            np.stack((share * own, own, share * others, others), axis=1)
        )
        return ratio(sums[:, 0], sums[:, 1]) - ratio(sums[:, 2], sums[:, 3])


@dataclass(frozen=True)
class Figures:
    """Resampled figures of one variant, by name."""

    resampled: dict[str, Floats]

    def against(self, reference: "Figures") -> dict[str, Any]:
        """Return each figure, and its paired difference from the reference."""
        return {
            name: {
                **estimate(own).to_dict(),
                "difference": estimate(own - reference.resampled[name]).to_dict(),
            }
            for name, own in self.resampled.items()
        }
