"""What is known of a backup, in a JSON file beside it that comes last."""

import json
import subprocess
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from database.backup.signature import FIELD, SigningKey
from database.backup.tables import TableStates
from database.errors import BackupError
from database.files import write_file
from database.settings import REPOSITORY

Kind = Literal["base", "dump"]


class WalRange(BaseModel):
    """The write-ahead log that a base backup needs, and where its moment is.

    Attributes
    ----------
    start, stop
        Positions between which the base backup was taken.
    timeline
        Of both.
    segment_bytes
        Size of one file of the log.
    restore_point
        Name of the moment of which `tables` tells.
    """

    model_config = ConfigDict(frozen=True)

    start: str
    stop: str
    timeline: int
    segment_bytes: int
    restore_point: str

    @property
    def first_segment(self) -> str:
        """Name of the first file of the log that is needed."""
        return segment_name(self.timeline, self.start, self.segment_bytes)


class ChainHead(BaseModel):
    """Where the decision log's chain ends: number of decisions and last hash."""

    model_config = ConfigDict(frozen=True)

    length: int
    head: str


class Manifest(BaseModel):
    """A backup's description.

    Attributes
    ----------
    kind
        ``"base"`` for the files of the whole server, ``"dump"`` for one database.
    file
        Name of the backup's file beside the manifest.
    size_bytes, sha256
        Of that file as it lies there.
    recipient
        Public half of the key that opens it; None when it is plain.
    begun_at, finished_at
        Between which it was taken; a point in time that can be restored comes later.
    server_version, system_identifier, database, database_bytes
        Where it comes from.
    verified_at
        When it was read back whole and found good, None if it never was.
    wal
        Of a base backup.
    tables
        Rows, checksum and keys of every table at the backup's moment.
    decision_chain
        Where the decision log's chain ended at that moment.
    revision
        Of the project's source.
    """

    model_config = ConfigDict(frozen=True)

    format: Literal[1] = 1
    kind: Kind
    file: str
    size_bytes: int
    sha256: str
    recipient: str | None
    begun_at: datetime
    finished_at: datetime
    server_version: str
    system_identifier: str
    database: str
    database_bytes: int
    verified_at: datetime | None = None
    wal: WalRange | None = None
    tables: TableStates
    decision_chain: ChainHead
    revision: str | None = None


class Backup(BaseModel):
    """A backup on the disk: its manifest, and where it lies.

    Attributes
    ----------
    manifest
        What is known of it.
    manifest_path
        Where that lies.
    told
        The manifest as it was read, with its signature.
    """

    model_config = ConfigDict(frozen=True)

    manifest: Manifest
    manifest_path: Path
    told: Mapping[str, Any] = {}

    @property
    def path(self) -> Path:
        """The backup's file."""
        return self.manifest_path.with_name(self.manifest.file)

    @property
    def name(self) -> str:
        """What a person calls it."""
        parent = self.manifest_path.parent
        return parent.name if self.manifest.kind == "base" else self.manifest.file

    def save(self, key: SigningKey | None) -> None:
        """Write the manifest, signed if there is a key, whole or not at all."""
        told = self.manifest.model_dump(mode="json")
        if key:
            told[FIELD] = key.sign(told)
        text = json.dumps(told, indent=2, ensure_ascii=False)
        write_file(self.manifest_path, f"{text}\n", 0o600)


def dump_manifest_path(file: Path) -> Path:
    """Return the path of a dump's manifest."""
    return file.with_name(f"{file.name}.json")


def read_backup(manifest_path: Path) -> Backup:
    """Read a manifest.

    Raises
    ------
    BackupError
        When it is absent or cannot be understood.
    """
    try:
        told = json.loads(manifest_path.read_bytes())
        manifest = Manifest.model_validate(told)
    except FileNotFoundError as error:
        raise BackupError(
            f"{manifest_path} is missing, without which a backup cannot be trusted: it "
            "holds the checksum. A backup that was interrupted has none; nor has one "
            "of the first release (.dump.sha256), which its own program restores."
        ) from error
    except (OSError, ValueError) as error:
        raise BackupError(
            f"{manifest_path} cannot be read: {_short(error)}. Take it from another "
            "copy of the backups; without one, move that backup out of the folder, "
            "so that the others can be used."
        ) from error
    return Backup(manifest=manifest, manifest_path=manifest_path, told=told)


def segment_name(timeline: int, position: str, segment_bytes: int) -> str:
    """Return the file of the log that holds a position such as ``1/2A000028``."""
    high, low = (int(part, 16) for part in position.split("/"))
    per_file = 0x1_0000_0000 // segment_bytes
    number = ((high << 32) + low) // segment_bytes
    return f"{timeline:08X}{number // per_file:08X}{number % per_file:08X}"


def source_revision() -> str | None:
    """Return the project's git revision, None outside a checkout."""
    try:
        result = subprocess.run(
            ["git", "rev-parse", "HEAD"],
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return None
    return result.stdout.strip() or None


def _short(error: Exception) -> str:
    if isinstance(error, ValidationError):
        fault = error.errors()[0]
        return f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}"
    return str(error)
