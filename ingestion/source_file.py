"""One file of the source, whatever it is packed in."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from ingestion.landing_schema import LandingTable


class ByteStream(Protocol):
    """What a plain, a gzip and a zip member file have in common."""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes, ``b""`` at the end."""

    def readline(self, limit: int, /) -> bytes:
        """Return up to `limit` bytes of one line."""


Opener = Callable[[], AbstractContextManager[ByteStream]]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One table's file, ready to be read as uncompressed CSV bytes.

    Attributes
    ----------
    table : LandingTable
        Where its rows go.
    name : str
        File name as found, for instance ``bureau.csv.gz``.
    size : int or None
        Uncompressed bytes, None where only reading the file can tell (gzip).
    open : callable
        Opens the uncompressed bytes from the start; may be called repeatedly.
    """

    table: LandingTable
    name: str
    size: int | None
    open: Opener
