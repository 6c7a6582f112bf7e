"""Taking a backup: base, dump or both, of one and the same moment."""

import contextlib
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import sleep

import psycopg2

from database.backup.archiving import finish_segment, turn_on
from database.backup.base import FILE, TakenBase, scratch_folder, take_base, verify_base
from database.backup.dump import take_dump, verify_dump
from database.backup.keys import BackupKey
from database.backup.manifest import (
    Backup,
    ChainHead,
    Kind,
    Manifest,
    WalRange,
    dump_manifest_path,
    source_revision,
)
from database.backup.streams import Sealed, synchronise
from database.backup.tables import TableStates, quiet_moment, table_states
from database.backup.trust import Keys
from database.backup.vault import MANIFEST, PARTIAL, TIME_FORMAT, Vault
from database.binaries import Binaries
from database.connection import administrator_parameters, open_connection
from database.decision_chain import read_head
from database.errors import BackupError
from database.lock import locked
from database.settings import DatabaseSettings
from database.warehouse import Warehouse

_POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Order:
    """What is to be taken.

    Parameters
    ----------
    base, dump
        Which kinds.
    is_passing
        The place will be taken away again, as the drill's own is.
    """

    base: bool = True
    dump: bool = True
    is_passing: bool = False


@dataclass(frozen=True)
class Origin:
    """The server that a backup is taken from."""

    server_version: str
    system_identifier: str
    database: str
    database_bytes: int
    segment_bytes: int


@dataclass(frozen=True)
class Workshop:
    """What every step needs.

    Parameters
    ----------
    settings
        Of the database.
    binaries
        PostgreSQL's programs.
    keys
        With which backups are written and read.
    report
        Called with a short line at each step.
    """

    settings: DatabaseSettings
    binaries: Binaries
    keys: Keys
    report: Callable[[str], None]

    @property
    def key(self) -> BackupKey | None:
        """What encrypts; None for plain backups."""
        return self.keys.encryption

    @property
    def vault(self) -> Vault:
        """The folder of the backups."""
        return Vault.of(self.settings)

    @property
    def warehouse(self) -> Warehouse:
        """The folder of the embedded server."""
        return Warehouse.at(self.settings.warehouse_dir)

    @property
    def administrator(self) -> dict[str, str]:
        """Connection keywords of whoever may read everything."""
        return administrator_parameters(self.settings)

    @property
    def suffix(self) -> str:
        """What a file's name ends with."""
        return ".age" if self.key else ""


def take_backup(work: Workshop, order: Order) -> list[Backup]:
    """Take what is ordered into the folder of the backups, and read it back.

    Raises
    ------
    BackupError
        Saying what failed; nothing half-written stays.
    """
    vault = work.vault
    open_connection(work.administrator).close()
    try:
        vault.make()
        with locked(vault.lock, work.report):
            vault.clear_up()
            return _take(work, order)
    except OSError as error:
        raise BackupError(
            f"No backup was written: {error.filename or vault.directory}: "
            f"{error.strerror}. Make room there, or name another folder with "
            "BACKUP_DIR."
        ) from error


