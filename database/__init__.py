"""Ground floor of the house: connections, the embedded PostgreSQL, its backups.

Importing this package loads psycopg2 and pydantic-settings only. The embedded server
and the commands (`python -m database`) need more, and load it when they are used.
"""

from database.connection import connect, connection_parameters
from database.errors import (
    BackupError,
    BootstrapError,
    ConfigurationError,
    ConnectionFailedError,
    DatabaseError,
    ServerError,
)

__all__ = [
    "BackupError",
    "BootstrapError",
    "ConfigurationError",
    "ConnectionFailedError",
    "DatabaseError",
    "ServerError",
    "connect",
    "connection_parameters",
]
