"""Where the eight files are: a zip, or a folder of ``.csv`` and ``.csv.gz``."""

import gzip
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from ingestion.errors import SourceError
from ingestion.header import check_headers
from ingestion.landing_schema import LANDING_TABLES, LandingTable
from ingestion.source_file import ByteStream, Opener, SourceFile

SAMPLE_MARKER: Final = "sample.json"
"""Beside the tables where their clients are invented."""

COMPANION_FILES: Final = frozenset(
    {"HomeCredit_columns_description.csv", "sample_submission.csv", SAMPLE_MARKER}
)
"""Files that belong beside the tables and are passed over without a word."""


APPLICATION_TABLES: Final = frozenset({"application_train", "application_test"})
"""Of which a batch has at least one."""


@dataclass(frozen=True, slots=True)
class Source:
    """A verified set of files: nothing ambiguous, all headers as published.

    Attributes
    ----------
    name : str
        Name of the zip or folder.
    files : dict of str to SourceFile
        By landing table name; optional tables may be absent.
    ignored : tuple of str
        Names of files that are no table's.
    is_invented : bool
        Whether the generator of the sample has marked it as its own.
    """

    name: str
    files: dict[str, SourceFile]
    ignored: tuple[str, ...]
    is_invented: bool = False

    def size_of(self, table: LandingTable) -> int:
        """Return the bytes of a table's file, 0 where unknown or absent."""
        file = self.files.get(table.name)
        return (file.size or 0) if file else 0


def find_source(path: Path) -> Source:
    """Find and verify the files to load.

    Parameters
    ----------
    path : Path
        The competition's zip (files at its top or in one folder), or a folder of
        ``.csv`` and ``.csv.gz`` files.

    Returns
    -------
    Source

    Raises
    ------
    SourceError
        Missing, unreadable, ambiguous, or without a required file.
    HeaderError
        At least one file has other columns than published.
    """
    source = _found(path)
    _require(path, source)
    check_headers(source.files.values())
    return source


def find_batch(path: Path) -> Source:
    """Find and verify the files to append: some of the eight, with an application's.

    Parameters
    ----------
    path : Path
        As for `find_source`.

    Returns
    -------
    Source

    Raises
    ------
    SourceError
        Missing, unreadable, ambiguous, or without any application.
    HeaderError
        At least one file has other columns than published.
    """
    source = _found(path)
    if not APPLICATION_TABLES & source.files.keys():
        raise SourceError(
            f"{path} has no application file. A batch is new applications with their "
            "child rows: add application_train.csv or application_test.csv."
        )
    check_headers(source.files.values())
    return source


def _found(path: Path) -> Source:
    try:
        if path.is_dir():
            candidates = list(_folder_files(path))
        elif path.is_file():
            candidates = list(_zip_files(path))
        else:
            raise SourceError(
                f"{path} does not exist. Name the competition's zip, or a folder that "
                "holds its CSV files."
            )
    except PermissionError as error:
        raise SourceError(
            f"{error.filename or path} may not be read. Give this user permission to "
            "read it."
        ) from None
    return _assign(path, candidates)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A file that may or may not be a table's."""

    name: str
    size: int | None
    open: Opener

    @property
    def csv_name(self) -> str:
        return self.name.removesuffix(".gz")


def _folder_files(folder: Path) -> Iterator[_Candidate]:
    for path in sorted(folder.iterdir()):
        if not path.is_file() or path.name.startswith("."):
            continue
        if path.name.endswith(".gz"):
            yield _Candidate(path.name, None, _gzip_opener(path))
        else:
            yield _Candidate(path.name, path.stat().st_size, _plain_opener(path))


def _zip_files(path: Path) -> Iterator[_Candidate]:
    if path.name.endswith((".csv", ".csv.gz")):
        raise SourceError(
            f"{path} is one file. Name the folder that it lies in: tables are loaded "
            "together, so that they fit each other."
        )
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
    except zipfile.BadZipFile:
        raise SourceError(
            f"{path} is not a complete zip file. Download it again, or name a folder "
            "of CSV files."
        ) from None
    for member in members:
        inner = PurePosixPath(member.filename)
        if inner.name.startswith(".") or inner.parts[0] == "__MACOSX":
            continue
        if member.flag_bits & 1:
            raise SourceError(
                f"{inner} in {path} is encrypted. Extract the zip with its password "
                "and name the folder."
            )
        if len(inner.parts) <= 2:
            yield _Candidate(inner.name, member.file_size, _member_opener(path, member))


def _plain_opener(path: Path) -> Opener:
    return lambda: path.open("rb")


def _gzip_opener(path: Path) -> Opener:
    return lambda: gzip.open(path, "rb")


def _member_opener(path: Path, member: zipfile.ZipInfo) -> Opener:
    @contextmanager
    def open_member() -> Iterator[ByteStream]:
        with zipfile.ZipFile(path) as archive, archive.open(member) as stream:
            yield stream

    return open_member


def _assign(path: Path, candidates: list[_Candidate]) -> Source:
    """Match files to tables by their published names."""
    tables = {table.file_name: table for table in LANDING_TABLES}
    files: dict[str, SourceFile] = {}
    ignored: list[str] = []
    for candidate in candidates:
        table = tables.get(candidate.csv_name)
        if table is None:
            _refuse_other_spelling(candidate, tables)
            if candidate.csv_name not in COMPANION_FILES:
                ignored.append(candidate.name)
            continue
        if table.name in files:
            raise SourceError(
                f"{path} holds {table.file_name} twice: {files[table.name].name} and "
                f"{candidate.name}. Remove the one that should not be loaded."
            )
        files[table.name] = SourceFile(
            table, candidate.name, candidate.size, candidate.open
        )
    is_invented = any(candidate.name == SAMPLE_MARKER for candidate in candidates)
    return Source(path.name, files, tuple(ignored), is_invented)


def _refuse_other_spelling(candidate: _Candidate, published: Iterable[str]) -> None:
    """Refuse a near miss, for ignoring it would empty the table it is meant for."""
    for name in published:
        if candidate.csv_name.lower() == name.lower():
            raise SourceError(
                f"{candidate.name} is spelled differently from the published name. "
                f"Rename it to {name}."
            )


def _require(path: Path, source: Source) -> None:
    missing = [
        table.file_name
        for table in LANDING_TABLES
        if table.is_required and table.name not in source.files
    ]
    if not missing:
        return
    zips = [name for name in source.ignored if name.endswith(".zip")]
    hint = (
        f"It holds {', '.join(zips)}: name the zip itself."
        if zips
        else "Add it, or name the zip or folder that holds it."
    )
    raise SourceError(f"{path} lacks {', '.join(missing)}, which is required. {hint}")
