"""What the database holds, and whether it still follows from files and project."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import psycopg2.extensions

LATEST_LOADS = """
    select table_name, sha256, max(load_id)
    from ops.load_log
    group by table_name, sha256
    order by max(load_id)
"""


def project_fingerprint(project: Path) -> str:
    """Return one hash over every file of the dbt project that a person wrote."""
    digest = hashlib.sha256()
    for path in sorted(project.rglob("*")):
        made_by_dbt = {"target", "logs"} & set(path.relative_to(project).parts)
        if path.is_file() and not made_by_dbt:
            digest.update(str(path.relative_to(project)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def build_fingerprint(
    project: Path, connection: psycopg2.extensions.connection
) -> str | None:
    """Return what a finished build rests on, or None where nothing is built."""
    if not is_built(connection):
        return None
    with connection.cursor() as cursor:
        cursor.execute(LATEST_LOADS)
        loads = cursor.fetchall()
    content = json.dumps([project_fingerprint(project), loads])
    return hashlib.sha256(content.encode()).hexdigest()


def is_loaded(connection: psycopg2.extensions.connection) -> bool:
    """Tell whether any source was loaded to its end."""
    return _answer(connection, "select exists(select from ops.completed_load)")


def is_built(connection: psycopg2.extensions.connection) -> bool:
    """Tell whether the table that all of the dbt project leads to is there."""
    return _answer(
        connection, "select to_regclass('features.client_features') is not null"
    )


def _answer(connection: psycopg2.extensions.connection, question: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone() == (True,)
