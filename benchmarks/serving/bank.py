"""What is served while it is measured: a copy of feature rows, on a scratch server.

Decisions cannot be deleted, and a benchmark makes hundreds of thousands: the
warehouse's own log must not see them.
"""

from __future__ import annotations

import io
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from psycopg2 import extensions, sql

from benchmarks.errors import BenchmarkError
from benchmarks.scratch_server import ScratchServer, scratch_server
from database import connect
from database.connection import embedded_parameters, open_connection
from database.settings import DatabaseSettings
from scoring import Feature, load_model

_TABLE = sql.Identifier("features", "client_features")
_TYPES = {"numeric": sql.SQL("real"), "categorical": sql.SQL("text")}


@dataclass(frozen=True)
class ServedBank:
    """A scratch server that holds the feature rows of some clients.

    Attributes
    ----------
    server : ScratchServer
    model_dir : Path
        Folder of the artefact that all ways serve.
    client_ids : tuple of int
    key : str
        What callers of the scoring function send.
    """

    server: ScratchServer
    model_dir: Path
    client_ids: tuple[int, ...]
    key: str

    @property
    def environment(self) -> dict[str, str]:
        """Variables of a process that serves this bank."""
        return self.server.environment | {
            "MODEL_DIR": str(self.model_dir),
            "SCORING_API_KEY": self.key,
            "OMP_NUM_THREADS": "1",
            # Nobody is refused for being fast.
            "SCORING_RATE_LIMIT": "1000000",
        }

    def scorer_connection(self) -> extensions.connection:
        """Connect as the function does, in autocommit."""
        settings = DatabaseSettings(warehouse_dir=self.server.directory, pghost=None)
        parameters = embedded_parameters(settings, "scorer")
        options = "-c plan_cache_mode=force_generic_plan"
        connection = open_connection({**parameters, "options": options})
        connection.autocommit = True
        return connection


@contextmanager
def served_bank(model_dir: Path, clients: int) -> Iterator[ServedBank]:
    """Copy the first clients of the warehouse's feature table to a scratch server.

    Parameters
    ----------
    model_dir : Path
        Folder of an artefact.
    clients : int
        At most so many.
    """
    model_dir = model_dir.resolve()
    features = load_model(model_dir).features
    rows = _copied_rows(features, clients)
    with scratch_server() as server:
        client_ids = _fill(server, features, rows)
        if not client_ids:
            raise BenchmarkError(
                "the feature table is empty: load and build first (make demo SERVE=0)"
            )
        yield ServedBank(server, model_dir, client_ids, secrets.token_urlsafe(32))


def _columns(features: tuple[Feature, ...]) -> sql.Composable:
    names = ["client_id", *(feature.name for feature in features)]
    return sql.SQL(", ").join(map(sql.Identifier, names))


def _copied_rows(features: tuple[Feature, ...], clients: int) -> io.BytesIO:
    query = sql.SQL(
        "copy (select {} from {} order by client_id limit {}) to stdout"
    ).format(_columns(features), _TABLE, sql.Literal(clients))
    rows = io.BytesIO()
    connection = connect("trainer")
    try:
        with connection.cursor() as cursor:
            cursor.copy_expert(query, rows)
    finally:
        connection.close()
    rows.seek(0)
    return rows


def _fill(
    server: ScratchServer, features: tuple[Feature, ...], rows: io.BytesIO
) -> tuple[int, ...]:
    typed = [
        sql.SQL("{} {}").format(sql.Identifier(f.name), _TYPES[f.data_type])
        for f in features
    ]
    connection = server.connection()
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                sql.SQL("create table {} (client_id bigint primary key, {})").format(
                    _TABLE, sql.SQL(", ").join(typed)
                )
            )
            cursor.copy_expert(sql.SQL("copy {} from stdin").format(_TABLE), rows)
            cursor.execute(sql.SQL("vacuum analyze {}").format(_TABLE))
            cursor.execute(
                sql.SQL("select client_id from {} order by client_id").format(_TABLE)
            )
            return tuple(client_id for (client_id,) in cursor.fetchall())
    finally:
        connection.close()
