"""What a search makes small: money, or one less the AUC."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from scoring import CostMatrix, probability_of
from training.evaluation.calibration import cross_fitted_log_odds
from training.learners.cross_validation import OutOfFold

Objective = Literal["cost", "auc"]
OBJECTIVES: tuple[Objective, ...] = get_args(Objective)


@dataclass(frozen=True, slots=True)
class Judgement:
    """Both figures of out-of-fold scores, whichever is searched by."""

    cost: float
    auc: float

    def loss(self, objective: Objective) -> float:
        """Return what is to be made small."""
        return self.cost if objective == "cost" else 1 - self.auc


def judge(
    scores: OutOfFold, is_default: NDArray[np.bool_], costs: CostMatrix
) -> Judgement:
    """Compute the cost per client after calibration, and the AUC.

    The AUC is the mean of the folds', since margins of different folds need not be on
    one scale before they are calibrated.

    Raises
    ------
    EvaluationError
        If the margins cannot be calibrated.
    """
    log_odds = cross_fitted_log_odds(scores.margins, is_default, scores.fold)
    cost = costs.expected_cost(is_default, probability_of(log_odds), costs.threshold)
    aucs = [
        roc_auc_score(is_default[scores.fold == k], scores.margins[scores.fold == k])
        for k in np.unique(scores.fold)
    ]
    return Judgement(cost, float(np.mean(aucs)))
