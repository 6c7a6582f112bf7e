"""A CSV file as COPY reads it: counted, hashed and watched for what COPY overlooks."""

import hashlib
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from ingestion.errors import SourceError
from ingestion.source_file import ByteStream

CHUNK_SIZE: Final = 256 * 1024
"""Bytes asked for at a time; memory stays near this whatever the file's size."""

_END_MARKER: Final = b"\n\\."


@dataclass(frozen=True, slots=True)
class Digest:
    """Fingerprint of a file's uncompressed bytes, the same in a zip, gzip or folder."""

    sha256: str
    byte_count: int


class CsvStream(io.RawIOBase):
    """File-like reader for COPY.

    It gives the bytes as they are, except that the header is lowered, because
    ``header match`` compares with the landing table's column names. The digest is of
    the original bytes.

    Parameters
    ----------
    raw : binary file
        Uncompressed CSV.
    name : str
        File name for messages.
    on_progress : callable
        Called with (bytes, line breaks) of each piece read.
    """

    def __init__(
        self, raw: ByteStream, name: str, on_progress: Callable[[int, int], None]
    ) -> None:
        super().__init__()
        self._raw = raw
        self._name = name
        self._on_progress = on_progress
        self._hash = hashlib.sha256()
        self._byte_count = 0
        self._tail = b""
        self._in_header = True
        self.error: BaseException | None = None
        """What stopped the reading; psycopg2 reports only its text."""

    def read(self, size: int = CHUNK_SIZE) -> bytes:
        """Return up to `size` bytes, ``b""`` at the end.

        Raises
        ------
        SourceError
            The archive is damaged, or the file is visibly cut.
        """
        try:
            with read_errors(self._name):
                chunk = self._raw.read(size)
            self._inspect(chunk)
            return self._lower_header(chunk) if self._in_header else chunk
        except BaseException as error:
            self.error = error
            raise

    def drain(self) -> Digest:
        """Read to the end without keeping anything, and return the digest."""
        while self.read():
            pass
        return self.digest

    @property
    def digest(self) -> Digest:
        """Digest of what has been read so far."""
        return Digest(self._hash.hexdigest(), self._byte_count)

    def _inspect(self, chunk: bytes) -> None:
        if not chunk:
            if self._tail[-1:] != b"\n":
                raise SourceError(
                    f"{self._name} does not end with a line break, so its last row is "
                    "probably cut. Copy or download it again; if it is complete, add a "
                    "line break at its end."
                )
            return
        self._hash.update(chunk)
        self._byte_count += len(chunk)
        # COPY takes a line of \. for the end and drops the rest without a word.
        # One byte is found much faster than three, and this one is rare.
        if (b"\\" in chunk or b"\\" in self._tail) and (
            _END_MARKER in self._tail + chunk[:2] or _END_MARKER in chunk
        ):
            raise SourceError(
                f"{self._name} has a line that starts with \\. and that PostgreSQL "
                "would take for the end of the file. Remove that line."
            )
        self._tail = (self._tail + chunk[-2:])[-2:]
        self._on_progress(len(chunk), chunk.count(b"\n"))

    def _lower_header(self, chunk: bytes) -> bytes:
        header, line_break, rows = chunk.partition(b"\n")
        self._in_header = not line_break
        return header.lower() + line_break + rows


@contextmanager
def read_errors(name: str) -> Iterator[None]:
    """Turn what a damaged zip, gzip or disk raises into a `SourceError`."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise SourceError(
            f"{name} is damaged or cut: its compressed data does not add up "
            f"({type(error).__name__}). Download or compress it again."
        ) from None
    except PermissionError:
        raise SourceError(
            f"{name} may not be read. Give this user permission to read it."
        ) from None
    except (OSError, NotImplementedError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SourceError(f"{name} cannot be read: {reason}.") from None
