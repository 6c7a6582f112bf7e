"""What a training run can be asked to do differently."""

from dataclasses import asdict, dataclass

from scoring import CostMatrix, ScoringError
from training.errors import TrainingError

MIN_FOLDS = 2


@dataclass(frozen=True, slots=True)
class TrainingOptions:
    """Options that change the model; part of what makes two runs the same run.

    Parameters
    ----------
    false_positive_cost : float, default=1.0
        Cost of refusing a client who would have paid.
    false_negative_cost : float, default=10.0
        Cost of granting a client who defaults.
    folds : int, default=5
        Folds of the cross-validation.
    seed : int, default=0
        Of folds, trees, bootstrap and golden rows.

    Raises
    ------
    TrainingError
        If an option is out of range.
    """

    false_positive_cost: float = 1.0
    false_negative_cost: float = 10.0
    folds: int = 5
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse options that no training can follow."""
        if self.folds < MIN_FOLDS:
            raise TrainingError(f"Cross-validation needs at least {MIN_FOLDS} folds.")
        if self.seed < 0:
            raise TrainingError("The seed must not be negative.")
        try:
            CostMatrix(self.false_positive_cost, self.false_negative_cost)
        except ScoringError as error:
            raise TrainingError(str(error)) from error

    @property
    def cost_matrix(self) -> CostMatrix:
        """Return the costs that the threshold follows from."""
        return CostMatrix(self.false_positive_cost, self.false_negative_cost)

    def to_dict(self) -> dict[str, float | int]:
        """Return the options by name, as the manifest keeps them."""
        return asdict(self)
