"""The keys of the callers, and the headers that keep answers where they belong."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Request, Security
from fastapi.security import APIKeyHeader

from function_app.errors import UnauthorizedError
from function_app.web.named_keys import NamedKey
from function_app.web.rate_limit import RateLimiter

KEY_HEADER = "x-functions-key"

SECURITY_HEADERS = {
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=31536000",
    "x-frame-options": "DENY",
    "cross-origin-resource-policy": "same-origin",
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
    """The keys that callers may show, kept as digests.

    Parameters
    ----------
    keys : sequence of NamedKey
        Whom each key was given to; while keys are changed, a name has two.
    """

    def __init__(self, keys: Sequence[NamedKey]) -> None:
        self._holders = [
            (_digest(key.secret.get_secret_value().encode("ascii")), Caller(key.name))
            for key in keys
        ]

    def caller_of(self, presented: str | None) -> Caller:
        """Return who holds the presented key.

        It takes the same time whatever was presented: digests are compared, so that
        a length tells nothing, and with every key, so that a place tells nothing.

        Raises
        ------
        UnauthorizedError
            If there is no key, or not the right one.
        """
        if presented is None:
            raise UnauthorizedError(f"Send the key in the header {KEY_HEADER}.")
        # Starlette decodes headers as Latin-1, which takes every byte.
        shown = _digest(presented.encode("latin-1"))
        found: Caller | None = None
        for digest, caller in self._holders:
            if hmac.compare_digest(shown, digest):
                found = caller
        if found is None:
            raise UnauthorizedError(f"The key in the header {KEY_HEADER} is not valid.")
        return found


async def require_key(
    request: Request, presented: Annotated[str | None, Security(_key_header)]
) -> Caller:
    """Let nobody pass without a key (a FastAPI dependency)."""
    services = request.app.state.services
    keys: KeyRing = services.keys
    return _admitted(request, keys.caller_of(presented), services.rates)


async def require_metrics_key(
    request: Request, presented: Annotated[str | None, Security(_key_header)]
) -> Caller:
    """Let nobody see the metrics without a key for them (a FastAPI dependency)."""
    services = request.app.state.services
    keys: KeyRing = services.metrics_keys
    return _admitted(request, keys.caller_of(presented), services.rates)


def _admitted(request: Request, caller: Caller, rates: RateLimiter) -> Caller:
    request.state.caller = caller.name
    rates.take(caller.name)
    return caller


def _digest(key: bytes) -> bytes:
    return hashlib.sha256(key).digest()
