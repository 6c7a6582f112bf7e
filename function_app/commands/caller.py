"""Ask a running scoring function over HTTP."""

from http import HTTPStatus
from typing import Any

import httpx

from function_app.errors import CallFailedError
from function_app.settings import CallerSettings

_SECONDS = 30.0


def asked(
    settings: CallerSettings, client_id: int, language: str, *, explain: bool = True
) -> dict[str, Any]:
    """Return the function's answer for one client.

    Raises
    ------
    CallFailedError
        If nothing answers there, or not with a decision; with the reason that the
        function gives.
    """
    try:
        response = httpx.get(
            f"{settings.base_url}/api/v1/clients/{client_id}/score",
            params={"lang": language, "explain": str(explain).lower()},
            headers={"x-functions-key": settings.scoring_api_key.get_secret_value()},
            timeout=_SECONDS,
        )
    except httpx.TransportError as error:
        raise CallFailedError(
            f"No scoring function answers at {settings.base_url} "
            f"({type(error).__name__}). Start one with `python -m function_app`, or "
            "set SCORING_URL to another."
        ) from error
    try:
        document: dict[str, Any] = response.json()
        if response.status_code == HTTPStatus.OK:
            return document
        reason = document["detail"]
    except (ValueError, KeyError, TypeError):
        reason = "What answers there is no scoring function"
    raise CallFailedError(f"{response.status_code}: {reason}")
