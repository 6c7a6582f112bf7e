"""The folder of the embedded server: what lies where.

::

    .warehouse/
      lock                 held while a command changes the server
      copying              held while a command backs up, verifies or drills
      port                 the port, chosen once
      pgpass               every role's password, libpq's passfile format, 0600
      authority/ca.crt     root certificate for clients
      authority/ca.key     the authority's private key, 0600
      server/              owned by the server's user; a link when it must lie elsewhere
        data/ log/ tls/
        archiver/          what sends the write-ahead log to the backups, if anything
      log                  link to server/log

The backups lie beside it, so that they outlive it: see `database.backup.vault`.
"""

from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"
"""The only address the embedded server listens on."""

LOOPBACK_NAMES = (HOST, "localhost")
"""Names under which clients may reach it, all of them in its certificate."""


@dataclass(frozen=True)
class Warehouse:
    """Paths below one warehouse folder.

    Parameters
    ----------
    directory
        Absolute path of the folder.
    """

    directory: Path

    @classmethod
    def at(cls, directory: Path) -> "Warehouse":
        """Return the warehouse in `directory`, taken from the working folder."""
        return cls(directory.absolute())

    @property
    def lock(self) -> Path:
        """File whose lock one changing command holds."""
        return self.directory / "lock"

    @property
    def copying(self) -> Path:
        """File whose lock one command that backs up, verifies or drills holds."""
        return self.directory / "copying"

    @property
    def port_file(self) -> Path:
        """File with the server's port."""
        return self.directory / "port"

    @property
    def passfile(self) -> Path:
        """File with every role's password."""
        return self.directory / "pgpass"

    @property
    def authority(self) -> Path:
        """Folder of the certificate authority."""
        return self.directory / "authority"

    @property
    def root_certificate(self) -> Path:
        """Certificate against which clients verify the server."""
        return self.authority / "ca.crt"

    @property
    def server(self) -> Path:
        """Folder of the server's user, or a link to it."""
        return self.directory / "server"

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory, without links."""
        return self.server.resolve() / "data"

    @property
    def log(self) -> Path:
        """Folder of the server's log files, without links."""
        return self.server.resolve() / "log"

    @property
    def tls(self) -> Path:
        """Folder of the server's certificate and key, without links."""
        return self.server.resolve() / "tls"

    @property
    def archiver(self) -> Path:
        """Folder of the program that archives the write-ahead log, without links."""
        return self.server.resolve() / "archiver"

    @property
    def backups_of_first_release(self) -> Path:
        """Folder in which dumps lay before backups had a place outside."""
        return self.directory / "backups"

    def port(self) -> int | None:
        """Return the port kept from an earlier start, or None before the first."""
        try:
            return int(self.port_file.read_text())
        except (OSError, ValueError):
            return None
