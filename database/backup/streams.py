"""Streams through zstandard and age, never more than a chunk of them in memory."""

import contextlib
import hashlib
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

import pyrage
import zstandard

from database.backup.keys import BackupKey
from database.errors import BackupError, ConfigurationError

_CHUNK_BYTES = 1 << 20
_LEVEL = 1
_THREADS = 2
_OTHER_KEY = "No matching keys found"


class Writer(Protocol):
    """What can be written to."""

    def write(self, chunk: bytes, /) -> int:
        """Write all of a chunk."""
        ...


class Reader(Protocol):
    """What can be read from."""

    def read(self, size: int = -1, /) -> bytes:
        """Return at most `size` bytes, none at the end."""
        ...


@dataclass(frozen=True)
class Sealed:
    """What was written.

    Parameters
    ----------
    size_bytes, sha256
        Of the file as it lies on the disk.
    """

    size_bytes: int
    sha256: str


def seal(
    source: Reader, target: Path, key: BackupKey | None, *, compress: bool
) -> Sealed:
    """Write a stream to a new file: compressed if wanted, encrypted if there is a key.

    Raises
    ------
    OSError
        From the disk. The caller removes what was written.
    """
    kept = _Source(source)
    reader: Reader = kept
    if compress:
        compressor = zstandard.ZstdCompressor(level=_LEVEL, threads=_THREADS)
        reader = compressor.stream_reader(kept)  # type: ignore[arg-type]
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        sink = _Sink(file)
        try:
            if key is None:
                while chunk := reader.read(_CHUNK_BYTES):
                    sink.write(chunk)
            else:
                pyrage.encrypt_io(reader, sink, [key.recipient])
        except (pyrage.EncryptError, OSError) as error:
            raise kept.fault or sink.fault or error from None
        file.flush()
        os.fsync(file.fileno())
    return Sealed(sink.size, sink.digest.hexdigest())


def unseal(
    source: Path, target: IO[bytes], key: BackupKey | None, sha256: str | None = None
) -> None:
    """Write a sealed file's content into a stream; what it is, its name tells.

    Raises
    ------
    BackupError
        When the file is damaged, or of another SHA-256 than `sha256`.
    ConfigurationError
        When another key opens it.
    OSError
        From the target.
    """
    suffixes = source.suffixes
    sink = _Sink(target)
    with source.open("rb") as file:
        reader = _Source(file)
        try:
            if ".zst" in suffixes:
                decompressor = zstandard.ZstdDecompressor()
                with decompressor.stream_writer(
                    sink,  # type: ignore[arg-type]
                    closefd=False,
                ) as writer:
                    _decrypt(reader, writer, key if ".age" in suffixes else None)
            else:
                _decrypt(reader, sink, key if ".age" in suffixes else None)
        except (
            pyrage.DecryptError,
            zstandard.ZstdError,
            OSError,
        ) as error:
            if sink.fault or reader.fault:
                raise (sink.fault or reader.fault or error) from None
            if str(error) == _OTHER_KEY:
                raise ConfigurationError(
                    f"{source} is encrypted for another key than BACKUP_KEY. Set it to "
                    "the key that the backups had at that time; a moment after the "
                    "first backup with the new key needs the new one alone."
                ) from error
            raise damaged(source, str(error)) from error
        if sha256 and reader.digest.hexdigest() != sha256:
            raise damaged(source, "its SHA-256 is not the one in its manifest")


@contextlib.contextmanager
def unsealed(
    source: Path, key: BackupKey | None, sha256: str | None = None
) -> Iterator[IO[bytes]]:
    """Give a sealed file's content as a stream to read from.

    Raises
    ------
    BackupError
        At the end of the block, when the file is damaged; the reader then saw the
        stream end early.
    """
    read_end, write_end = os.pipe()
    faults: list[BaseException] = []

    def feed() -> None:
        try:
            with os.fdopen(write_end, "wb") as target:
                unseal(source, target, key, sha256)
        except BrokenPipeError:
            return
        except BaseException as error:
            faults.append(error)

    feeder = threading.Thread(target=feed, name="unseal", daemon=True)
    with os.fdopen(read_end, "rb", buffering=_CHUNK_BYTES) as stream:
        feeder.start()
        try:
            yield stream
            while stream.read(_CHUNK_BYTES):
                pass
        except Exception:
            # A damaged file explains whatever its reader stumbled over.
            stream.close()
            feeder.join()
            if faults:
                raise faults[0] from None
            raise
        feeder.join()
    if faults:
        raise faults[0]


def file_sha256(path: Path) -> str:
    """Return a file's SHA-256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def synchronise(directory: Path) -> None:
    """Make sure that the names in a folder are on the disk."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def damaged(path: Path, reason: str) -> BackupError:
    """Return the error for a file that cannot be trusted."""
    return BackupError(
        f"{path} is damaged ({reason}). Nothing was restored from it; take it from "
        "another copy of the backups, or use another backup "
        "(`python -m database backups`)."
    )


def _decrypt(reader: Reader, writer: Writer, key: BackupKey | None) -> None:
    if key is None or key.identity is None:
        while chunk := reader.read(_CHUNK_BYTES):
            writer.write(chunk)
    else:
        pyrage.decrypt_io(reader, writer, [key.identity])


class _Source:
    """Hashes what is read.

    It keeps the exception, which Rust makes a text of: Ctrl-C and an end asked for by
    a signal too.
    """

    def __init__(self, stream: Reader) -> None:
        self._stream = stream
        self.digest = hashlib.sha256()
        self.fault: BaseException | None = None

    def read(self, size: int = -1) -> bytes:
        try:
            chunk = self._stream.read(size)
            self.digest.update(chunk)
        except BaseException as error:
            self.fault = error
            raise
        return chunk


class _Sink:
    """Likewise for what is written, which it counts as well."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.size = 0
        self.digest = hashlib.sha256()
        self.fault: BaseException | None = None

    def write(self, chunk: bytes) -> int:
        try:
            self._stream.write(chunk)
            self.size += len(chunk)
            self.digest.update(chunk)
        except BaseException as error:
            self.fault = error
            raise
        return len(chunk)

    def flush(self) -> None:
        self._stream.flush()
