"""Reading existing backups back, as a restore would."""

from database.backup.manifest import Backup
from database.backup.signature import FIELD
from database.backup.streams import damaged, file_sha256
from database.backup.taking import Workshop, verified
from database.backup.trust import Keys
from database.backup.vault import Segment, Vault
from database.errors import BackupError, ConfigurationError


def verify_backup(work: Workshop, backup: Backup) -> Backup:
    """Check who wrote a backup and its checksum, then read it back if there is a key.

    Nothing is written where the backups are.

    Raises
    ------
    DatabaseError
        When it is damaged, or its signature cannot be trusted.
    """
    work.keys.check(backup.manifest_path, backup.told)
    try:
        digest = file_sha256(backup.path)
    except OSError as error:
        raise BackupError(f"{backup.path}: {error.strerror}.") from error
    if digest != backup.manifest.sha256:
        raise damaged(backup.path, "its SHA-256 is not the one in its manifest")
    return verified(work, backup)


def note(work: Workshop, backup: Backup) -> None:
    """Write into a backup's manifest when it was read back, signed if it was.

    Raises
    ------
    ConfigurationError
        When the key is missing with which it is signed.
    BackupError
        When the folder cannot be written.
    """
    key = work.keys.signing if FIELD in backup.told else None
    if FIELD in backup.told and key is None:
        raise ConfigurationError(
            f"{backup.manifest_path} is signed, and a note in it must be: set "
            "BACKUP_SIGNING_KEY, or verify without --note."
        )
    try:
        backup.save(key)
    except OSError as error:
        raise BackupError(
            f"{backup.manifest_path}: {error.strerror}. Verify without --note where "
            "the backups can only be read."
        ) from error


def verify_log(vault: Vault, system_identifier: str, keys: Keys) -> list[Segment]:
    """Check signature and checksum of every archived file of a server's log.

    Raises
    ------
    DatabaseError
        Naming the first that is damaged, missing or not to be trusted.
    """
    segments = vault.segments(system_identifier)
    for segment in segments:
        keys.check_log(system_identifier, segment.description, segment.told)
        try:
            digest = file_sha256(segment.path)
        except OSError as error:
            raise BackupError(f"{segment.path}: {error.strerror}.") from error
        if digest != segment.sha256:
            raise damaged(segment.path, "its SHA-256 is not the archiver's")
    return segments
