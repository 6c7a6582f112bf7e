"""Values of the feature table in words."""

from __future__ import annotations

import math
from dataclasses import dataclass

from bokeh_app.queries.binning import WHOLE_UNITS
from bokeh_app.queries.catalogue import Catalogue, Variable
from bokeh_app.texts import Texts

SHARES_SHOWN_FROM = 20  # fewer known outcomes say nothing about a share


@dataclass(frozen=True)
class ValueWriter:
    """Writes values for people of one language."""

    texts: Texts
    catalogue: Catalogue

    def value(self, variable: Variable, value: float | str | None) -> str:
        """Write a value of a variable with its unit, or say that it is missing."""
        if value is None:
            return self.texts("client.missing")
        if isinstance(value, str):
            return self.code(variable.code_set or variable.name, value)
        return self.number(variable.unit, float(value))

    def number(self, unit: str, value: float) -> str:
        """Write a number with its unit in the feature catalogue."""
        texts = self.texts
        written = texts.format
        if unit == "flag" and value in (0.0, 1.0):
            return texts(f"unit.flag.{'yes' if value else 'no'}")
        if unit == "share":
            return written.share(value, 0 if abs(value) >= 0.1 or value == 0 else 1)
        if unit == "amount":
            return (
                written.number(value)
                if abs(value) >= 10
                else written.significant(value, 2)
            )
        if unit in ("days", "years"):
            number = written.at_most(value, 1)
            return texts(f"unit.{unit}.{_plural_form(texts, value)}", value=number)
        if unit == "months":
            return texts("unit.months", value=written.significant(value, 3))
        return written.significant(value, 3)

    def span(self, unit: str, left: float, right: float) -> str:
        """Write the values between two edges; whole ones where there are no others."""
        if unit in WHOLE_UNITS:
            left, right = math.ceil(left), math.floor(right)
        low, high = self.number(unit, left), self.number(unit, right)
        if low == high:
            return low
        return self.texts("comparison.from_to", low=low, high=high)

    def amount(self, value: float | None) -> str:
        """Write an amount of money, or say that it is missing."""
        if value is None:
            return self.texts("client.missing")
        return self.texts.format.number(float(value))

    def code(self, code_set: str, code: str | None) -> str:
        """Write a code in words, or say that it is missing."""
        if code is None:
            return self.texts("client.missing")
        return self.catalogue.code_label(code_set, code, self.texts.language)

    def client_share(self, share: float) -> str:
        """Write a share of clients; a small one is not written as if it were none."""
        if 0 < share < 0.01:
            return self.texts("comparison.under_one")
        return self.texts.format.share(share, 1 if share else 0)

    def default_rate(self, default_count: int, labelled_count: int) -> str:
        """Write a default rate, or say that too few outcomes are known."""
        if labelled_count < SHARES_SHOWN_FROM:
            return self.texts("comparison.too_few")
        rate = default_count / labelled_count
        if 0 < rate < 0.0005:
            return self.texts("comparison.under_one")
        return self.texts.format.share(rate, 1 if rate else 0)


def _plural_form(texts: Texts, value: float) -> str:
    if texts.language == "fr":
        return "one" if abs(value) < 2 else "other"
    return "one" if abs(value) == 1 else "other"


def counted(texts: Texts, key: str, count: int) -> str:
    """Write how many there are, or the words for none."""
    return texts.plural(key, count) if count else texts(f"{key}.none")


def lower_first(text: str) -> str:
    """Return a label fit for the middle of a sentence."""
    if len(text) > 1 and text[1].isupper():
        return text
    return text[:1].lower() + text[1:]


def upper_first(text: str) -> str:
    """Return a text fit for the beginning of a sentence."""
    return text[:1].upper() + text[1:]
