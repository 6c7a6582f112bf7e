"""Which backups are believed: those that a key that others lack has signed.

Encrypting takes the public half of an age key, so that it does not tell who wrote.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from database.backup.keys import BackupKey, configured_key
from database.backup.signature import FIELD, SigningKey
from database.errors import BackupError, ConfigurationError
from database.settings import DatabaseSettings

_PREFIX = "BACKUP-SIGNING-KEY-"
_HOW = (
    "`python -m database backup-key` prints one; keep it with BACKUP_KEY, away from "
    "whoever may write to the backups' folder."
)


@dataclass(frozen=True)
class Keys:
    """What backups are written and read with.

    Parameters
    ----------
    encryption
        The age key; None for plain backups.
    signing
        The key that signs; None where nothing is signed.
    accepts_unsigned
        Whether a backup that cannot be checked is read all the same.
    """

    encryption: BackupKey | None = None
    signing: SigningKey | None = None
    accepts_unsigned: bool = False

    def check(self, path: Path, told: Mapping[str, Any]) -> None:
        """Check the signature of what tells of a backup.

        Raises
        ------
        ConfigurationError
            When the key is missing or another one.
        BackupError
            When there is no signature, or a wrong one.
        """
        _check(self.signing, path, told, accepts_unsigned=self.accepts_unsigned)

    def check_log(
        self, system_identifier: str, path: Path, told: Mapping[str, Any]
    ) -> None:
        """Check the signature of what tells of a file of a server's log, likewise."""
        key = self.signing.of_log(system_identifier) if self.signing else None
        _check(key, path, told, accepts_unsigned=self.accepts_unsigned)


def read_signing_key(text: str) -> SigningKey:
    """Read a key as `printed` writes it.

    Raises
    ------
    ConfigurationError
        When it is none; the text itself is never repeated.
    """
    prefix, digits = text.strip()[: len(_PREFIX)], text.strip()[len(_PREFIX) :]
    try:
        if prefix != _PREFIX:
            raise ValueError(f"it does not begin with {_PREFIX}")
        return SigningKey(bytes.fromhex(digits))
    except ValueError as error:
        raise ConfigurationError(
            f"BACKUP_SIGNING_KEY is no signing key: {_PREFIX} and 64 hexadecimal "
            f"digits. {_HOW}"
        ) from error


def printed(key: SigningKey) -> str:
    """Return a key as text."""
    return f"{_PREFIX}{key.secret.hex()}"


def reading_keys(settings: DatabaseSettings, *, unsigned: bool) -> Keys:
    """Return the keys of the environment, to read with."""
    return Keys(configured_key(settings), _configured(settings), unsigned)


def signing_key(settings: DatabaseSettings, *, unsigned: bool) -> SigningKey | None:
    """Return the key to sign with, None for a backup that is said to be unsigned.

    Raises
    ------
    ConfigurationError
        Without a key, unless an unsigned backup is wanted.
    """
    if unsigned:
        return None
    key = _configured(settings)
    if key is None:
        raise ConfigurationError(
            "BACKUP_SIGNING_KEY is unset, and without it anybody who knows the public "
            f"half of BACKUP_KEY can forge a backup. Set it, or say --unsigned. {_HOW}"
        )
    return key


def _configured(settings: DatabaseSettings) -> SigningKey | None:
    secret = settings.backup_signing_key
    return read_signing_key(secret.get_secret_value()) if secret else None


def _check(
    key: SigningKey | None,
    path: Path,
    told: Mapping[str, Any],
    *,
    accepts_unsigned: bool,
) -> None:
    is_signed = FIELD in told
    if accepts_unsigned and not (is_signed and key):
        return
    if not is_signed:
        raise BackupError(
            f"{path} carries no signature: anybody who knows the public half of "
            "BACKUP_KEY can have written it. Say --unsigned if it was taken before "
            "backups were signed, and nobody else could write to where it lay since."
        )
    if key is None:
        raise ConfigurationError(
            f"{path} is signed, and BACKUP_SIGNING_KEY is unset, with which the "
            "signature is checked. Set it to the key the backup was written with."
        )
    if key.has_signed(told):
        return
    signer = str(told[FIELD]).partition(":")[0]
    if signer != key.name:
        raise ConfigurationError(
            f"{path} says that key {signer} signed it, and BACKUP_SIGNING_KEY is key "
            f"{key.name}. Set it to the key the backup was written with; if you have "
            "no such key, the backup is not yours."
        )
    raise BackupError(
        f"{path} is not as it was signed: it was changed, or forged. Nothing was "
        "restored from it; take it from another copy of the backups, and find out who "
        "could write to this one."
    )
