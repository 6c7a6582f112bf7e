"""Numbers as people of one language write them."""

from __future__ import annotations

import math
from dataclasses import dataclass

NARROW_SPACE = "\u202f"
HARD_SPACE = "\u00a0"
MINUS = "\u2212"


@dataclass(frozen=True)
class NumberFormat:
    """The marks of one language.

    Attributes
    ----------
    group, decimal : str
        Marks between thousands and before decimals.
    percent : str
        What follows a percentage.
    """

    group: str
    decimal: str
    percent: str

    def number(self, value: float, decimals: int = 0, *, signed: bool = False) -> str:
        """Write a number, rounded half to even, with a true minus sign."""
        written = f"{abs(value):,.{decimals}f}"
        is_zero = not any(digit in "123456789" for digit in written)
        written = written.translate(str.maketrans(",.", "\0\1"))
        written = written.replace("\0", self.group).replace("\1", self.decimal)
        if is_zero:
            return written
        if value < 0:
            return MINUS + written
        return f"+{written}" if signed else written

    def significant(self, value: float, digits: int = 3) -> str:
        """Write a number with at most so many significant decimals."""
        if value == 0 or not math.isfinite(value):
            return self.number(0)
        magnitude = math.floor(math.log10(abs(value)))
        return self.at_most(value, min(max(digits - 1 - magnitude, 0), 6))

    def at_most(self, value: float, decimals: int) -> str:
        """Write a number with at most so many decimals, no idle zeros."""
        written = self.number(value, decimals)
        if self.decimal in written:
            written = written.rstrip("0").rstrip(self.decimal)
        return written

    def share(self, value: float, decimals: int = 0) -> str:
        """Write a share of one as a percentage."""
        return self.number(100 * value, decimals) + self.percent


NUMBER_FORMATS = {
    "fr": NumberFormat(group=NARROW_SPACE, decimal=",", percent=f"{HARD_SPACE}%"),
    "en": NumberFormat(group=",", decimal=".", percent="%"),
}


def round_to_total(values: list[float], total: int) -> list[int]:
    """Round values to whole numbers that still add up to a whole total.

    The largest remainders are rounded up first (Hamilton's method).

    Parameters
    ----------
    values : list of float
    total : int

    Returns
    -------
    list of int
        Adding up to `total`; each within one of its value where that is near enough
        to their sum.
    """
    floors = [math.floor(value) for value in values]
    each, missing = divmod(total - sum(floors), len(values))
    by_remainder = sorted(
        range(len(values)),
        key=lambda index: values[index] - floors[index],
        reverse=True,
    )
    ones = set(by_remainder[:missing])
    return [floor + each + (index in ones) for index, floor in enumerate(floors)]
