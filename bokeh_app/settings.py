"""What the environment tells the dashboard."""

from __future__ import annotations

from pydantic import Field, HttpUrl, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bokeh_app.errors import SettingsError


class Settings(BaseSettings):
    """Where the scoring function answers, and the key it asks for.

    The database is found by libpq's own variables, read by `database`.
    """

    model_config = SettingsConfigDict(
        env_ignore_empty=True, frozen=True, hide_input_in_errors=True
    )

    scoring_url: HttpUrl = HttpUrl("http://127.0.0.1:7071")
    scoring_api_key: SecretStr = Field(min_length=1)

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
