"""What the environment tells the dashboard."""

from __future__ import annotations

import secrets
from functools import cache

from pydantic import Field, HttpUrl, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bokeh_app.errors import SettingsError


@cache
def _secret_of_this_process() -> SecretStr:
    return SecretStr(secrets.token_urlsafe(32))


class Settings(BaseSettings):
    """Where the scoring function answers, and how long people stay signed in.

    The database is found by libpq's own variables, read by `database`.

    Attributes
    ----------
    dashboard_secret
        Signs cookies and sessions. Unset: made at the start, so that a restart signs
        everybody out, and each of several processes knows its own people only.
    dashboard_sign_in_hours
        After which a sign-in is over, however busy.
    dashboard_idle_minutes
        After which a sign-in is over when its person does nothing.
    dashboard_session_limit, dashboard_user_session_limit
        Most pages open at once in each process, and of one person.
    bank_name, bank_address, bank_contact
        At the head of letters, and where a client asks. Unset: neutral words.
    """

    model_config = SettingsConfigDict(
        env_ignore_empty=True, frozen=True, hide_input_in_errors=True
    )

    scoring_url: HttpUrl = HttpUrl("http://127.0.0.1:7071")
    scoring_api_key: SecretStr = Field(min_length=1)
    dashboard_secret: SecretStr = Field(
        default_factory=_secret_of_this_process, min_length=32
    )
    dashboard_sign_in_hours: float = Field(default=10, gt=0, le=24)
    dashboard_idle_minutes: float = Field(default=30, gt=0, le=24 * 60)
    dashboard_session_limit: int = Field(default=200, ge=1)
    dashboard_user_session_limit: int = Field(default=20, ge=1)
    bank_name: str = Field(default="", max_length=80)
    bank_address: str = Field(default="", max_length=200)
    bank_contact: str = Field(default="", max_length=200)

    @field_validator("scoring_api_key")
    @classmethod
    def _fits_a_header(cls, key: SecretStr) -> SecretStr:
        text = key.get_secret_value()
        if not (text.isascii() and text.isprintable()):
            raise ValueError("may hold printable ASCII characters only")
        return key


def read_settings() -> Settings:
    """Read the settings from the environment.

    Raises
    ------
    SettingsError
        If a variable is missing or cannot be read; the message names it.
    """
    try:
        return Settings()
    except ValidationError as error:
        wrong = ", ".join(
            f"{str(problem['loc'][0]).upper()} ({problem['msg'].lower()})"
            for problem in error.errors(include_input=False)
        )
        raise SettingsError(
            f"The dashboard cannot start with these settings: {wrong}. Set them in "
            "the environment; SCORING_API_KEY is the key of the scoring function."
        ) from None
