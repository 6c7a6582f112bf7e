"""A bank of full size to look at: the warehouse's clients repeated on a scratch server.

What a page asks of one client is found by key; what grows with the number of clients
is what it asks of all of them. So applications and features are repeated, and the
loans and payments below them stay those of the warehouse's own clients, whose pages
are the ones that are opened.
"""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg2 import extensions, sql

from benchmarks.errors import BenchmarkError
from benchmarks.scratch_server import ScratchServer, scratch_server

_ROOT = Path(__file__).resolve().parents[2]
_LOGIN = "benchmark"
_BLOCKS = ("client_block", "feature_block")
_REPEATED = ("marts.dim_client", "features.client_features")
_FOREIGN_TO = """
    select conrelid::regclass::text, conname
    from pg_constraint
    where contype = 'f' and confrelid = any(%s::regclass[])
"""


@dataclass(frozen=True)
class DashboardBank:
    """A scratch server with a full bank, and somebody who may sign in.

    Attributes
    ----------
    server : ScratchServer
    model_dir : Path
        Folder of the artefact that decides.
    client_ids : tuple of int
        The clients who have all their loans and payments.
    client_count : int
        Of the whole bank.
    login, password : str
    """

    server: ScratchServer
    model_dir: Path
    client_ids: tuple[int, ...]
    client_count: int
    login: str
    password: str
    key: str

    @property
    def environment(self) -> dict[str, str]:
        """Variables of the processes that serve this bank."""
        return self.server.environment | {
            "MODEL_DIR": str(self.model_dir),
            "SCORING_API_KEY": self.key,
            "OMP_NUM_THREADS": "1",
        }


@contextmanager
def dashboard_bank(model_dir: Path, clients: int) -> Iterator[DashboardBank]:
    """Repeat the warehouse's clients until there are so many.

    Parameters
    ----------
    model_dir : Path
    clients : int
        At least so many; the last repetition is cut.
    """
    with scratch_server() as server:
        _copy(server)
        with closing(server.connection()) as connection:
            connection.autocommit = True
            own = _repeat(connection, clients)
            _build_blocks(connection)
        yield DashboardBank(
            server=server,
            model_dir=model_dir.resolve(),
            client_ids=own,
            client_count=max(clients, len(own)),
            login=_LOGIN,
            password=_let_in(server),
            key=secrets.token_urlsafe(32),
        )


def _copy(server: ScratchServer) -> None:
    """Copy marts and features, dumped as whoever may read and made by who builds."""
    python = [sys.executable, "-m", "database"]
    dump = [*python, "pg-dump", "--role", "auditor", "--"]
    what = ["--schema=marts", "--schema=features", "--no-owner", "--no-privileges"]
    read = subprocess.Popen(
        [*dump, *what], cwd=_ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    # The schemas are there already: their creation is refused, and all else goes on.
    written = subprocess.run(
        [*python, "psql", "--role", "transformer", "--", "--quiet"],
        cwd=_ROOT,
        env=server.environment,
        stdin=read.stdout,
        capture_output=True,
        check=False,
    )
    if read.wait() or written.returncode:
        raise BenchmarkError(
            "the warehouse cannot be copied: is it built? (make demo SERVE=0)"
        )


def _repeat(connection: extensions.connection, clients: int) -> tuple[int, ...]:
    """Add copies of all clients under shifted numbers, up to so many clients."""
    with connection.cursor() as cursor:
        cursor.execute("select client_id from marts.dim_client order by client_id")
        own = tuple(client_id for (client_id,) in cursor.fetchall())
        if not own:
            raise BenchmarkError("the warehouse has no client (make demo SERVE=0)")
        cursor.execute(_FOREIGN_TO, [list(_REPEATED)])
        for table, name in cursor.fetchall():
            cursor.execute(
                sql.SQL("alter table {} drop constraint {}").format(
                    sql.SQL(table), sql.Identifier(name)
                )
            )
        shift = own[-1] - own[0] + 1
        copies = -(-clients // len(own))
        for table in _REPEATED:
            columns = _columns(cursor, table)
            query = sql.SQL(
                """
                insert into {table} (client_id, {columns})
                select client_id + copy * {shift}, {columns}
                from {table}
                cross join generate_series(1, {copies} - 1) as copy
                order by 1
                limit {added}
                """
            ).format(
                table=sql.Identifier(*table.split(".")),
                columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
                shift=sql.Literal(shift),
                copies=sql.Literal(copies),
                added=sql.Literal(max(clients - len(own), 0)),
            )
            cursor.execute(query)
            cursor.execute(sql.SQL("vacuum analyze {}").format(sql.SQL(table)))
    return own


def _columns(cursor: extensions.cursor, table: str) -> list[str]:
    cursor.execute(
        """
        select attname from pg_attribute
        where attrelid = %s::regclass and attnum > 0 and not attisdropped
        and attname <> 'client_id'
        """,
        [table],
    )
    return [name for (name,) in cursor.fetchall()]


def _build_blocks(connection: extensions.connection) -> None:
    """Fill the blocks anew with the SQL of their models."""
    with tempfile.TemporaryDirectory() as target, connection.cursor() as cursor:
        models = _compile(Path(target))
        cursor.execute("truncate features.client_block, features.feature_block")
        for name in _BLOCKS:
            model = models[f"model.home_credit.{name}"]
            # Settings that end with the statement; in one message, in one transaction.
            header = model["config"].get("sql_header") or ""
            rows = model["compiled_code"]
            cursor.execute(f"{header} insert into features.{name} {rows}")
            cursor.execute(f"vacuum analyze features.{name}")


def _compile(target: Path) -> dict[str, Any]:
    """Let dbt write the SQL of the blocks; return its models by name."""
    python = [sys.executable, "-m", "database", "env"]
    variables = subprocess.run(
        python, cwd=_ROOT, capture_output=True, text=True, check=True
    ).stdout
    options = ["--project-dir", "dbt_project", "--target-path", str(target)]
    command = ["compile", "--quiet", "--select", *_BLOCKS, *options]
    dbt = str(Path(sys.executable).with_name("dbt"))
    finished = subprocess.run(
        ["sh", "-c", f'{variables}\nexec "$@"', "sh", dbt, *command],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode:
        raise BenchmarkError(f"no SQL of the blocks: {finished.stdout.strip()[-500:]}")
    models: dict[str, Any] = json.loads((target / "manifest.json").read_text())["nodes"]
    return models


def _let_in(server: ScratchServer) -> str:
    """Add the person who signs in; return the password."""
    add = [sys.executable, "-m", "bokeh_app", "users", "add", _LOGIN]
    told = subprocess.run(
        [*add, "--name", "Benchmark", "--generate"],
        cwd=_ROOT,
        env=server.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if told.returncode:
        raise BenchmarkError(f"nobody can sign in: {told.stderr.strip()[-300:]}")
    return told.stdout.strip().split()[-1]
