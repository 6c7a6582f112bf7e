"""The commands of `python -m database` that concern backups."""

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from database.backup.drill import run_drill
from database.backup.dump import restore_dump
from database.backup.keys import new_key, writing_key
from database.backup.plan import make_plan, parse_time
from database.backup.recovery import restore_moment
from database.backup.report import drill_lines, listing
from database.backup.retention import keep_newest
from database.backup.signature import SigningKey
from database.backup.taking import Order, Workshop, take_backup
from database.backup.trust import Keys, printed, reading_keys, signing_key
from database.backup.vault import Vault, dump_backup
from database.backup.verifying import note as note_reading
from database.backup.verifying import verify_backup, verify_log
from database.binaries import find_binaries
from database.connection import administrator_parameters, is_embedded
from database.errors import ConfigurationError
from database.lock import locked
from database.settings import DatabaseSettings, read_settings
from database.terminal import out, report

_Unsigned = Annotated[
    bool, typer.Option("--unsigned", help="Believe what is not signed, or unchecked.")
]


def backup(
    dump: Annotated[bool, typer.Option("--dump", help="The dump alone.")] = False,
    base: Annotated[
        bool, typer.Option("--base", help="The base backup alone.")
    ] = False,
    keep: Annotated[
        int | None,
        typer.Option(min=1, help="Keep this many of each kind; BACKUP_KEEP otherwise."),
    ] = None,
    unencrypted: Annotated[
        bool, typer.Option(help="Write it plain: whoever reads it reads all.")
    ] = False,
    unsigned: Annotated[
        bool, typer.Option(help="Write it unsigned: it could be anybody's.")
    ] = False,
) -> None:
    """Take a base backup and a dump, encrypted and signed, and read them back."""
    settings = read_settings()
    order = Order(base=base or not dump, dump=dump or not base)
    if not is_embedded(settings):
        if base:
            raise ConfigurationError(
                f"PGHOST names {settings.pghost}: base backups and archiving of the "
                "log are that server's own affair. --dump takes a dump of it."
            )
        order = Order(base=False)
    keys = Keys(
        writing_key(settings, unencrypted=unencrypted),
        signing_key(settings, unsigned=unsigned),
    )
    work = _workshop(settings, keys)
    begin = time.monotonic()
    with _alone(work):
        for taken in take_backup(work, order):
            size = taken.manifest.size_bytes / 2**20
            out.print(f"{escape(str(taken.path))} ({size:.1f} MiB)")
        kept = keep or settings.backup_keep
        if kept:
            with locked(work.vault.lock, report):
                deleted = keep_newest(work.vault, kept)
            for name in deleted.backups:
                report(f"Deleted {name}, older than the {kept} that are kept")
    out.print(f"Backed up in {time.monotonic() - begin:.1f} s")


def backups() -> None:
    """List the backups: size, age, whether they were read back, restorable until."""
    vault = Vault.of(read_settings())
    found = vault.backups()
    if not found:
        out.print(f"No backup in {escape(str(vault.directory))}")
        return
    out.print(listing(vault, found))


def verify(
    name: Annotated[
        str | None, typer.Argument(help="As backups lists it; all by default.")
    ] = None,
    note: Annotated[
        bool, typer.Option("--note", help="Write the time into their manifests.")
    ] = False,
    unsigned: _Unsigned = False,
) -> None:
    """Read backups back whole: signatures, checksums, decryption, pg_verifybackup.

    Without --note nothing is written where they are.
    """
    settings = read_settings()
    work = _workshop(settings, reading_keys(settings, unsigned=unsigned))
    vault = work.vault
    chosen = [vault.find(name)] if name else vault.backups()
    if not chosen:
        raise ConfigurationError(f"There is no backup in {vault.directory}.")
    writing = locked(vault.lock, report) if note else contextlib.nullcontext()
    with _alone(work), writing:
        for found in chosen:
            read = verify_backup(work, found)
            if note:
                note_reading(work, read)
        for identifier in sorted(
            {
                found.manifest.system_identifier
                for found in chosen
                if found.manifest.kind == "base"
            }
        ):
            checked = verify_log(vault, identifier, work.keys)
            report(f"{len(checked)} files of the write-ahead log have their checksum")
    out.print(f"Verified: {', '.join(escape(found.name) for found in chosen)}")


