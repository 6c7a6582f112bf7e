"""What can be trained, one learner per file."""

from training.learners.base import Learner, Matrix, Outcomes, Predictor
from training.learners.boosted_trees import BoostedTrees, TrainedTrees

__all__ = [
    "BoostedTrees",
    "Learner",
    "Matrix",
    "Outcomes",
    "Predictor",
    "TrainedTrees",
]
