"""Where the board is, from the environment."""

from __future__ import annotations

from pydantic import AnyHttpUrl, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from tools.board.errors import BoardError


class BoardSettings(BaseSettings):
    """Which board is brought up to the backlog.

    Attributes
    ----------
    azure_devops_url
        The organisation, `https://dev.azure.com/<name>`.
    azure_devops_project
        The project's name; its process is Scrum.
    azure_devops_ext_pat
        A personal access token for work items (read and write), under the name that
        the `az devops` commands read as well.
    """

    model_config = SettingsConfigDict(
        env_ignore_empty=True, frozen=True, hide_input_in_errors=True
    )

    azure_devops_url: AnyHttpUrl
    azure_devops_project: str = Field(min_length=1)
    azure_devops_ext_pat: SecretStr


def read_settings() -> BoardSettings:
    """Read the settings.

    Raises
    ------
    BoardError
        Naming each variable that is missing or cannot be used; no value is repeated.
    """
    try:
        return BoardSettings()
    except ValidationError as error:
        faults = "; ".join(
            f"{str(fault['loc'][0]).upper()}: {fault['msg'].lower()}"
            for fault in error.errors(include_input=False, include_url=False)
        )
        raise BoardError(f"The board is not known: {faults}.") from None
