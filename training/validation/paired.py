"""A change of the recipe against the recipe as it is, in ranking and in money."""

from collections.abc import Sequence
from typing import Any

from scoring import CostMatrix
from training.evaluation.metrics import auc, cost_at_threshold
from training.evaluation.scored import Scored
from training.learners import Outcomes
from training.learners.cross_validation import OutOfFold
from training.validation.protocol import paired_difference


def paired_figures(
    reference: Sequence[OutOfFold],
    changed: Sequence[OutOfFold],
    is_default: Outcomes,
    costs: CostMatrix,
) -> dict[str, Any]:
    """Compare two learners that were cross-validated on the same folds.

    Parameters
    ----------
    reference, changed : sequence of OutOfFold
        One per seed.
    is_default : ndarray of shape (n_clients,)
    costs : CostMatrix

    Returns
    -------
    dict
        ``auc`` and ``cost_per_client``, each as ``PairedDifference.to_dict``; the
        difference is changed less reference.
    """
    before, after = (
        Scored.of(repeats, is_default).probability for repeats in (reference, changed)
    )
    metrics = {"auc": auc, "cost_per_client": cost_at_threshold(costs)}
    return {
        name: paired_difference(metric, before, after, is_default).to_dict()
        for name, metric in metrics.items()
    }
