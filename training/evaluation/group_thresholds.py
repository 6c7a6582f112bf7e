"""Thresholds by group that approve groups alike, as cheaply as that can be done."""

import numpy as np
from numpy.typing import NDArray

from scoring import CostMatrix
from training.evaluation.scored import Scored

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_SHARES = np.linspace(0.3, 1.0, 71)


def equal_approval(
    scored: Scored, is_in_group: Flags, costs: CostMatrix
) -> NDArray[np.bool_]:
    """Refuse the same share of a group as of the others.

    The share is the cheapest on the other folds, and so are the thresholds that give
    it there. Deciding so needs everybody's group at the decision, which is what the
    law forbids for gender: it is a measure of the price, and no proposal.

    Parameters
    ----------
    scored : Scored
    is_in_group : ndarray of shape (n_clients,)
    costs : CostMatrix

    Returns
    -------
    ndarray of shape (n_seeds, n_clients), bool
        Who is refused.
    """
    refused = np.empty(scored.probability.shape, dtype=np.bool_)
    for seed, fold in enumerate(scored.fold):
        for number in np.unique(fold):
            held_out = fold == number
            inside, outside = _thresholds(
                scored.probability[seed, ~held_out],
                scored.is_default[~held_out],
                is_in_group[~held_out],
                costs,
            )
            limits = np.where(is_in_group[held_out], inside, outside)
            refused[seed, held_out] = scored.probability[seed, held_out] >= limits
    return refused


def _thresholds(
    probability: Floats, is_default: Flags, is_in_group: Flags, costs: CostMatrix
) -> tuple[float, float]:
    limits = [np.quantile(probability[g], _SHARES) for g in (is_in_group, ~is_in_group)]
    paid = []
    for inside, outside in zip(*limits, strict=True):
        refused = probability >= np.where(is_in_group, inside, outside)
        paid.append(
            costs.false_positive_cost * (refused & ~is_default).sum()
            + costs.false_negative_cost * (~refused & is_default).sum()
        )
    cheapest = int(np.argmin(paid))
    return float(limits[0][cheapest]), float(limits[1][cheapest])
