"""An embedded server that a benchmark may fill, gone at its end."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from psycopg2 import extensions

from benchmarks.errors import BenchmarkError
from database.connection import embedded_parameters, open_connection
from database.settings import DatabaseSettings


@dataclass(frozen=True)
class ScratchServer:
    """A started server with the roles and schemas of the house and no table.

    Attributes
    ----------
    directory : Path
        Its warehouse.
    """

    directory: Path

    @property
    def environment(self) -> dict[str, str]:
        """Variables that lead a process to it."""
        return {**os.environ, "WAREHOUSE_DIR": str(self.directory), "PGHOST": ""}

    def connection(self) -> extensions.connection:
        """Connect as the role that makes tables."""
        settings = DatabaseSettings(warehouse_dir=self.directory, pghost=None)
        return open_connection(embedded_parameters(settings, "transformer"))


@contextmanager
def scratch_server() -> Iterator[ScratchServer]:
    """Start a server in a temporary folder; remove both at the end."""
    with tempfile.TemporaryDirectory() as folder:
        # The system user that runs the server must pass through.
        Path(folder).chmod(0o755)
        server = ScratchServer(Path(folder) / "warehouse")
        _database(server, "start")
        try:
            yield server
        finally:
            _database(server, "remove", "--yes")


def _database(server: ScratchServer, *arguments: str) -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "database", *arguments],
        env=server.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode:
        raise BenchmarkError(f"no scratch server: {finished.stderr.strip()}")