def restore(
    file: Annotated[
        Path | None, typer.Argument(help="A dump; the same as --dump.")
    ] = None,
    dump: Annotated[Path | None, typer.Option(help="A dump to restore.")] = None,
    at: Annotated[
        str | None,
        typer.Option(help="A moment, as 2026-01-31T12:00:00Z, or latest."),
    ] = None,
    into: Annotated[
        str | None,
        typer.Option(help="Another database (dump), another warehouse folder (--at)."),
    ] = None,
    unsigned: _Unsigned = False,
) -> None:
    """Restore a moment or a dump, never over data."""
    settings = read_settings()
    chosen = file or dump
    if (chosen is None) == (at is None) or (file and dump):
        raise ConfigurationError(
            "Say what to restore: --at TIME (or latest), or --dump FILE."
        )
    keys = reading_keys(settings, unsigned=unsigned)
    begin = time.monotonic()
    if at is not None:
        target = _restore_moment(settings, keys, at, into)
    else:
        assert chosen is not None
        target = _restore_dump(settings, keys, chosen, into)
    out.print(f"Restored into {escape(target)} ({time.monotonic() - begin:.1f} s)")


def drill(unsigned: _Unsigned = False) -> None:
    """Restore the last backup into an empty server and prove that it is the same."""
    settings = read_settings()
    if not is_embedded(settings):
        raise ConfigurationError(
            f"PGHOST names {settings.pghost}: the drill restores the embedded server."
        )
    work = _workshop(settings, reading_keys(settings, unsigned=unsigned))
    with _alone(work):
        result = run_drill(work)
    for line in drill_lines(result):
        out.print(escape(line))


def backup_key() -> None:
    """Print new keys for BACKUP_KEY, with its public half, and BACKUP_SIGNING_KEY."""
    key = new_key()
    out.print(f"# public half, enough to write backups: {key.public}")
    out.print(f"BACKUP_KEY={key.identity}")
    out.print(f"BACKUP_SIGNING_KEY={printed(SigningKey.new())}")


def _workshop(settings: DatabaseSettings, keys: Keys) -> Workshop:
    return Workshop(settings, find_binaries(settings.pg_bin), keys, report)


@contextlib.contextmanager
def _alone(work: Workshop) -> Iterator[None]:
    """Keep others from what this one makes: a drill ends what a drill has left."""
    if not work.warehouse.directory.is_dir():  # an external server, or none yet
        yield
        return
    with locked(work.warehouse.copying, report):
        yield


def _restore_moment(
    settings: DatabaseSettings, keys: Keys, at: str, into: str | None
) -> str:
    if not is_embedded(settings):
        raise ConfigurationError(
            f"PGHOST names {settings.pghost}: --at restores the embedded server. Unset "
            "PGHOST, or restore a dump."
        )
    plan = make_plan(Vault.of(settings), parse_time(at))
    if into:
        settings = settings.model_copy(
            update={"warehouse_dir": Path(into), "warehouse_port": None}
        )
    server = restore_moment(settings, plan, keys, report)
    report("Its log is archived from its next backup on: `python -m database backup`")
    return str(server.warehouse.directory)


def _restore_dump(
    settings: DatabaseSettings, keys: Keys, file: Path, into: str | None
) -> str:
    parameters = administrator_parameters(settings)
    target = into or parameters["dbname"]
    report(f"Restoring {file.name} into {target}")
    restore_dump(
        parameters,
        find_binaries(settings.pg_bin),
        dump_backup(file),
        keys,
        target,
    )
    return target


COMMANDS: dict[str, Callable[..., None]] = {
    "backup": backup,
    "backups": backups,
    "verify": verify,
    "restore": restore,
    "drill": drill,
    "backup-key": backup_key,
}
