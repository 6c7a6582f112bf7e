"""Grant, review or refuse."""

from dataclasses import dataclass
from typing import Literal

from scoring.errors import ScoringError

Decision = Literal["grant", "review", "refuse"]


@dataclass(frozen=True, slots=True)
class DecisionRule:
    """A threshold and, around it, the band in which a person decides.

    Parameters
    ----------
    threshold : float
        Probability of default at which granting and refusing cost the same.
    review_band : tuple of float
        Probabilities ``(low, high)``: below ``low`` the credit is granted, at or above
        ``high`` it is refused, in between it is reviewed. Equal ends at the threshold
        leave no review.

    Raises
    ------
    ScoringError
        Unless 0 <= low <= threshold <= high <= 1.
    """

    threshold: float
    review_band: tuple[float, float]

    def __post_init__(self) -> None:
        """Refuse a band that does not hold the threshold."""
        low, high = self.review_band
        if not 0.0 <= low <= self.threshold <= high <= 1.0:
            raise ScoringError(
                f"The review band [{low}, {high}] must hold the threshold "
                f"{self.threshold} and lie between 0 and 1."
            )

    def decide(self, probability: float) -> Decision:
        """Return the decision for one calibrated probability of default."""
        low, high = self.review_band
        if probability < low:
            return "grant"
        return "review" if probability < high else "refuse"
