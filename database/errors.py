"""What can go wrong with the database, as one tree of exceptions."""


class DatabaseError(Exception):
    """Root of everything that this package raises on purpose."""


class ConfigurationError(DatabaseError):
    """A setting, a role or a PostgreSQL installation cannot be used as it is."""


class ConnectionFailedError(DatabaseError):
    """The server did not answer, or refused the caller."""


class ServerError(DatabaseError):
    """The embedded server could not be initialised, started or stopped."""


class BootstrapError(DatabaseError):
    """Roles, schemas or grants could not be made."""


class BackupError(DatabaseError):
    """A backup could not be written, verified or restored."""
