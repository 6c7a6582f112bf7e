"""A model that is better than these tables allow has probably seen the outcome."""

BELIEVABLE_AUC = 0.81
"""Just above 0.8057, the private score of the competition's winning blend in 2018."""


def is_too_good(auc: float) -> bool:
    """Tell whether a leak is a likelier reason than skill."""
    return auc > BELIEVABLE_AUC


def too_good_message(auc: float) -> str:
    """Return the line for who trains."""
    return (
        f"Warning: an AUC of {auc:.3f} is too good to be true. No model of these "
        f"tables is known to exceed {BELIEVABLE_AUC}: hunt the leak first, beginning "
        "with the report's strongest themes. Which feature knows the outcome?"
    )
