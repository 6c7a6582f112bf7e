"""The files of the whole server, taken while it runs and read back afterwards."""

import contextlib
import os
import re
import shutil
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import psycopg2

from database.account import Account
from database.backup.keys import BackupKey, reading_identity
from database.backup.manifest import Backup
from database.backup.streams import Sealed, seal, unsealed
from database.backup.tools import output_of, run_tool
from database.binaries import Binaries
from database.connection import open_connection
from database.errors import BackupError
from database.warehouse import Warehouse

FILE = "base.tar.zst"
_SCRATCH = "scratch-"
_CHUNK_BYTES = 1 << 20
_SLOT = "base_backup"
_POINT = r"write-ahead log {} point: ([0-9A-F]+/[0-9A-F]+)"
_TIMELINE = r"start point: [0-9A-F/]+ on timeline (\d+)"


@dataclass(frozen=True)
class TakenBase:
    """A base backup as it was written.

    Parameters
    ----------
    sealed
        Its file's size and checksum.
    start, stop, timeline
        The log that belongs to it.
    """

    sealed: Sealed
    start: str
    stop: str
    timeline: int


def take_base(
    administrator: Mapping[str, str],
    binaries: Binaries,
    target: Path,
    key: BackupKey | None,
) -> TakenBase:
    """Stream a base backup, with the log it needs and PostgreSQL's manifest, to a file.

    Raises
    ------
    BackupError
        With pg_basebackup's message.
    """
    command: list[str | Path] = [
        binaries.tool("pg_basebackup"),
        "--pgdata=-",
        "--format=tar",
        "--wal-method=fetch",
        "--checkpoint=fast",
        "--manifest-checksums=SHA256",
        "--label=credit-scoring",
        "--no-password",
        "--verbose",
    ]
    with _log_kept(administrator), output_of(command, administrator) as output:
        sealed = seal(output, target, key, compress=True)
        said = output.messages
    start, stop, timeline = (
        re.search(pattern, said)
        for pattern in (_POINT.format("start"), _POINT.format("end"), _TIMELINE)
    )
    if not (start and stop and timeline):
        raise BackupError(f"pg_basebackup does not say what it wrote: {said.strip()}")
    return TakenBase(sealed, start[1], stop[1], int(timeline[1]))


def verify_base(
    backup: Backup, binaries: Binaries, key: BackupKey | None, scratch: Path
) -> None:
    """Unpack a base backup into an empty folder and run pg_verifybackup on it.

    Raises
    ------
    BackupError
        When the file is damaged, or what is in it.
    """
    try:
        unpack_base(backup, key, scratch)
        run_tool([binaries.tool("pg_verifybackup"), "--quiet", scratch], {})
    except BackupError as error:
        if str(error).startswith("pg_verifybackup"):
            raise BackupError(f"{backup.path} is damaged: {error}") from error
        raise


def unpack_base(
    backup: Backup,
    key: BackupKey | None,
    target: Path,
    account: Account | None = None,
) -> None:
    """Unpack a base backup into an empty folder, for a user if one is given.

    Raises
    ------
    BackupError
        When the file is damaged, or the disk is full.
    """
    reading_identity(key, backup.manifest.recipient)

    try:
        with (
            unsealed(backup.path, key, backup.manifest.sha256) as stream,
            tarfile.open(fileobj=stream, mode="r|") as archive,
        ):
            unpack_all(archive, target, account)
    except (tarfile.TarError, FileNotFoundError) as error:
        raise BackupError(f"{backup.path} cannot be unpacked: {error}") from error
    except OSError as error:
        raise BackupError(
            f"{backup.path} cannot be unpacked into {target}: {error.strerror}. It "
            f"needs {backup.manifest.database_bytes / 2**20:.0f} MiB there."
        ) from error


def unpack_all(archive: tarfile.TarFile, target: Path, account: Account | None) -> None:
    """Unpack folders and files below a folder; anything else is a `tarfile.TarError`.

    `tarfile`'s own filters are missing in early releases of Python 3.11.
    """
    for member in archive:
        path = _unpack_member(archive, member, target)
        if account and account.is_other:
            os.chown(path, account.uid, account.gid)


def _unpack_member(
    archive: tarfile.TarFile, member: tarfile.TarInfo, target: Path
) -> Path:
    """Unpack one folder or file, for its owner alone."""
    name = PurePosixPath(member.name)
    content = archive.extractfile(member) if member.isreg() else None
    if name.is_absolute() or ".." in name.parts or not (content or member.isdir()):
        raise tarfile.TarError(f"{member.name} is no file of a server")
    path = target / name
    if content is None:
        path.mkdir(mode=0o700, exist_ok=True)
        return path
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with content, os.fdopen(descriptor, "wb") as file:
        shutil.copyfileobj(content, file, _CHUNK_BYTES)
    return path


@contextlib.contextmanager
def scratch_folder(warehouse: Warehouse) -> Iterator[Path]:
    """Give a private folder where a backup may be unpacked for a while.

    It lies beside the data that the backup is of or, where there is no warehouse, where
    temporary files do.
    """
    beside = warehouse.directory if warehouse.directory.is_dir() else None
    if beside:
        for left in beside.glob(f"{_SCRATCH}*"):
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(
        prefix=_SCRATCH, dir=beside, ignore_cleanup_errors=True
    ) as folder:
        yield Path(folder)


@contextlib.contextmanager
def _log_kept(administrator: Mapping[str, str]) -> Iterator[None]:
    """Keep the server from recycling the log that the backup will need at its end."""
    statement = "select pg_create_physical_replication_slot(%s, true, true)"
    with (
        contextlib.closing(open_connection(administrator)) as connection,
        connection.cursor() as cursor,
    ):
        connection.autocommit = True
        try:
            cursor.execute(statement, [f"{_SLOT}_{os.getpid()}"])
        except psycopg2.Error as error:
            raise BackupError(
                f"No base backup is possible: {error.diag.message_primary}"
            ) from error
        yield
