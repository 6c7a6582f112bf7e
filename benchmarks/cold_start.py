"""From the start of a process to the first answer, in the package as Azure runs it."""

from __future__ import annotations

import os
import secrets
import statistics
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.errors import BenchmarkError
from database import connect
from tools.package_function import DIST, SITE_PACKAGES, bare_python

# The entry point's function, asked once with reasons, as the worker asks it.
_FIRST_ANSWER = """
import asyncio, os, sys
sys.path[:0] = sys.argv[1:3]
from scoring_entrypoint import app
from azure.functions import HttpRequest
request = HttpRequest(
    "GET",
    "https://localhost/api/v1/clients/" + sys.argv[3] + "/score",
    headers={"x-functions-key": os.environ["SCORING_API_KEY"]},
    body=b"",
)
answer = asyncio.run(app.get_functions()[0].get_user_function()(request, None))
sys.stdout.write(str(answer.status_code))
sys.stdout.flush()
os._exit(0)
"""


def measure_cold_start(runs: int, say: Callable[[str], None]) -> None:
    """Start the package so many times, and tell how long a first answer takes.

    Each start logs one decision, like any other.

    Raises
    ------
    BenchmarkError
        If there is no package, or it does not answer.
    """
    if not DIST.is_dir():
        raise BenchmarkError(f"There is no package in {DIST}: make package")
    client_id = _some_client()
    # One start beforehand, so that no run reads from a cold disk.
    seconds = [_first_answer(client_id) for _ in range(runs + 1)][1:]
    say(
        f"cold start to the first answer with reasons: "
        f"{statistics.median(seconds):.2f} s ({min(seconds):.2f} to "
        f"{max(seconds):.2f}, {runs} starts)"
    )


def _some_client() -> int:
    connection = connect("scorer", application_name="benchmarks", read_only=True)
    try:
        with connection.cursor() as cursor:
            cursor.execute("select client_id from features.client_features limit 1")
            row = cursor.fetchone()
    finally:
        connection.close()
    if row is None:
        raise BenchmarkError("There are no clients: make demo SERVE=0")
    return int(row[0])


def _first_answer(client_id: int) -> float:
    warehouse = Path(os.environ.get("WAREHOUSE_DIR") or ".warehouse").resolve()
    environment = {
        **os.environ,
        "SCORING_API_KEY": secrets.token_urlsafe(),
        "WAREHOUSE_DIR": str(warehouse),
    }
    # The package's own model, not this shell's.
    environment.pop("MODEL_DIR", None)
    folders = [str(DIST), str(DIST / SITE_PACKAGES)]
    started = time.perf_counter()
    finished = subprocess.run(
        [*bare_python(), "-c", _FIRST_ANSWER, *folders, str(client_id)],
        cwd="/",
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    elapsed = time.perf_counter() - started
    if finished.stdout != "200":
        last = finished.stderr.strip().splitlines()[-1:] or ["no word"]
        raise BenchmarkError(f"The package answers {finished.stdout or last[0]}")
    return elapsed
