"""The cookie that says which sign-in a browser belongs to."""

from __future__ import annotations

from datetime import timedelta

from tornado.web import create_signed_value, decode_signed_value

NAME = "credit_file"


def sign(secret: str, sign_in_id: str) -> str:
    """Return the cookie's value: a sign-in and the time, signed by HMAC-SHA256."""
    return create_signed_value(secret, NAME, sign_in_id).decode()


def read(secret: str, value: str | None, longest: timedelta) -> str | None:
    """Return the sign-in of a value that was signed here, not too long ago."""
    days = longest / timedelta(days=1)
    decoded = decode_signed_value(secret, NAME, value, max_age_days=days)
    return decoded.decode() if decoded else None
