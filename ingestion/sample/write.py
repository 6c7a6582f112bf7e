"""The sample on disk: eight CSV files and a marker that says what they are."""

import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Final

from ingestion.errors import SampleError
from ingestion.landing_schema import LANDING_TABLES
from ingestion.sample.generate import SampleParameters, generate_sample
from ingestion.source import SAMPLE_MARKER

GENERATOR_VERSION: Final = 1
"""Raised whenever the same parameters give other files."""


def write_sample(
    parameters: SampleParameters, folder: Path, report: Callable[[str], object]
) -> None:
    """Write a sample, all of it or nothing.

    The files are made in a temporary folder beside the target, which then takes its
    place. The same parameters again change nothing.

    Parameters
    ----------
    parameters : SampleParameters
    folder : Path
        New, empty, or holding an earlier sample, which is replaced.
    report : callable
        Receives one line per step.

    Raises
    ------
    SampleError
        The folder holds something else, or cannot be written.
    """
    marker = _marker(parameters)
    try:
        if _holds_sample(folder, marker):
            report(f"{folder}: unchanged, it holds this sample already")
            return
        _refuse_foreign(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(
            prefix=f".{folder.name}-", dir=folder.parent
        ) as temporary:
            made = Path(temporary) / folder.name
            made.mkdir()
            _write_files(parameters, made, report)
            (made / SAMPLE_MARKER).write_text(marker, encoding="utf-8")
            if folder.exists():
                shutil.rmtree(folder)
            made.rename(folder)
    except OSError as error:
        raise SampleError(
            f"{error.filename or folder} cannot be written: {error.strerror}. Free "
            "space or choose another folder with --out."
        ) from error
    report(f"{folder}: sample of {parameters.clients:,} clients written")


def _marker(parameters: SampleParameters) -> str:
    content = {
        "what": "synthetic sample of the Home Credit tables; no real client is in it",
        "generator_version": GENERATOR_VERSION,
        **asdict(parameters),
    }
    return json.dumps(content, indent=2) + "\n"


def _holds_sample(folder: Path, marker: str) -> bool:
    path = folder / SAMPLE_MARKER
    return (
        path.is_file()
        and path.read_text(encoding="utf-8") == marker
        and all((folder / table.file_name).is_file() for table in LANDING_TABLES)
    )


def _refuse_foreign(folder: Path) -> None:
    """Never delete what this command has not written."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise SampleError(f"{folder} is a file. Choose a folder with --out.")
    own = {SAMPLE_MARKER, *(table.file_name for table in LANDING_TABLES)}
    names = {path.name for path in folder.iterdir()}
    if names and (SAMPLE_MARKER not in names or names - own):
        raise SampleError(
            f"{folder} holds files that are not of a sample. Choose an empty or a new "
            "folder with --out."
        )


def _write_files(
    parameters: SampleParameters, folder: Path, report: Callable[[str], object]
) -> None:
    report(f"generating {parameters.clients:,} clients with seed {parameters.seed}")
    for table, frame in generate_sample(parameters).items():
        path = folder / table.file_name
        frame.to_csv(path, index=False, lineterminator="\n")
        report(f"{table.file_name}: {len(frame):,} rows, {_megabytes(path)}")


def _megabytes(path: Path) -> str:
    return f"{path.stat().st_size / 1_000_000:,.1f} MB"
