"""Figures of a report, by their place in it, as French documents write them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tools.documents.errors import MissingFigureError
from training.report.words import number, percent, word

_STEP = re.compile(r"([\w-]+)|\[(\w+)=([^\]]+)\]|\[(\d+)\]")


class Figures:
    """A report, or a part of it; every figure that is written is kept in `written`.

    Parameters
    ----------
    document : mapping
        The report.
    place : str, default=""
        Where in the whole report this part stands, for messages.
    written : dict, optional
        Shared by all parts: the text of each figure, by its place.
    """

    def __init__(
        self,
        document: Mapping[str, Any],
        place: str = "",
        written: dict[str, str] | None = None,
    ) -> None:
        self._document = document
        self._place = place
        self.written = {} if written is None else written

    def has(self, path: str) -> bool:
        """Tell whether the report holds something at a place."""
        return self._find(path) is not None

    def value(self, path: str) -> Any:
        """Return what stands at a place.

        Parameters
        ----------
        path : str
            Keys joined by dots; `rows[name=f1]` is the row of that name, `rows[0]` the
            first.

        Raises
        ------
        MissingFigureError
            If there is nothing, by its place.
        """
        found = self._find(path)
        if found is None:
            raise MissingFigureError(
                f"The report has no figure `{self._whole(path)}`, which a document "
                "names. Train again: `python -m training run`."
            )
        return found

    def part(self, path: str) -> Figures:
        """Return the part of the report at a place."""
        return Figures(self.value(path), self._whole(path), self.written)

    def each(self, path: str) -> list[Figures]:
        """Return the rows of a list, in their order."""
        return [self.part(f"{path}[{i}]") for i in range(len(self.value(path)))]

    def number(self, path: str, decimals: int = 0) -> str:
        """Write a number with fixed decimals."""
        return self._write(path, number(self.value(path), decimals, "fr"))

    def percent(self, path: str, decimals: int = 1) -> str:
        """Write a share as a percentage."""
        return self._write(path, percent(self.value(path), decimals, "fr"))

    def change(self, path: str, decimals: int = 1) -> str:
        """Write a relative change as a percentage with its sign."""
        sign = "+" if self.value(path) > 0 else ""
        return self._write(path, sign + percent(self.value(path), decimals, "fr"))

    def difference(self, path: str, decimals: int = 3) -> str:
        """Write a difference with its sign."""
        sign = "+" if self.value(path) > 0 else ""
        return self._write(path, sign + number(self.value(path), decimals, "fr"))

    def estimate(self, path: str, decimals: int = 3) -> str:
        """Write a value with its interval."""
        return f"{self.number(f'{path}.value', decimals)} {self.range(path, decimals)}"

    def range(self, path: str, decimals: int = 3) -> str:
        """Write an interval alone."""
        low = self.number(f"{path}.low", decimals)
        return f"[{low} ; {self.number(f'{path}.high', decimals)}]"

    def text(self, path: str) -> str:
        """Write a text of the report as it stands there."""
        return self._write(path, str(self.value(path)))

    def word(self, path: str) -> str:
        """Write the French word for a key of the report."""
        return self._write(path, word(self.value(path), "fr"))

    def count(self, path: str) -> str:
        """Write how many entries a list or mapping has."""
        return self._write(f"{path}[]", number(len(self.value(path)), 0, "fr"))

    def _whole(self, path: str) -> str:
        return f"{self._place}.{path}" if self._place else path

    def _write(self, path: str, text: str) -> str:
        self.written[f"{self._whole(path)} as {text}"] = text
        return text

    def _find(self, path: str) -> Any:
        found: Any = self._document
        for key, field, wanted, position in _STEP.findall(path):
            if key and isinstance(found, Mapping):
                found = found.get(key)
            elif field and isinstance(found, list):
                rows = (row for row in found if str(row.get(field)) == wanted)
                found = next(rows, None)
            elif position and isinstance(found, list):
                found = dict(enumerate(found)).get(int(position))
            else:
                return None
        return found
