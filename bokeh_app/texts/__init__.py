"""Every sentence of the dashboard, one catalogue for each language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from bokeh_app.texts.formats import HARD_SPACE, NUMBER_FORMATS, NumberFormat

Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = ("fr", "en")
DEFAULT_LANGUAGE: Language = "fr"


@dataclass(frozen=True)
class Texts:
    """The catalogue of one language.

    Parameters
    ----------
    language : {"fr", "en"}
    entries : mapping of str to str
        Sentences by dotted key.
    """

    language: Language
    entries: Mapping[str, str]

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the text of a key with its values filled in.

        Raises
        ------
        KeyError
            If the catalogue lacks the key, or the text names a missing value.
        """
        return self.entries[key].format(**values)

    def plural(self, key: str, count: int, /, **values: object) -> str:
        """Return the form `<key>.one` or `<key>.other` that the count takes.

        French takes the singular for 0 and 1, English for 1 alone.
        """
        is_one = count < 2 if self.language == "fr" else count == 1
        form = "one" if is_one else "other"
        return self(f"{key}.{form}", count=self.format.number(count), **values)

    @property
    def format(self) -> NumberFormat:
        """How this language writes numbers."""
        return NUMBER_FORMATS[self.language]


def as_language(text: str | None) -> Language:
    """Return the language that a text names, or French."""
    return "en" if text == "en" else DEFAULT_LANGUAGE


@cache
def read_texts(language: Language) -> Texts:
    """Read the catalogue of one language, once in a process."""
    path = Path(__file__).with_name(f"{language}.yaml")
    tree = yaml.safe_load(path.read_text(encoding="utf-8"))
    entries = dict(_flatten(tree))
    if language == "fr":
        entries = {key: typeset_french(text) for key, text in entries.items()}
    return Texts(language, entries)


def typeset_french(text: str) -> str:
    r"""Keep French marks on the line of their words, by no-break spaces.

    Examples
    --------
    >>> typeset_french("Quel client ?")
    'Quel client\xa0?'
    """
    text = re.sub(r" ([:;?!»%])", f"{HARD_SPACE}\\1", text)
    return re.sub(r"« ", f"«{HARD_SPACE}", text)


def _flatten(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in tree.items():
        key = f"{prefix}{name}"
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{key}.")
        else:
            yield key, str(value)
