"""The folder of the backups: what lies where, and what is there.

::

    .warehouse-backups/          beside the warehouse; BACKUP_DIR names another
      lock                       held while a command changes the folder
      base/<time>/               files of the whole server: base.tar.zst.age
        manifest.json
      dump/<time>.dump.age       one database, <time>.dump.age.json beside it
      wal/<system identifier>/   the write-ahead log: <segment>.zst.age
                                 and <segment>.json; owned by the server's user
"""

import contextlib
import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from database.backup.manifest import Backup, dump_manifest_path, read_backup
from database.errors import BackupError
from database.settings import DatabaseSettings
from database.warehouse import Warehouse

MANIFEST = "manifest.json"
PARTIAL = ".partial"
TIME_FORMAT = "%Y%m%dT%H%M%SZ"
_SEGMENT_NAME_LENGTH = 24


@dataclass(frozen=True)
class Segment:
    """One archived file of the write-ahead log.

    Parameters
    ----------
    name
        PostgreSQL's name for it.
    path, description
        Where it lies, encrypted, and what tells of it.
    sha256
        Of that file.
    told
        What tells of it as it was read, with its signature.
    written_at
        When the server last wrote to it: all that was committed before is in it or
        in an earlier one.
    """

    name: str
    path: Path
    description: Path
    sha256: str
    told: Mapping[str, Any]
    written_at: datetime

    @property
    def number(self) -> str:
        """Its place in the order of all segments, whatever the timeline."""
        return self.name[8:]

    @property
    def is_log(self) -> bool:
        """False for the small files that tell of timelines and backups."""
        return len(self.name) == _SEGMENT_NAME_LENGTH


@dataclass(frozen=True)
class Vault:
    """Paths below one folder of backups.

    Parameters
    ----------
    directory
        Absolute path of the folder.
    """

    directory: Path

    @classmethod
    def of(cls, settings: DatabaseSettings) -> "Vault":
        """Return the folder that the settings name, by default beside the warehouse."""
        if settings.backup_dir:
            return cls(settings.backup_dir.absolute())
        warehouse = Warehouse.at(settings.warehouse_dir).directory
        return cls(warehouse.with_name(f"{warehouse.name}-backups"))

    @property
    def lock(self) -> Path:
        """File whose lock one changing command holds."""
        return self.directory / "lock"

    @property
    def base(self) -> Path:
        """Folder of the base backups."""
        return self.directory / "base"

    @property
    def dump(self) -> Path:
        """Folder of the dumps."""
        return self.directory / "dump"

    @property
    def wal(self) -> Path:
        """Folder of the archives of the write-ahead log, one per server."""
        return self.directory / "wal"

    def make(self) -> None:
        """Make the folders; only what is in `wal` is for the server's user."""
        self.directory.mkdir(mode=0o711, parents=True, exist_ok=True)
        for path in (self.base, self.dump):
            path.mkdir(mode=0o700, exist_ok=True)

    def backups(self) -> list[Backup]:
        """Return all finished backups, the oldest first."""
        paths = [
            path
            for path in self.base.glob(f"*/{MANIFEST}")
            if not path.parent.name.endswith(PARTIAL)
        ]
        found = [read_backup(path) for path in [*paths, *self.dump.glob("*.json")]]
        return sorted(found, key=lambda backup: backup.manifest.finished_at)

    def holds(self, time: str) -> bool:
        """Tell whether a backup of this time is there, in whatever state."""
        return (self.base / time).exists() or any(self.dump.glob(f"{time}.*"))

    def bases(self) -> list[Backup]:
        """Return the base backups, the oldest first."""
        return [found for found in self.backups() if found.manifest.kind == "base"]

    def dumps(self) -> list[Backup]:
        """Return the dumps, the oldest first."""
        return [found for found in self.backups() if found.manifest.kind == "dump"]

    def find(self, name: str) -> Backup:
        """Return the backup that a person names.

        Raises
        ------
        BackupError
            Naming those that are there.
        """
        found = self.backups()
        for backup in found:
            if name in {backup.name, str(backup.path)}:
                return backup
        names = ", ".join(backup.name for backup in found) or "none"
        raise BackupError(
            f"There is no backup {name} in {self.directory}, but {names}."
        )

    def segments(self, system_identifier: str) -> list[Segment]:
        """Return a server's archived log, in order.

        Raises
        ------
        BackupError
            When a description cannot be read.
        """
        return sorted(
            self._segments(system_identifier),
            key=lambda segment: (segment.number, segment.name),
        )

    def clear_up(self) -> None:
        """Remove what an interrupted backup has left."""
        for path in [*self.base.glob(f"*{PARTIAL}"), *self.dump.glob(f"*{PARTIAL}")]:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()

    def _segments(self, system_identifier: str) -> Iterator[Segment]:
        for description in (self.wal / system_identifier).glob("*.json"):
            try:
                found = json.loads(description.read_bytes())
                if found["name"] != description.stem:
                    raise ValueError(f"it tells of {found['name']}")
                yield Segment(
                    name=found["name"],
                    path=description.with_name(found["file"]),
                    description=description,
                    sha256=found["sha256"],
                    told=found,
                    written_at=datetime.fromtimestamp(found["written_at"], UTC),
                )
            except FileNotFoundError:
                continue
            except (OSError, ValueError, KeyError, TypeError) as error:
                raise BackupError(
                    f"{description} cannot be read: {error}. Take it from another "
                    "copy of the backups."
                ) from error


def delete(backup: Backup) -> None:
    """Delete a backup, under a name that `Vault.clear_up` knows if this is killed."""
    if backup.manifest.kind == "base":
        folder = backup.manifest_path.parent
        shutil.rmtree(folder.rename(f"{folder}{PARTIAL}"))
        return
    doomed = Path(f"{backup.path}{PARTIAL}")
    with contextlib.suppress(FileNotFoundError):
        backup.path.rename(doomed)
    backup.manifest_path.unlink()
    doomed.unlink(missing_ok=True)


def dump_backup(file: Path) -> Backup:
    """Return the dump in a file, wherever it lies."""
    if not file.is_file():
        raise BackupError(f"{file} is no file. `python -m database backups` lists all.")
    return read_backup(dump_manifest_path(file))
