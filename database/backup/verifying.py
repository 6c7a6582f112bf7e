"""Reading existing backups back, as a restore would."""

from database.backup.manifest import Backup
from database.backup.streams import damaged, file_sha256
from database.backup.taking import Workshop, verified
from database.backup.vault import Segment, Vault
from database.errors import BackupError


def verify_backup(work: Workshop, backup: Backup) -> Backup:
    """Check a backup's checksum, then read it back whole if there is a key for it.

    Raises
    ------
    BackupError
        When it is damaged.
    """
    try:
        digest = file_sha256(backup.path)
    except OSError as error:
        raise BackupError(f"{backup.path}: {error.strerror}.") from error
    if digest != backup.manifest.sha256:
        raise damaged(backup.path, "its SHA-256 is not the one in its manifest")
    read = verified(work, backup)
    read.save()
    return read


def verify_log(vault: Vault, system_identifier: str) -> list[Segment]:
    """Check the checksum of every archived file of a server's log.

    Raises
    ------
    BackupError
        Naming the first that is damaged or missing.
    """
    segments = vault.segments(system_identifier)
    for segment in segments:
        try:
            digest = file_sha256(segment.path)
        except OSError as error:
            raise BackupError(f"{segment.path}: {error.strerror}.") from error
        if digest != segment.sha256:
            raise damaged(segment.path, "its SHA-256 is not the archiver's")
    return segments
