"""Loading the CSV files, against a bare COPY of the same files into like tables."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from psycopg2 import extensions, sql

from benchmarks.timing import Comparison, compare
from database import connect
from ingestion.loader import load_source
from ingestion.source import Source, find_source


def compare_loading(source_dir: Path, pairs: int) -> Comparison:
    """Time the whole load of a folder against COPY alone.

    Both ways truncate and fill in one transaction per table, on the same server with
    the same durability; ours also checks headers, hashes, counts, analyses and logs.

    Parameters
    ----------
    source_dir : Path
        Folder of the eight CSV files.
    pairs : int
        Measured runs of each way.
    """
    source = find_source(source_dir)
    connection = connect("loader", application_name="benchmark")
    try:
        load_source(source, connection)
        _make_bare_tables(source, connection)
        return compare(
            _forgetful_load(source, connection),
            lambda: _bare_copy(source_dir, source, connection),
            pairs,
        )
    finally:
        _drop_bare_tables(source, connection)
        connection.close()


def _forgetful_load(
    source: Source, connection: extensions.connection
) -> Callable[[], object]:
    """Return a load that cannot skip: every table was emptied before it."""

    def load() -> object:
        with connection, connection.cursor() as cursor:
            for name in source.files:
                cursor.execute(
                    sql.SQL("truncate {}").format(sql.Identifier("raw", name))
                )
        return load_source(source, connection)

    return load


def _bare_name(name: str) -> sql.Identifier:
    return sql.Identifier("raw", f"benchmark_{name}")


def _make_bare_tables(source: Source, connection: extensions.connection) -> None:
    with connection, connection.cursor() as cursor:
        for name in source.files:
            cursor.execute(
                sql.SQL("create table {} (like {})").format(
                    _bare_name(name), sql.Identifier("raw", name)
                )
            )


def _drop_bare_tables(source: Source, connection: extensions.connection) -> None:
    with connection, connection.cursor() as cursor:
        for name in source.files:
            cursor.execute(sql.SQL("drop table if exists {}").format(_bare_name(name)))


def _bare_copy(
    source_dir: Path, source: Source, connection: extensions.connection
) -> None:
    for name, file in source.files.items():
        path = source_dir / file.name
        with connection, connection.cursor() as cursor, path.open("rb") as stream:
            cursor.execute(sql.SQL("truncate {}").format(_bare_name(name)))
            cursor.copy_expert(
                sql.SQL("copy {} from stdin (format csv, header, freeze)").format(
                    _bare_name(name)
                ),
                stream,
                1 << 20,
            )
