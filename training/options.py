"""What a training run can be asked to do differently."""

from dataclasses import dataclass
from typing import Any

from scoring import CostMatrix, ScoringError
from training.errors import TrainingError
from training.learners.recipe import Recipe

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
    seeds : tuple of int, default=(0, 1, 2)
        One cross-validation each.
    recipe : Recipe, optional
        Parameters of the trees; by default those for so many clients.

    Raises
    ------
    TrainingError
        If an option is out of range.
    """

    false_positive_cost: float = 1.0
    false_negative_cost: float = 10.0
    folds: int = 5
    seeds: tuple[int, ...] = (0, 1, 2)
    recipe: Recipe | None = None

    def __post_init__(self) -> None:
        """Refuse options that no training can follow."""
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

    @property
    def cost_matrix(self) -> CostMatrix:
        """Return the costs that the threshold follows from."""
        return CostMatrix(self.false_positive_cost, self.false_negative_cost)

    @property
    def seed(self) -> int:
        """Return the seed of what is done once: final trees, bootstrap, golden rows."""
        return self.seeds[0]

    def to_dict(self) -> dict[str, Any]:
        """Return the options by name, as the manifest keeps them."""
        return {
            "false_positive_cost": self.false_positive_cost,
            "false_negative_cost": self.false_negative_cost,
            "folds": self.folds,
            "seeds": list(self.seeds),
            "recipe": None if self.recipe is None else self.recipe.to_dict(),
        }


def seeds_of(text: str) -> tuple[int, ...]:
    """Read seeds as ``0,1,2``.

    Raises
    ------
    TrainingError
        If the text is no list of whole numbers.
    """
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise TrainingError(
            f"Seeds are whole numbers with commas between them, as 0,1,2; not {text!r}."
        ) from None
