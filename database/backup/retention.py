"""What is kept: the newest backups, and the log that follows the oldest of them."""

from dataclasses import dataclass

from database.backup.manifest import Backup
from database.backup.vault import Vault, delete


@dataclass(frozen=True)
class Deleted:
    """What a retention has deleted.

    Parameters
    ----------
    backups
        Names of the base backups and dumps.
    segments
        Number of files of the log.
    """

    backups: tuple[str, ...]
    segments: int


def keep_newest(vault: Vault, count: int) -> Deleted:
    """Delete all but the newest backups of each kind, and the log they alone needed.

    The newest one that was read back and found good stays in any case.
    """
    surplus = [
        *_surplus(vault.bases(), count),
        *_surplus(vault.dumps(), count),
    ]
    for backup in surplus:
        delete(backup)
    return Deleted(tuple(backup.name for backup in surplus), _trim_log(vault))


def _surplus(backups: list[Backup], count: int) -> list[Backup]:
    verified = [backup for backup in backups if backup.manifest.verified_at]
    kept = {backup.name for backup in backups[-count:] + verified[-1:]}
    return [backup for backup in backups if backup.name not in kept]


def _trim_log(vault: Vault) -> int:
    """Delete what comes before the oldest base backup of each server."""
    oldest: dict[str, str] = {}
    for base in vault.bases():
        if base.manifest.wal:
            first = base.manifest.wal.first_segment[8:]
            identifier = base.manifest.system_identifier
            oldest[identifier] = min(first, oldest.get(identifier, first))
    deleted = 0
    for identifier, first in oldest.items():
        for segment in vault.segments(identifier):
            if segment.is_log and segment.number < first:
                segment.description.unlink(missing_ok=True)
                segment.path.unlink(missing_ok=True)
                deleted += 1
    return deleted
