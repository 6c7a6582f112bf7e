"""Signing what tells of a backup, with Python's own library alone.

The server's archiver has this file beside it, where nothing else of the house is.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

FIELD = "signature"
"""Under which a description carries its signature."""

KEY_FILE = "signing-key"
"""Name of the file in which the archiver finds the key of its log."""

_BYTES = 32
_NAME_CHARACTERS = 16


@dataclass(frozen=True)
class SigningKey:
    """A secret that whoever writes backups shares with whoever restores them.

    Parameters
    ----------
    secret
        Its 32 bytes.
    """

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse what is too short, or no key at all."""
        if len(self.secret) != _BYTES:
            raise ValueError(f"a signing key has {_BYTES} bytes")

    @classmethod
    def new(cls) -> "SigningKey":
        """Make a new key."""
        return cls(secrets.token_bytes(_BYTES))

    @property
    def name(self) -> str:
        """What tells it from others, without giving it away."""
        return self._mac(b"name").hex()[:_NAME_CHARACTERS]

    def of_log(self, system_identifier: str) -> "SigningKey":
        """Return the key for one server's log, from which this one cannot be found."""
        return SigningKey(self._mac(f"log {system_identifier}".encode()))

    def sign(self, told: Mapping[str, Any]) -> str:
        """Return the signature of a description, whatever the order of its fields."""
        content = {name: value for name, value in told.items() if name != FIELD}
        text = json.dumps(content, sort_keys=True, separators=(",", ":"))
        return f"{self.name}:{self._mac(b'description ' + text.encode()).hex()}"

    def has_signed(self, told: Mapping[str, Any]) -> bool:
        """Tell whether a description is as this key has signed it."""
        found = str(told.get(FIELD)).encode()
        return hmac.compare_digest(self.sign(told).encode(), found)

    def _mac(self, message: bytes) -> bytes:
        return hmac.digest(self.secret, message, hashlib.sha256)
