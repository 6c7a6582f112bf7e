"""Full-size files: a source repeated under shifted keys, so that nothing else changes.

The competition's full files may not be passed on, and a sample is too small to
measure a warehouse with. Copies of a sample keep every distribution, every orphan and
every oddity of it, and their keys meet nowhere.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Final

from benchmarks.errors import BenchmarkError
from ingestion import LANDING_TABLES, LandingTable, find_source
from ingestion.source_file import SourceFile

KEY_DIGITS: Final = {"SK_ID_CURR": 6, "SK_ID_PREV": 7, "SK_ID_BUREAU": 7}
"""Digits of each published key; copy k adds k times the next power of ten."""

LABELLED: Final = 307_511
UNLABELLED: Final = 48_744
ALL: Final = LABELLED + UNLABELLED
"""Clients of the full files."""

MOST_COPIES: Final = 200
"""Keys of more copies would not fit the landing tables' integers."""

_CHUNK: Final = 1 << 20
_PREFIX: Final = b"\0"


class FullSizeError(BenchmarkError):
    """The source cannot be repeated as asked."""


def copies_for(path: Path, rows: float) -> int:
    """Return how many copies of a source come nearest to so many rows.

    Parameters
    ----------
    path : Path
        Zip or folder of CSV.
    rows : float
        Rows wanted over all files.
    """
    counted = sum(
        sum(chunk.count(b"\n") for chunk in _chunks(file)) - 1
        for file in find_source(path).files.values()
    )
    return max(1, round(rows / counted))


def write_full_size(
    path: Path, copies: int, folder: Path, report: Callable[[str], object]
) -> None:
    """Write every file of a source so many times, two files at once.

    Each piece of a file is followed by its copies, so that a client's rows lie as
    far apart in the result as in a real file.

    Parameters
    ----------
    path : Path
        Zip or folder of CSV.
    copies : int
        The original included.
    folder : Path
        New or empty.
    report : callable
        Receives one line per file.

    Raises
    ------
    FullSizeError
        Too many copies, a folder that holds something, or rows without keys.
    """
    if not 1 <= copies <= MOST_COPIES:
        raise FullSizeError(f"Ask for 1 to {MOST_COPIES} copies, not {copies}.")
    if folder.exists() and any(folder.iterdir()):
        raise FullSizeError(f"{folder} is not empty. Name a new folder with --out.")
    folder.mkdir(parents=True, exist_ok=True)
    names = [
        table.name for table in LANDING_TABLES if table.name in find_source(path).files
    ]
    try:
        with ProcessPoolExecutor(2) as pool:
            jobs = [pool.submit(_write_file, path, n, copies, folder) for n in names]
            for name, job in zip(names, jobs, strict=True):
                report(f"{name}: {job.result():,} rows")
    except BaseException:
        shutil.rmtree(folder)
        raise


def _write_file(path: Path, name: str, copies: int, folder: Path) -> int:
    """Write one table's file and return its rows."""
    file = find_source(path).files[name]
    prefixes = [str(copy).encode() for copy in range(1, copies)]
    rows = 0
    with (folder / file.table.file_name).open("wb") as target:
        pieces = whole_lines(file)
        header, _, first = next(pieces).partition(b"\n")
        target.write(header + b"\n")
        for piece in chain((first,), pieces):
            rows += _write_copies(target, file.table, piece, prefixes)
    return rows


def _write_copies(
    target: BinaryIO, table: LandingTable, piece: bytes, prefixes: list[bytes]
) -> int:
    target.write(piece)
    template, rows = _template(table, piece)
    for prefix in prefixes:
        target.write(template.replace(_PREFIX, prefix))
    return rows * (len(prefixes) + 1)


def shifted(table: LandingTable, rows: bytes, copy: int) -> bytes:
    """Return whole rows under the keys of one copy."""
    return _template(table, rows)[0].replace(_PREFIX, str(copy).encode())


def _template(table: LandingTable, piece: bytes) -> tuple[bytes, int]:
    """Return the rows with a mark before each key, padded with zeros, and their number.

    A number put in the mark's place is a shift by that many times a power of ten.
    """
    digits = [KEY_DIGITS[name] for name in table.header if name in KEY_DIGITS]
    pattern = b"^" + b"".join(b"([0-9]{1,%d})," % count for count in digits)

    def marked(match: re.Match[bytes]) -> bytes:
        keys = zip(match.groups(), digits, strict=True)
        return b"".join(_PREFIX + key.zfill(count) + b"," for key, count in keys)

    template, rows = re.subn(pattern, marked, piece, flags=re.MULTILINE)
    if rows != piece.count(b"\n"):
        raise FullSizeError(
            f"{table.file_name} has a row that does not start with its keys, or "
            "breaks inside a row, and cannot be repeated."
        )
    return template, rows


def whole_lines(file: SourceFile) -> Iterator[bytes]:
    """Yield a file in pieces that end with a line break."""
    rest = b""
    for chunk in _chunks(file):
        lines, line_break, tail = chunk.rpartition(b"\n")
        if line_break:
            yield rest + lines + line_break
            rest = tail
        else:
            rest += tail
    if rest:
        yield rest + b"\n"


def _chunks(file: SourceFile) -> Iterator[bytes]:
    with file.open() as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk
