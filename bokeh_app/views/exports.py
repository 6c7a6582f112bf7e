"""Tables that an advisor takes away, as CSV that a spreadsheet opens safely."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from bokeh_app.texts import Language

Value: TypeAlias = str | int | float | None

# A spreadsheet takes a text that begins so for a formula (OWASP, "CSV Injection").
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
BYTE_ORDER_MARK = "\ufeff"  # without it, spreadsheets misread accents
SEPARATORS: dict[Language, str] = {"fr": ";", "en": ","}


@dataclass(frozen=True)
class Sheet:
    """A table with its headings; the name goes into the file's."""

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[Value]]


def file_name(client_id: int | None, sheet: Sheet) -> str:
    """Return a name that tells nothing of a client but the number, if of one."""
    about = "portfolio" if client_id is None else f"client-{client_id}"
    return f"{about}-{sheet.name}.csv"


def as_csv(sheet: Sheet, language: Language) -> str:
    """Write a sheet with the marks that spreadsheets of a language read.

    Parameters
    ----------
    sheet : Sheet
    language : {"fr", "en"}
        French has a decimal comma, and so a semicolon between columns.
    """
    written = io.StringIO()
    writer = csv.writer(written, delimiter=SEPARATORS[language])
    for row in (sheet.header, *sheet.rows):
        writer.writerow([_cell(value, language) for value in row])
    return BYTE_ORDER_MARK + written.getvalue()


def _cell(value: Value, language: Language) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA_STARTS) else value
    number = f"{value:.9g}" if isinstance(value, float) else str(value)
    return number.replace(".", ",") if language == "fr" else number
