"""Pack, spoil and read back landing files and tables."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

from psycopg2 import extensions

from database import connect


def zipped(folder: Path, path: Path, inside: str = "") -> Path:
    """Pack a folder's CSV files as the competition does."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.glob("*.csv")):
            archive.write(file, f"{inside}{file.name}")
    return path


def gzipped(path: Path) -> Path:
    """Replace a CSV file by its gzip."""
    packed = path.with_name(f"{path.name}.gz")
    packed.write_bytes(gzip.compress(path.read_bytes(), mtime=0))
    path.unlink()
    return packed


def replace_line(path: Path, number: int, line: str) -> None:
    """Replace one line, counted from 1."""
    lines = path.read_text().splitlines(keepends=True)
    lines[number - 1] = f"{line}\n"
    path.write_text("".join(lines))


def replace_field(path: Path, number: int, column: str, value: str) -> None:
    """Replace one unquoted value, lines counted from 1."""
    lines = path.read_text().splitlines()
    fields = lines[number - 1].split(",")
    fields[lines[0].split(",").index(column)] = value
    replace_line(path, number, ",".join(fields))


def query(
    connection: extensions.connection, statement: str
) -> list[tuple[object, ...]]:
    with connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall()) if cursor.description else []


def count(connection: extensions.connection, table: str) -> int:
    rows = query(connection, f"select count(*) from raw.{table}")
    return int(str(rows[0][0]))


def digest(connection: extensions.connection, table: str) -> object:
    """Return a fingerprint of a table's rows in any order."""
    return query(
        connection,
        "select count(*), sum(hashtextextended(line::text, 0)) "
        f"from raw.{table} as line",
    )


def loader_connection() -> extensions.connection:
    """Open a connection as the command does, which `load_source` asks for."""
    return connect("loader")
