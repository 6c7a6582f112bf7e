"""explainerdashboard and Shapash's web app, with the same trees and clients.

The project depends on neither: they get an environment of their own inside the
project's, made the first time, and can be removed at any time. Both hold their clients
in the memory of one process, so they are asked for as many as they bear in reasonable
time, and told with that number.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from psycopg2 import sql

from benchmarks.dashboard.bank import DashboardBank
from benchmarks.errors import BenchmarkError
from benchmarks.memory import tree_bytes
from benchmarks.serving.servers import running
from scoring import load_model

_ROOT = Path(__file__).resolve().parents[2]
_ENVIRONMENT = _ROOT / ".venv" / "dashboards"
_PACKAGES = ("explainerdashboard>=0.5,<0.6", "shapash>=2,<3", "lightgbm")
_WAYS = ("explainerdashboard", "shapash")
SIZES = (1_000, 10_000)

Say = Callable[[str], None]


def measure_peers(bank: DashboardBank, folder: Path, say: Say) -> None:
    """Print how long each takes until its first page, and with what memory."""
    python = _ENVIRONMENT / "bin" / "python"
    if not python.exists():
        _run([sys.executable, "-m", "venv", str(_ENVIRONMENT)])
        _run([str(python), "-m", "pip", "install", "--quiet", *_PACKAGES])
    for size in SIZES:
        rows = folder / f"{size}.csv"
        _write_rows(bank, size, rows)
        for way in _WAYS:
            _say_way(way, str(python), bank, rows, size, say)


def _say_way(
    way: str, python: str, bank: DashboardBank, rows: Path, size: int, say: Say
) -> None:
    script = Path(__file__).with_name("peer_server.py")
    command = [python, str(script), way, str(bank.model_dir), str(rows), "{port}"]
    started = time.perf_counter()
    try:
        with running(command, "/", rows.with_suffix(f".{way}.log"), {}) as server:
            seconds = time.perf_counter() - started
            memory = tree_bytes((server.pid,)) / 1e6
            say(
                f"{way}, {size:,} clients: first page after {seconds:.0f} s, "
                f"{memory:.0f} MB"
            )
    except BenchmarkError as error:
        say(f"{way}, {size:,} clients: {error}")


def _write_rows(bank: DashboardBank, size: int, path: Path) -> None:
    """Write the features of some clients and whether they repaid, as CSV."""
    names = [feature.name for feature in load_model(bank.model_dir).features]
    query = sql.SQL(
        """
        copy (
            select dim_client.is_default::integer as is_default, {columns}
            from features.client_features
            inner join marts.dim_client using (client_id)
            where dim_client.is_default is not null
            order by client_features.client_id
            limit {size}
        ) to stdout (format csv, header)
        """
    ).format(
        columns=sql.SQL(", ").join(
            sql.Identifier("client_features", name) for name in names
        ),
        size=sql.Literal(size),
    )
    with (
        closing(bank.server.connection()) as connection,
        connection.cursor() as cursor,
        path.open("w") as file,
    ):
        cursor.copy_expert(query, file)


def _run(command: list[str]) -> None:
    finished = subprocess.run(
        command, cwd=_ROOT, capture_output=True, text=True, check=False
    )
    if finished.returncode:
        reason = finished.stderr.strip().rpartition("\n")[2]
        raise BenchmarkError(f"the peers cannot be measured: {reason}")
