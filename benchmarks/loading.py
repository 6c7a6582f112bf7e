r"""Loading the CSV files, against psql's \copy of the same files into like tables."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from psycopg2 import extensions, sql

from benchmarks.errors import BenchmarkError
from benchmarks.memory import PeakMemory, embedded_server
from benchmarks.timing import Comparison, compare
from database import connect, connection_parameters
from database.binaries import find_binaries
from database.connection import libpq_environment
from database.settings import read_settings
from ingestion import LandingTable
from ingestion.source import Source, find_source


@dataclass(frozen=True)
class LoadComparison:
    """Time of both ways, and the memory of ours.

    Attributes
    ----------
    seconds : Comparison
    loader_gigabytes, server_gigabytes : float
        Peaks over all runs of ours. The server's is 0 where it is no process of
        this machine's embedded warehouse.
    """

    seconds: Comparison
    loader_gigabytes: float
    server_gigabytes: float

    def describe(self) -> str:
        """Return the figures on two lines."""
        return (
            f"load, against psql's bare \\copy: {self.seconds.describe('s', 1)}\n"
            f"memory while loading: {self.loader_gigabytes:.2f} GB the loader, "
            f"{self.server_gigabytes:.2f} GB the server"
        )


def compare_loading(
    source_dir: Path, pairs: int, *, warm_up: bool = True
) -> LoadComparison:
    r"""Time the load command on a folder of CSV against psql's bare ``\copy``.

    Both ways are a process that fills emptied tables of the same columns on the same
    server with the same durability, frozen, a transaction per table. The peer copies
    one file after another and does nothing else; ours also checks headers, hashes,
    counts, analyses and logs.

    Parameters
    ----------
    source_dir : Path
        Folder of CSV files.
    pairs : int
        Measured runs of each way.
    warm_up : bool
        Whether each way runs once before, unmeasured.
    """
    source = find_source(source_dir)
    loader = server = 0.0

    def ours() -> None:
        nonlocal loader, server
        with closing(_connect()) as connection:
            _empty(source, connection)
        with (
            subprocess.Popen(
                [sys.executable, "-m", "ingestion", "load", str(source_dir)],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            ) as process,
            PeakMemory(process.pid) as own,
            PeakMemory(*embedded_server()) as its,
        ):
            _, errors = process.communicate()
        if process.returncode:
            raise BenchmarkError(f"the load failed: {errors.decode().strip()}")
        loader, server = max(loader, own.gigabytes), max(server, its.gigabytes)

    with closing(_connect()) as connection:
        _drop_bare_tables(source, connection)
        try:
            _make_bare_tables(source, connection)
            seconds = compare(
                ours,
                lambda: _bare_copy(source_dir, source),
                pairs,
                warm_up=warm_up,
            )
        finally:
            _drop_bare_tables(source, connection)
    return LoadComparison(seconds, loader, server)


def _connect() -> extensions.connection:
    return connect("loader", application_name="benchmark")


def _empty(source: Source, connection: extensions.connection) -> None:
    """Leave the load nothing to skip."""
    with connection, connection.cursor() as cursor:
        for file in source.files.values():
            cursor.execute("select to_regclass(%s)", (f"raw.{file.table.name}",))
            if cursor.fetchone() != (None,):
                cursor.execute(sql.SQL("truncate {}").format(file.table.identifier))


def _bare_table(table: LandingTable) -> LandingTable:
    return replace(table, name=f"benchmark_{table.name}")


def _make_bare_tables(source: Source, connection: extensions.connection) -> None:
    with connection, connection.cursor() as cursor:
        for file in source.files.values():
            cursor.execute(_bare_table(file.table).create_statement())


def _drop_bare_tables(source: Source, connection: extensions.connection) -> None:
    with connection, connection.cursor() as cursor:
        for file in source.files.values():
            cursor.execute(
                sql.SQL("drop table if exists {}").format(
                    _bare_table(file.table).identifier
                )
            )


def _bare_copy(source_dir: Path, source: Source) -> None:
    statements = "".join(
        f"begin;\ntruncate raw.benchmark_{name};\n"
        f"\\copy raw.benchmark_{name} from '{source_dir / file.name}' "
        "with (format csv, header, freeze)\ncommit;\n"
        for name, file in source.files.items()
    )
    settings = read_settings()
    subprocess.run(
        [
            find_binaries(settings.pg_bin).tool("psql"),
            *("--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1"),
        ],
        input=statements.encode(),
        env={**os.environ, **libpq_environment(connection_parameters("loader"))},
        stdout=subprocess.DEVNULL,
        check=True,
    )
