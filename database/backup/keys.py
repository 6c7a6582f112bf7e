"""The key of the backups: an age identity, of which the server knows only one half.

The format is that of https://age-encryption.org, so that `age --decrypt` opens a backup
without this program.
"""

from dataclasses import dataclass

from pyrage import IdentityError, RecipientError, x25519

from database.errors import ConfigurationError
from database.settings import DatabaseSettings

_HOW = (
    "`python -m database backup-key` prints a new one; keep it where the backups are "
    "not: without it they are lost."
)


@dataclass(frozen=True)
class BackupKey:
    """A key as the environment gives it.

    Parameters
    ----------
    recipient
        The public half (``age1…``), with which backups are written.
    identity
        The secret half, with which they are read; None where only writing is possible.
    """

    recipient: x25519.Recipient
    identity: x25519.Identity | None

    @property
    def public(self) -> str:
        """The public half as text."""
        return str(self.recipient)


def new_key() -> BackupKey:
    """Make a new key."""
    identity = x25519.Identity.generate()
    return BackupKey(identity.to_public(), identity)


def parse_key(text: str) -> BackupKey:
    """Read a key: ``AGE-SECRET-KEY-…``, or ``age1…`` for writing alone.

    Raises
    ------
    ConfigurationError
        When it is neither; the text itself is never repeated.
    """
    try:
        if text.strip().startswith("age1"):
            return BackupKey(x25519.Recipient.from_str(text.strip()), None)
        identity = x25519.Identity.from_str(text.strip())
    except (IdentityError, RecipientError) as error:
        raise ConfigurationError(
            "BACKUP_KEY is no age key (AGE-SECRET-KEY-…, or age1… for writing alone): "
            f"{error}. {_HOW}"
        ) from error
    return BackupKey(identity.to_public(), identity)


def configured_key(settings: DatabaseSettings) -> BackupKey | None:
    """Return the key that ``BACKUP_KEY`` holds, None when it is unset."""
    secret = settings.backup_key
    return parse_key(secret.get_secret_value()) if secret else None


def writing_key(settings: DatabaseSettings, *, unencrypted: bool) -> BackupKey | None:
    """Return the key to write with, None for a backup that is said to be plain.

    Raises
    ------
    ConfigurationError
        Without a key, unless a plain backup is wanted.
    """
    if unencrypted:
        return None
    key = configured_key(settings)
    if key is None:
        raise ConfigurationError(
            "BACKUP_KEY is unset, and a backup holds every client's data. Set it to an "
            f"age key, or say --unencrypted. {_HOW}"
        )
    return key


def reading_identity(key: BackupKey | None, recipient: str | None) -> None:
    """Check that a key opens what was written for `recipient` (None: plain).

    Raises
    ------
    ConfigurationError
        When the key is missing, only its public half is there, or it is another one.
    """
    if recipient is None:
        return
    if key is None or key.identity is None:
        found = "is unset" if key is None else "holds only the public half"
        raise ConfigurationError(
            f"The backup is encrypted for {recipient}, and BACKUP_KEY {found}. Set it "
            "to the secret key (AGE-SECRET-KEY-…)."
        )
    if key.public != recipient:
        raise ConfigurationError(
            f"The backup is encrypted for {recipient}, but BACKUP_KEY is the key of "
            f"{key.public}. Set it to the key the backup was written with."
        )
