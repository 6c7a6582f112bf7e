"""The function's settings, read once from the environment where a program starts."""

from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import (
    AfterValidator,
    AnyHttpUrl,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from function_app.errors import SettingsError
from function_app.web.named_keys import (
    NamedKey,
    parse_named_keys,
    require_distinct,
    strong_key,
)

# The name of whom holds the one key of SCORING_API_KEY.
DEFAULT_CALLER = "default"
METRICS_CALLER = "metrics"

_Settings = TypeVar("_Settings", bound=BaseSettings)


def _well_formed_keys(keys: SecretStr) -> SecretStr:
    parse_named_keys(keys.get_secret_value())
    return keys


def _listed(name: str, key: SecretStr | None) -> list[NamedKey]:
    return [] if key is None else [NamedKey(name, key)]


def _parsed(keys: SecretStr | None) -> tuple[NamedKey, ...]:
    return () if keys is None else parse_named_keys(keys.get_secret_value())


def _named(others: ValidationInfo) -> tuple[NamedKey, ...]:
    return _parsed(others.data.get("scoring_api_keys"))


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
    scoring_api_keys : SecretStr, optional
        ``SCORING_API_KEYS``: several callers' keys as ``name=key``, parted by white
        space; a name with two keys is changing from one to the other.
    scoring_api_key : SecretStr, optional
        ``SCORING_API_KEY``: one key that callers send in ``x-functions-key``; at
        least 16 printable ASCII characters. Required where the former is absent.
    scoring_metrics_key : SecretStr, optional
        ``SCORING_METRICS_KEY``: opens ``/api/v1/metrics`` and nothing else; without
        it the callers' keys open it.
    scoring_docs_enabled : bool
        ``SCORING_DOCS_ENABLED``: serve ``/api/docs`` and ``/api/openapi.json``.
    scoring_pool_size : int
        ``SCORING_POOL_SIZE``: most database connections of the calls of one process at
        a time; the decision log has one more.
    scoring_statement_timeout_ms : int
        ``SCORING_STATEMENT_TIMEOUT_MS``: longest time for one SQL statement.
    scoring_drain_seconds : float
        ``SCORING_DRAIN_SECONDS``: how long a server that is told to stop is not ready
        and still answers, so that a load balancer finds out before it closes.
    scoring_rate_limit : float
        ``SCORING_RATE_LIMIT``: calls a second for each caller, in each process.
    scoring_concurrency : int
        ``SCORING_CONCURRENCY``: most calls under way in one process.
    scoring_max_body_bytes : int
        ``SCORING_MAX_BODY_BYTES``: largest body of a request.
    """

    scoring_api_keys: Annotated[SecretStr, AfterValidator(_well_formed_keys)] | None = (
        None
    )
    scoring_api_key: Annotated[SecretStr, AfterValidator(strong_key)] | None = Field(
        default=None, validate_default=True
    )
    scoring_metrics_key: Annotated[SecretStr, AfterValidator(strong_key)] | None = None
    scoring_docs_enabled: bool = True
    scoring_pool_size: Annotated[int, Field(ge=1, le=100)] = 8
    scoring_statement_timeout_ms: Annotated[int, Field(ge=50, le=60_000)] = 2_000
    scoring_drain_seconds: Annotated[float, Field(ge=0, le=300)] = 0.0
    scoring_rate_limit: Annotated[float, Field(gt=0, le=1_000_000)] = 1_000
    scoring_concurrency: Annotated[int, Field(ge=1, le=10_000)] = 128
    scoring_max_body_bytes: Annotated[int, Field(ge=1_024, le=100_000_000)] = 262_144

    @field_validator("scoring_api_key")
    @classmethod
    def _some_key(
        cls, key: SecretStr | None, others: ValidationInfo
    ) -> SecretStr | None:
        # What was refused already is not missing.
        refused = "scoring_api_keys" not in others.data
        if key is None and not refused and others.data["scoring_api_keys"] is None:
            raise PydanticCustomError("missing", "is required")
        require_distinct([*_listed(DEFAULT_CALLER, key), *_named(others)])
        return key

    @field_validator("scoring_metrics_key")
    @classmethod
    def _no_callers_key(
        cls, key: SecretStr | None, others: ValidationInfo
    ) -> SecretStr | None:
        single = _listed(DEFAULT_CALLER, others.data.get("scoring_api_key"))
        metrics = _listed(METRICS_CALLER, key)
        require_distinct([*metrics, *single, *_named(others)])
        return key

    @property
    def connections(self) -> int:
        """The most database connections of one process, the log's own included."""
        return self.scoring_pool_size + 1

    @property
    def callers_keys(self) -> tuple[NamedKey, ...]:
        """The keys that open every call, with their callers' names."""
        single = _listed(DEFAULT_CALLER, self.scoring_api_key)
        return (*single, *_parsed(self.scoring_api_keys))

    @property
    def metrics_keys(self) -> tuple[NamedKey, ...]:
        """The keys that open the metrics."""
        own = _listed(METRICS_CALLER, self.scoring_metrics_key)
        return tuple(own) or self.callers_keys


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
