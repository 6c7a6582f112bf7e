"""Passwords and their Argon2id hashes."""

from __future__ import annotations

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bokeh_app.errors import DashboardError

SHORTEST = 12
LONGEST = 256
GENERATED_BYTES = 15

# RFC 9106's second recommendation: 64 MiB, three passes, four lanes.
_HASHER = PasswordHasher()


class WeakPasswordError(DashboardError):
    """The password is too short or too long to be one."""


def hash_password(password: str) -> str:
    """Return the hash of a new password.

    Raises
    ------
    WeakPasswordError
        If it has fewer than 12 characters, or more than 256.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise WeakPasswordError(
            f"A password has {SHORTEST} to {LONGEST} characters; length is what "
            "makes it strong."
        )
    return _HASHER.hash(password)


def is_password(password: str, password_hash: str | None) -> bool:
    """Tell whether a password belongs to a hash; without a hash it takes as long."""
    try:
        _HASHER.verify(password_hash or _nobodys_hash(), password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def new_password() -> str:
    """Return a random password of 120 bits, of letters, digits, `-` and `_`."""
    return secrets.token_urlsafe(GENERATED_BYTES)


@cache
def _nobodys_hash() -> str:
    return _HASHER.hash(secrets.token_urlsafe(GENERATED_BYTES))
