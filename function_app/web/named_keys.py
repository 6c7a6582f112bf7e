"""The keys of several callers in one setting: ``name=key``, parted by white space."""

import re
from dataclasses import dataclass

from pydantic import SecretStr

MIN_KEY_LENGTH = 16

_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass(frozen=True)
class NamedKey:
    """A key and whom it was given to."""

    name: str
    secret: SecretStr


def strong_key(key: SecretStr) -> SecretStr:
    """Return a key that is long enough and fits into a header.

    Raises
    ------
    ValueError
        Saying what a key needs, without the key.
    """
    text = key.get_secret_value()
    if len(text) < MIN_KEY_LENGTH:
        raise ValueError(
            f"needs at least {MIN_KEY_LENGTH} characters; make one with: "
            "python -c 'import secrets; print(secrets.token_urlsafe(32))'"
        )
    if not (text.isascii() and text.isprintable()) or " " in text:
        raise ValueError("may hold printable ASCII characters without spaces only")
    return key


def parse_named_keys(text: str) -> tuple[NamedKey, ...]:
    """Read the keys of several callers.

    A name may stand twice, with its old key and its new one: both are valid, so that
    a caller can change while nobody is locked out. A key may hold ``=`` itself.

    Raises
    ------
    ValueError
        Saying which entry cannot be used, by its place and without its key.
    """
    keys: list[NamedKey] = []
    for place, entry in enumerate(text.split(), start=1):
        name, equals, secret = entry.partition("=")
        if not equals or not _NAME.fullmatch(name):
            raise ValueError(
                f"entry {place} is not name=key, with a name of up to 64 letters, "
                "digits, dots, hyphens and underscores"
            )
        try:
            keys.append(NamedKey(name, strong_key(SecretStr(secret))))
        except ValueError as error:
            raise ValueError(f"the key of entry {place} {error}") from None
    require_distinct(keys)
    return tuple(keys)


def require_distinct(keys: list[NamedKey]) -> None:
    """Refuse one key under two entries: nobody could tell who called.

    Raises
    ------
    ValueError
    """
    if len({key.secret.get_secret_value() for key in keys}) < len(keys):
        raise ValueError("the same key is given to two callers or twice to one")
