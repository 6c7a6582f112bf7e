"""What the model knows about each of its features."""

from dataclasses import dataclass
from typing import Literal

Language = Literal["fr", "en"]
DataType = Literal["numeric", "categorical"]
Unit = Literal[
    "amount",
    "ratio",
    "share",
    "count",
    "days",
    "months",
    "years",
    "score",
    "index",
    "flag",
    "category",
]


@dataclass(frozen=True, slots=True)
class Category:
    """One code of a categorical feature, with its labels for people."""

    code: str
    label_fr: str
    label_en: str

    def label(self, language: Language) -> str:
        """Return the label in a language."""
        return self.label_fr if language == "fr" else self.label_en


@dataclass(frozen=True, slots=True)
class Feature:
    """One input of the model.

    Attributes
    ----------
    name : str
        Column of the feature table.
    data_type : {"numeric", "categorical"}
    label_fr, label_en : str
    theme : str
        Code of the theme whose contribution the feature counts in.
    unit : str
        How a value is written for people; "index" is a number on no scale that they
        know, such as a product of two scores.
    is_protected : bool
        Whether the feature may never be cited as a reason.
    typical : float, str or None
        Median (numeric) or most frequent code (categorical) of the granted clients.
    categories : tuple of Category
        Known codes, in the order of their indices; empty for numeric features.
    """

    name: str
    data_type: DataType
    label_fr: str
    label_en: str
    theme: str
    unit: Unit
    is_protected: bool
    typical: float | str | None
    categories: tuple[Category, ...] = ()

    def label(self, language: Language) -> str:
        """Return the feature's name for people in a language."""
        return self.label_fr if language == "fr" else self.label_en


@dataclass(frozen=True, slots=True)
class Theme:
    """A family of features that are explained together.

    Attributes
    ----------
    code : str
    label_fr, label_en : str
    importance : float or None
        By how many points it moves a client's score on average, either way; None
        where training did not measure it.
    """

    code: str
    label_fr: str
    label_en: str
    importance: float | None = None

    def label(self, language: Language) -> str:
        """Return the theme's name for people in a language."""
        return self.label_fr if language == "fr" else self.label_en
