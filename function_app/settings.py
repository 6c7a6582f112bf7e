"""The function's settings, read once from the environment where a program starts."""

from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import AfterValidator, AnyHttpUrl, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from function_app.errors import SettingsError

MIN_KEY_LENGTH = 16

_Settings = TypeVar("_Settings", bound=BaseSettings)


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


_SOURCE = SettingsConfigDict(
    env_ignore_empty=True,
    frozen=True,
    hide_input_in_errors=True,
    protected_namespaces=(),
)


class CallerSettings(BaseSettings):
    """What a caller of a running function is told by its environment.

    Attributes
    ----------
    scoring_url : AnyHttpUrl
        ``SCORING_URL``: where the function answers.
    scoring_api_key : SecretStr
        ``SCORING_API_KEY``: the key that it is called with. There is no default.
    """

    model_config = _SOURCE

    scoring_url: AnyHttpUrl = AnyHttpUrl("http://127.0.0.1:7071")
    scoring_api_key: SecretStr

    @property
    def base_url(self) -> str:
        """The address without a slash at its end."""
        return str(self.scoring_url).rstrip("/")


class DriftSettings(BaseSettings):
    """What a report of drift is told by its environment.

    Attributes
    ----------
    model_dir : Path
        ``MODEL_DIR``: folder of the artefact that is served.
    scoring_drift_dir : Path, optional
        ``SCORING_DRIFT_DIR``: folder of the daily reports; unset: they are logged only.
    """

    model_config = _SOURCE

    model_dir: Path = Path("models/champion")
    scoring_drift_dir: Path | None = None


class FunctionSettings(DriftSettings):
    """What the scoring function is told by its environment.

    The database is named by libpq's own ``PG*`` variables; see :mod:`database`.

    Attributes
    ----------
    scoring_api_key : SecretStr
        ``SCORING_API_KEY``: the key that callers send in ``x-functions-key``; at
        least 16 printable ASCII characters. There is no default.
    scoring_docs_enabled : bool
        ``SCORING_DOCS_ENABLED``: serve ``/api/docs`` and ``/api/openapi.json``.
    scoring_pool_size : int
        ``SCORING_POOL_SIZE``: most database connections at a time.
    scoring_statement_timeout_ms : int
        ``SCORING_STATEMENT_TIMEOUT_MS``: longest time for one SQL statement.
    scoring_drain_seconds : float
        ``SCORING_DRAIN_SECONDS``: how long a server that is told to stop is not ready
        and still answers, so that a load balancer finds out before it closes.
    """

    scoring_api_key: Annotated[SecretStr, AfterValidator(_strong_key)]
    scoring_docs_enabled: bool = True
    scoring_pool_size: Annotated[int, Field(ge=1, le=100)] = 8
    scoring_statement_timeout_ms: Annotated[int, Field(ge=50, le=60_000)] = 2_000
    scoring_drain_seconds: Annotated[float, Field(ge=0, le=300)] = 0.0


def load_settings() -> FunctionSettings:
    """Read the function's settings from the environment.

    Raises
    ------
    SettingsError
        As :func:`load`.
    """
    return load(FunctionSettings)


def load(kind: type[_Settings]) -> _Settings:
    """Read settings of a kind from the environment.

    Raises
    ------
    SettingsError
        Naming each environment variable that is missing or cannot be used. No
        value is repeated, since one of them is a secret.
    """
    try:
        return kind()
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
