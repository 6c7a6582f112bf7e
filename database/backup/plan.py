"""Which base backup and which files of the log a moment is restored from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from database.backup.manifest import Backup
from database.backup.vault import Segment, Vault
from database.errors import BackupError, ConfigurationError

LATEST = "latest"


@dataclass(frozen=True)
class Target:
    """What is to be restored.

    Parameters
    ----------
    time
        The moment; None for the latest.
    restore_point
        A moment by its name, which goes before.
    """

    time: datetime | None = None
    restore_point: str | None = None


@dataclass(frozen=True)
class Plan:
    """What a restore reads.

    Parameters
    ----------
    base
        The base backup.
    segments
        The archived log from its beginning on, with the files that tell of timelines.
    target
        What is to be restored.
    """

    base: Backup
    segments: tuple[Segment, ...]
    target: Target

    @property
    def log_bytes(self) -> int:
        """Size of the log that is unpacked."""
        wal = self.base.manifest.wal
        return len(self.segments) * (wal.segment_bytes if wal else 0)

    @property
    def reaches(self) -> datetime:
        """The last moment that can be restored."""
        written = [segment.written_at for segment in self.segments if segment.is_log]
        return max(written, default=self.base.manifest.finished_at)


def parse_time(text: str) -> Target:
    """Read the moment that a person names: ISO 8601, UTC unless it says otherwise.

    Raises
    ------
    ConfigurationError
        When it is neither a time nor ``latest``.
    """
    if text == LATEST:
        return Target()
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise ConfigurationError(
            f"--at {text!r} is no time: write 2026-01-31T12:00:00Z, or {LATEST}."
        ) from error
    return Target(time if time.tzinfo else time.replace(tzinfo=UTC))


def make_plan(vault: Vault, target: Target) -> Plan:
    """Choose the base backup and check that no file of the log is missing.

    Raises
    ------
    BackupError
        When the moment lies before the first backup or after the archive's end, or a
        file is missing on the way to it.
    """
    bases = vault.bases()
    if not bases:
        raise BackupError(
            f"There is no base backup in {vault.directory}. BACKUP_DIR names the "
            "folder; `python -m database backup` takes one."
        )
    fitting = [
        base
        for base in bases
        if target.time is None or base.manifest.finished_at <= target.time
    ]
    if not fitting:
        raise BackupError(
            f"The first base backup, {bases[0].name}, ended at "
            f"{_said(bases[0].manifest.finished_at)}: what was before cannot be "
            "restored from here."
        )
    return plan_for(vault, fitting[-1], target)


def plan_for(vault: Vault, base: Backup, target: Target) -> Plan:
    """Choose the log that follows a base backup; see `make_plan`."""
    wal = base.manifest.wal
    if wal is None:
        raise BackupError(f"{base.manifest_path} tells of no write-ahead log.")
    found = vault.segments(base.manifest.system_identifier)
    first = wal.first_segment
    log = [
        segment for segment in found if segment.is_log and segment.number >= first[8:]
    ]
    # A restore point is the backup's own moment, which came before its end.
    until = base.manifest.finished_at if target.restore_point else target.time
    needed = _needed(log, until)
    _check_complete(needed, first, wal.segment_bytes)
    histories = [segment for segment in found if segment.name.endswith(".history")]
    plan = Plan(base, (*histories, *needed), target)
    if target.time and target.time > plan.reaches:
        raise BackupError(
            f"The archive of the write-ahead log reaches until {_said(plan.reaches)}, "
            f"and --at names {_said(target.time)}. `--at {LATEST}` restores all there "
            "is."
        )
    return plan


def _needed(log: Sequence[Segment], until: datetime | None) -> list[Segment]:
    """Return the log up to the first file that was finished after a time."""
    needed: list[Segment] = []
    done: str | None = None
    for segment in log:
        if done is not None and segment.number > done:
            break
        needed.append(segment)
        if until and segment.written_at > until and done is None:
            # One more, in which the first commit after that time may lie.
            done = segment.number
    return needed


def _check_complete(needed: Sequence[Segment], first: str, segment_bytes: int) -> None:
    present = {_place(segment.name, segment_bytes) for segment in needed}
    begin = _place(first, segment_bytes)
    if not present:
        raise BackupError(
            f"The archive of the write-ahead log lacks {first}, with which the base "
            "backup begins. Copy it back from where the backups are kept twice, or "
            "restore the dump of the same time."
        )
    missing = [place for place in range(begin, max(present)) if place not in present]
    if missing:
        before = [
            segment.written_at
            for segment in needed
            if _place(segment.name, segment_bytes) < missing[0]
        ]
        until = f"Until {_said(max(before))} it is whole: --at that. " if before else ""
        raise BackupError(
            f"The archive of the write-ahead log lacks "
            f"{_name(first[:8], missing[0], segment_bytes)}"
            f"{f' and {len(missing) - 1} more' if len(missing) > 1 else ''}. "
            f"{until}Or copy it back from where the backups are kept twice."
        )
    lost = [segment for segment in needed if not segment.path.is_file()]
    if lost:
        raise BackupError(
            f"{lost[0].path} is missing. Copy it back from where the backups are kept "
            "twice, or restore an earlier time."
        )


def _place(name: str, segment_bytes: int) -> int:
    return int(name[8:16], 16) * (0x1_0000_0000 // segment_bytes) + int(name[16:], 16)


def _name(timeline: str, place: int, segment_bytes: int) -> str:
    per_file = 0x1_0000_0000 // segment_bytes
    return f"{timeline}{place // per_file:08X}{place % per_file:08X}"


def _said(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
