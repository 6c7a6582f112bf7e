"""Know whether the marts still follow from the loaded files and the dbt project."""

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
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass('features.client_features') is not null")
        (is_built,) = cursor.fetchone() or (False,)
        if not is_built:
            return None
        cursor.execute(LATEST_LOADS)
        loads = cursor.fetchall()
    content = json.dumps([project_fingerprint(project), loads])
    return hashlib.sha256(content.encode()).hexdigest()
