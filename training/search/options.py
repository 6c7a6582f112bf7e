"""What a search can be asked to do differently."""

from dataclasses import dataclass, field
from typing import Any

from scoring import CostMatrix
from training.errors import SearchError
from training.search.objective import OBJECTIVES, Objective
from training.search.space import SPACE_VERSION


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """Options of a search.

    Parameters
    ----------
    trials : int, default=60
        At most, those of an earlier run included.
    timeout : float, optional
        Seconds after which no further trial begins.
    patience : int, default=30
        Trials without gain after which the search ends.
    objective : {"cost", "auc"}, default="cost"
    folds, seed : int
        Of the cross-validation; the seed also of the trees and of the proposals.
    costs : CostMatrix

    Raises
    ------
    SearchError
        If an option is out of range.
    """

    trials: int = 60
    timeout: float | None = None
    patience: int = 30
    objective: Objective = "cost"
    folds: int = 5
    seed: int = 0
    costs: CostMatrix = field(default_factory=CostMatrix)

    def __post_init__(self) -> None:
        """Refuse options that no search can follow."""
        if self.objective not in OBJECTIVES:
            raise SearchError(
                f"--objective is {' or '.join(OBJECTIVES)}, not {self.objective!r}."
            )
        if min(self.trials, self.patience) < 1:
            raise SearchError("A search needs at least one trial and one of patience.")
        if self.timeout is not None and not self.timeout > 0:
            raise SearchError("--timeout must be a positive number of seconds.")
        if self.folds < 2 or self.seed < 0:
            raise SearchError("A search needs two --folds and a --seed from 0 on.")

    def subject(self, data_fingerprint: str) -> dict[str, Any]:
        """Return what two trials must share to be of one search."""
        return {
            "data_fingerprint": data_fingerprint,
            "space_version": SPACE_VERSION,
            "objective": self.objective,
            "folds": self.folds,
            "seed": self.seed,
            "false_positive_cost": self.costs.false_positive_cost,
            "false_negative_cost": self.costs.false_negative_cost,
        }
