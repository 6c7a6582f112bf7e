"""The function's settings, read once from the environment where a program starts."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from function_app.errors import SettingsError

MIN_KEY_LENGTH = 16


def _strong_key(key: SecretStr) -> SecretStr:
    text = key.get_secret_value()
    if len(text) < MIN_KEY_LENGTH:
        raise ValueError(
            f"needs at least {MIN_KEY_LENGTH} characters; make one with: "
            "python -c 'import secrets; print(secrets.token_urlsafe(32))'"
        )
    if not (text.isascii() and text.isprintable()) or " " in text:
        raise ValueError("may hold printable ASCII characters without spaces only")
    return key


class FunctionSettings(BaseSettings):
    """What the scoring function is told by its environment.

    The database is named by libpq's own ``PG*`` variables; see :mod:`database`.

    Attributes
    ----------
    scoring_api_key : SecretStr
        ``SCORING_API_KEY``: the key that callers send in ``x-functions-key``; at
        least 16 printable ASCII characters. There is no default.
    model_dir : Path
        ``MODEL_DIR``: folder of the artefact to serve.
    scoring_docs_enabled : bool
        ``SCORING_DOCS_ENABLED``: serve ``/api/docs`` and ``/api/openapi.json``.
    scoring_pool_size : int
        ``SCORING_POOL_SIZE``: most database connections at a time.
    scoring_statement_timeout_ms : int
        ``SCORING_STATEMENT_TIMEOUT_MS``: longest time for one SQL statement.
    """

    model_config = SettingsConfigDict(
        env_ignore_empty=True,
        frozen=True,
        hide_input_in_errors=True,
        protected_namespaces=(),
    )

    scoring_api_key: Annotated[SecretStr, AfterValidator(_strong_key)]
    model_dir: Path = Path("models/champion")
    scoring_docs_enabled: bool = True
    scoring_pool_size: Annotated[int, Field(ge=1, le=100)] = 8
    scoring_statement_timeout_ms: Annotated[int, Field(ge=50, le=60_000)] = 2_000


def load_settings() -> FunctionSettings:
    """Read the settings from the environment.

    Raises
    ------
    SettingsError
        Naming each environment variable that is missing or cannot be used. No
        value is repeated, since one of them is a secret.
    """
    try:
        return FunctionSettings()
    except ValidationError as error:
        faults = "; ".join(
            f"{str(fault['loc'][0]).upper()}: {_reason(fault['type'], fault['msg'])}"
            for fault in error.errors(include_input=False, include_url=False)
        )
        raise SettingsError(f"Cannot start with these settings: {faults}.") from None


def _reason(fault_type: str, message: str) -> str:
    if fault_type == "missing":
        return "is required and not set"
    return message.removeprefix("Value error, ")
