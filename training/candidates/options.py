"""What a run of the candidates can be asked to do differently."""

from dataclasses import asdict, dataclass
from typing import Any

from scoring import CostMatrix, ScoringError
from training.errors import TrainingError
from training.options import MIN_FOLDS
from training.recipe import Recipe


@dataclass(frozen=True, slots=True)
class CandidateOptions:
    """How candidates are measured and judged.

    Parameters
    ----------
    folds : int, default=5
    seeds : tuple of int, default=(0, 1, 2)
        Of folds and learners; a figure is its mean over them.
    false_positive_cost, false_negative_cost : float
    recipe : Recipe, optional
        Of the reference; by default the one for so many clients.

    Raises
    ------
    TrainingError
        If an option is out of range.
    """

    folds: int = 5
    seeds: tuple[int, ...] = (0, 1, 2)
    false_positive_cost: float = 1.0
    false_negative_cost: float = 10.0
    recipe: Recipe | None = None

    def __post_init__(self) -> None:
        """Refuse options that nothing can be measured with."""
        if self.folds < MIN_FOLDS:
            raise TrainingError(f"Cross-validation needs at least {MIN_FOLDS} folds.")
        if not self.seeds or len(set(self.seeds)) < len(self.seeds):
            raise TrainingError("Give at least one seed, and each only once.")
        if min(self.seeds) < 0:
            raise TrainingError("A seed must not be negative.")
        try:
            CostMatrix(self.false_positive_cost, self.false_negative_cost)
        except ScoringError as error:
            raise TrainingError(str(error)) from error

    def to_dict(self) -> dict[str, Any]:
        """Return the options by name, as JSON keeps them."""
        return asdict(self) | {
            "seeds": list(self.seeds),
            "recipe": None if self.recipe is None else self.recipe.to_dict(),
        }

    @property
    def costs(self) -> CostMatrix:
        """Return the costs of both errors."""
        return CostMatrix(self.false_positive_cost, self.false_negative_cost)