def read_origin(administrator: Mapping[str, str]) -> Origin:
    """Look at the server that a connection leads to."""
    query = """
        select
            current_setting('server_version'), current_database(),
            (
                select sum(pg_database_size(oid))
                    filter (where has_database_privilege(oid, 'connect'))
                from pg_database
            )::bigint,
            (select setting::bigint from pg_settings where name = 'wal_segment_size')
    """
    with (
        contextlib.closing(open_connection(administrator)) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(query)
        version, database, size, segment = cursor.fetchone() or ("", "", 0, 0)
        try:
            cursor.execute("select system_identifier::text from pg_control_system()")
            (identifier,) = cursor.fetchone() or ("",)
        except psycopg2.errors.InsufficientPrivilege:
            identifier = ""
    return Origin(version, identifier, database, size, segment)


def _take(work: Workshop, order: Order) -> list[Backup]:
    # A second that has its backup already is waited out.
    while work.vault.holds((begun_at := datetime.now(UTC)).strftime(TIME_FORMAT)):
        sleep(_POLL_SECONDS)
    time = begun_at.strftime(TIME_FORMAT)
    origin = read_origin(work.administrator)
    folder = work.vault.base / f"{time}{PARTIAL}"
    dump_file = work.vault.dump / f"{time}.dump{work.suffix}{PARTIAL}"
    try:
        archive, base = _take_base(work, order, origin, folder)
        restore_point = f"backup-{time}" if order.base else None
        with quiet_moment(work.administrator, restore_point) as snapshot:
            work.report("Checksums of all tables")
            known = _Known(
                begun_at=begun_at,
                origin=origin,
                recipient=work.key.public if work.key else None,
                tables=table_states(work.administrator, snapshot),
                decision_chain=_decision_chain(work, snapshot),
            )
            sealed = _take_dump(work, order, dump_file, snapshot)
        taken = []
        if base and archive and restore_point:
            work.report("Write-ahead log into the archive")
            finish_segment(work.administrator, archive, work.warehouse.log)
            wal = WalRange(
                start=base.start,
                stop=base.stop,
                timeline=base.timeline,
                segment_bytes=origin.segment_bytes,
                restore_point=restore_point,
            )
            taken.append(_finish_base(work, known, folder, base.sealed, wal))
        if sealed:
            taken.append(_finish_dump(work, known, dump_file, sealed))
        return taken
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        dump_file.unlink(missing_ok=True)


def _decision_chain(work: Workshop, snapshot: str) -> ChainHead:
    with contextlib.closing(open_connection(work.administrator)) as connection:
        connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        with connection.cursor() as cursor:
            cursor.execute("set transaction snapshot %s", [snapshot])
        head = read_head(connection)
        return ChainHead(length=head.length, head=head.head)


def _take_base(
    work: Workshop, order: Order, origin: Origin, folder: Path
) -> tuple[Path, TakenBase] | tuple[None, None]:
    if not order.base:
        return None, None
    archive = turn_on(
        work.settings,
        work.vault,
        work.keys,
        origin.system_identifier,
        is_passing=order.is_passing,
    )
    work.report("Base backup of the whole server")
    folder.mkdir(mode=0o700)
    file = folder / f"{FILE}{work.suffix}"
    return archive, take_base(work.administrator, work.binaries, file, work.key)


def _take_dump(
    work: Workshop, order: Order, file: Path, snapshot: str
) -> Sealed | None:
    if not order.dump:
        return None
    work.report("Dump of the database")
    return take_dump(work.administrator, work.binaries, file, work.key, snapshot)


def _finish_base(
    work: Workshop, known: "_Known", folder: Path, sealed: Sealed, wal: WalRange
) -> Backup:
    """Read the base backup back; then it gets its name."""
    manifest = known.manifest("base", f"{FILE}{work.suffix}", sealed, wal)
    backup = verified(work, Backup(manifest=manifest, manifest_path=folder / MANIFEST))
    backup.save(work.keys.signing)
    final = folder.with_name(folder.name.removesuffix(PARTIAL))
    synchronise(folder)
    folder.rename(final)
    synchronise(final.parent)
    return Backup(manifest=backup.manifest, manifest_path=final / MANIFEST)


def _finish_dump(work: Workshop, known: "_Known", file: Path, sealed: Sealed) -> Backup:
    manifest = known.manifest("dump", file.name, sealed, None)
    backup = verified(
        work, Backup(manifest=manifest, manifest_path=dump_manifest_path(file))
    )
    final = file.with_name(file.name.removesuffix(PARTIAL))
    file.rename(final)
    finished = Backup(
        manifest=backup.manifest.model_copy(update={"file": final.name}),
        manifest_path=dump_manifest_path(final),
    )
    finished.save(work.keys.signing)
    synchronise(final.parent)
    return finished


def verified(work: Workshop, backup: Backup) -> Backup:
    """Read a backup back whole, if there is a key to open it, and note when.

    Raises
    ------
    BackupError
        When it is damaged.
    """
    if backup.manifest.recipient and (work.key is None or work.key.identity is None):
        work.report(
            "Not read back: BACKUP_KEY is the public half. `python -m database verify` "
            "does it where the secret key is"
        )
        return backup
    work.report(f"Reading back {backup.path.name}")
    if backup.manifest.kind == "base":
        with scratch_folder(work.warehouse) as scratch:
            verify_base(backup, work.binaries, work.key, scratch)
    else:
        verify_dump(backup, work.binaries, work.key)
    update = {"verified_at": datetime.now(UTC).replace(microsecond=0)}
    return backup.model_copy(
        update={"manifest": backup.manifest.model_copy(update=update)}
    )


@dataclass(frozen=True)
class _Known:
    """What the base and the dump of one moment have in common."""

    begun_at: datetime
    origin: Origin
    recipient: str | None
    tables: TableStates
    decision_chain: ChainHead

    def manifest(
        self, kind: Kind, file: str, sealed: Sealed, wal: WalRange | None
    ) -> Manifest:
        return Manifest(
            kind=kind,
            file=file,
            size_bytes=sealed.size_bytes,
            sha256=sealed.sha256,
            recipient=self.recipient,
            begun_at=self.begun_at,
            finished_at=datetime.now(UTC),
            server_version=self.origin.server_version,
            system_identifier=self.origin.system_identifier,
            database=self.origin.database,
            database_bytes=self.origin.database_bytes,
            wal=wal,
            tables=self.tables,
            decision_chain=self.decision_chain,
            revision=source_revision(),
        )
