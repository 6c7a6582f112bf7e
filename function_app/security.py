"""The key of the callers, and the headers that keep answers where they belong."""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Annotated

from fastapi import Request, Security
from fastapi.security import APIKeyHeader
from pydantic import SecretStr

from function_app.errors import UnauthorizedError

KEY_HEADER = "x-functions-key"

SECURITY_HEADERS = {
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
}

_key_header = APIKeyHeader(
    name=KEY_HEADER,
    scheme_name="FunctionsKey",
    description="The key that the bank's systems were given.",
    auto_error=False,
)


@dataclass(frozen=True)
class Caller:
    """Who holds the key of a request; the name goes into the decision log."""

    name: str


class KeyRing:
    """The key that callers must show, kept as a digest.

    Parameters
    ----------
    key : SecretStr
    caller : Caller
        Whom the key was given to.
    """

    def __init__(self, key: SecretStr, caller: Caller = Caller("default")) -> None:
        self._digest = _digest(key.get_secret_value().encode("ascii"))
        self._caller = caller

    def caller_of(self, presented: str | None) -> Caller:
        """Return who holds the presented key.

        The comparison takes the same time whatever was presented, its length
        included, since digests are compared.

        Raises
        ------
        UnauthorizedError
            If there is no key, or not the right one.
        """
        if presented is None:
            raise UnauthorizedError(f"Send the key in the header {KEY_HEADER}.")
        # Starlette decodes headers as Latin-1, which takes every byte.
        if not hmac.compare_digest(_digest(presented.encode("latin-1")), self._digest):
            raise UnauthorizedError(f"The key in the header {KEY_HEADER} is not valid.")
        return self._caller


async def require_key(
    request: Request, presented: Annotated[str | None, Security(_key_header)]
) -> Caller:
    """Let nobody pass without the key (a FastAPI dependency)."""
    keys: KeyRing = request.app.state.services.keys
    caller = keys.caller_of(presented)
    request.state.caller = caller.name
    return caller


def _digest(key: bytes) -> bytes:
    return hashlib.sha256(key).digest()
