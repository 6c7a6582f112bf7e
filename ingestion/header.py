"""The check that every file has the published columns, before anything is loaded."""

import csv
from collections.abc import Iterable
from typing import Final

from ingestion.csv_stream import read_errors
from ingestion.errors import HeaderError
from ingestion.source_file import SourceFile

_HEADER_LIMIT: Final = 64 * 1024
_SHORT_HEADER: Final = 25
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


def check_headers(files: Iterable[SourceFile]) -> None:
    """Refuse the whole source if any file's first line is not its published header.

    Parameters
    ----------
    files : iterable of SourceFile

    Raises
    ------
    HeaderError
        Names every file at fault with its missing, unexpected or misplaced columns.
    SourceError
        A file cannot be read.
    """
    problems = [
        f"{file.name}: {problem}"
        for file in files
        if (problem := _header_problem(file)) is not None
    ]
    if problems:
        raise HeaderError(
            "Nothing was loaded, because columns differ from the published ones. "
            + " ".join(problems)
            + " Use the files as the competition publishes them, or correct the first "
            "line of each file named."
        )


def _header_problem(file: SourceFile) -> str | None:
    with read_errors(file.name), file.open() as stream:
        line = stream.readline(_HEADER_LIMIT)
    if not line:
        return f"the file is empty; {_expectation(file.table.header)}"
    if line.startswith(_BYTE_ORDER_MARK):
        return "it starts with a byte order mark; save it as UTF-8 without one."
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        return "its first line is not UTF-8; save it as UTF-8."
    found = next(csv.reader([text.rstrip("\r\n")]), [])
    return describe_difference(found, file.table.header)


def describe_difference(found: list[str], expected: tuple[str, ...]) -> str | None:
    """Say how a header differs from the published one.

    Parameters
    ----------
    found : list of str
        The file's first line, split.
    expected : tuple of str
        Published column names in order.

    Returns
    -------
    str or None
        One sentence, None where they agree. Where most columns are not found, the
        line may well be a client's row, and none of it is quoted.
    """
    if tuple(found) == expected:
        return None
    missing = [name for name in expected if name not in found]
    if 2 * len(missing) > len(expected):
        return (
            f"its first line is not the header ({len(expected) - len(missing)} of "
            f"{len(expected)} column names found, separated by commas); "
            f"{_expectation(expected)}"
        )
    unexpected = [name for name in found if name not in expected]
    repeated = sorted({name for name in found if found.count(name) > 1})
    parts = [
        f"{kind} {', '.join(names)}"
        for kind, names in (
            ("missing", missing),
            ("unexpected", unexpected),
            ("repeated", repeated),
        )
        if names
    ]
    if not parts:
        position = next(
            index
            for index, (ours, theirs) in enumerate(zip(expected, found, strict=True))
            if ours != theirs
        )
        parts = [
            f"out of order from column {position + 1}, which is {found[position]} and "
            f"should be {expected[position]}"
        ]
    return f"{'; '.join(parts)}; {_expectation(expected)}"


def _expectation(expected: tuple[str, ...]) -> str:
    if len(expected) <= _SHORT_HEADER:
        return f"expected {','.join(expected)}."
    return (
        f"expected the {len(expected)} published columns from {expected[0]} to "
        f"{expected[-1]}."
    )
