"""Batches of new applications for a full-size folder: some clients, under new keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from benchmarks.full_size import MOST_COPIES, FullSizeError, shifted, whole_lines
from ingestion import find_source
from ingestion.source import Source
from ingestion.source_file import SourceFile

BATCH_SIZES = (10, 100, 1000)
"""Clients of each batch."""


def batch_folder(folder: Path, clients: int) -> Path:
    """Return where the batch of so many clients lies beside the full-size files."""
    return folder / "batches" / str(clients)


def write_batches(
    path: Path, copies: int, folder: Path, report: Callable[[str], object]
) -> None:
    """Write one batch of each size, all of keys that no copy has.

    Parameters
    ----------
    path : Path
        The zip or folder that was repeated.
    copies : int
        Copies in the full-size folder.
    folder : Path
        The full-size folder.
    report : callable
        Receives one line per batch.
    """
    if copies + len(BATCH_SIZES) > MOST_COPIES:
        raise FullSizeError(f"Ask for {len(BATCH_SIZES)} copies less.")
    source = find_source(path)
    for prefix, clients in enumerate(BATCH_SIZES, start=copies):
        rows = _write_batch(source, clients, prefix, batch_folder(folder, clients))
        report(f"batch of {clients:,} clients: {rows:,} rows")


def _write_batch(source: Source, clients: int, prefix: int, folder: Path) -> int:
    folder.mkdir(parents=True)
    train = source.files["application_train"]
    chosen = {row.split(b",", 1)[0] for row in islice(source_rows(train), clients)}
    credits = {
        row.split(b",", 2)[1]
        for row in source_rows(source.files["bureau"])
        if row.split(b",", 1)[0] in chosen
    }
    written = 0
    for file in source.files.values():
        header = file.table.header
        if "SK_ID_CURR" in header:
            place, wanted = header.index("SK_ID_CURR"), chosen
        else:
            place, wanted = header.index("SK_ID_BUREAU"), credits
        kept = [row for row in source_rows(file) if row.split(b",", 2)[place] in wanted]
        rows = shifted(file.table, b"".join(kept), prefix) if kept else b""
        head = ",".join(header).encode() + b"\n"
        (folder / file.table.file_name).write_bytes(head + rows)
        written += len(kept)
    return written


def source_rows(file: SourceFile) -> Iterator[bytes]:
    """Yield the rows of a file, each with its line break, without the header."""
    pieces = whole_lines(file)
    yield from next(pieces).splitlines(keepends=True)[1:]
    for piece in pieces:
        yield from piece.splitlines(keepends=True)
