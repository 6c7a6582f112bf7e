"""A change of the recipe against the recipe as it is, in ranking and in money."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring import CostMatrix, probability_of
from training.cross_validation import OutOfFold
from training.evaluation.calibration import cross_fitted_log_odds
from training.evaluation.metrics import auc, cost_at_threshold
from training.learners import Outcomes
from training.protocol import paired_difference


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
    before = calibrated(reference, is_default)
    after = calibrated(changed, is_default)
    metrics = {"auc": auc, "cost_per_client": cost_at_threshold(costs)}
    return {
        name: paired_difference(metric, before, after, is_default).to_dict()
        for name, metric in metrics.items()
    }


def calibrated(
    repeats: Sequence[OutOfFold], is_default: Outcomes
) -> NDArray[np.float64]:
    """Return probabilities of shape (n_seeds, n_clients), calibrated on other folds."""
    return np.stack(
        [
            probability_of(
                cross_fitted_log_odds(scores.margins, is_default, scores.fold)
            )
            for scores in repeats
        ]
    )
