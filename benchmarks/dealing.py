"""Instalments for the clients of a sample that brings those of a few only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

from benchmarks.batches import source_rows
from benchmarks.full_size import whole_lines
from ingestion import find_source
from ingestion.source import Source

INSTALMENTS = "installments_payments"
LOANS = "previous_application"

RowsByLoan = list[list[bytes]]


def deal_instalments(path: Path, folder: Path) -> int:
    """Write a source in which every client with earlier loans has instalments.

    A client without any gets another's, loan by loan: the first loan of the one has
    the instalments of the first loan of the other, for as many loans as both have.
    Values and rows per loan keep their distribution, and every key holds.

    Parameters
    ----------
    path : Path
        Zip or folder of CSV.
    folder : Path
        New folder for the eight files.

    Returns
    -------
    int
        Rows dealt, the source's own not counted.
    """
    source = find_source(path)
    folder.mkdir(parents=True)
    for file in source.files.values():
        with (folder / file.table.file_name).open("wb") as target:
            target.writelines(whole_lines(file))
    dealt = list(_dealt_rows(source))
    with (folder / source.files[INSTALMENTS].table.file_name).open("ab") as target:
        target.writelines(dealt)
    return len(dealt)


def _dealt_rows(source: Source) -> Iterator[bytes]:
    donors = _instalments_by_client(source)
    givers = cycle(donors.values())
    for client, loans in _loans_by_client(source).items():
        if client not in donors:
            for loan, rows in zip(loans, next(givers), strict=False):
                for row in rows:
                    yield b",".join((loan, client, row))


def _instalments_by_client(source: Source) -> dict[bytes, RowsByLoan]:
    """Return each client's rows without their two keys, loan by loan."""
    found: defaultdict[bytes, defaultdict[bytes, list[bytes]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for row in source_rows(source.files[INSTALMENTS]):
        loan, client, rest = row.split(b",", 2)
        found[client][loan].append(rest)
    return {client: list(loans.values()) for client, loans in found.items()}


def _loans_by_client(source: Source) -> dict[bytes, list[bytes]]:
    found: defaultdict[bytes, list[bytes]] = defaultdict(list)
    for row in source_rows(source.files[LOANS]):
        loan, client, _ = row.split(b",", 2)
        found[client].append(loan)
    return dict(found)
