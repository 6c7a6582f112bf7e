"""The servers that are measured: started, waited for, and stopped."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.errors import BenchmarkError
from database.ports import free_port

_ROOT = Path(__file__).resolve().parents[2]
_SECONDS_TO_ANSWER = 120
_SECONDS_TO_STOP = 15


@dataclass(frozen=True)
class RunningServer:
    """Where a started server is.

    Attributes
    ----------
    port : int
        Of 127.0.0.1.
    pid : int
    """

    port: int
    pid: int


@contextmanager
def running(
    command: list[str], ready: str, log: Path, environment: dict[str, str]
) -> Iterator[RunningServer]:
    """Run a server until the block ends.

    Parameters
    ----------
    command : list of str
        ``{port}`` in it is replaced by a free port.
    ready : str
        Path that answers 200 once the server can be measured.
    log : Path
        New file for all that the server prints.
    environment : dict of str to str

    Raises
    ------
    BenchmarkError
        If the server ends, or does not answer in time.
    """
    port = free_port()
    words = [word.replace("{port}", str(port)) for word in command]
    with log.open("wb") as kept:
        process = subprocess.Popen(
            words,
            cwd=_ROOT,
            env=environment,
            stdout=kept,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait(process, f"http://127.0.0.1:{port}{ready}", log)
        yield RunningServer(port, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(_SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def scoring_function(workers: int) -> list[str]:
    """Return the command of the scoring function."""
    own = [] if workers == 1 else ["--workers", str(workers)]
    return [sys.executable, "-m", "function_app", "--port", "{port}", *own]


def usual_way(workers: int) -> list[str]:
    """Return the command of the usual way; see :mod:`benchmarks.serving.usual_way`."""
    application = ["--factory", "benchmarks.serving.usual_way:create_app"]
    options = ["--port", "{port}", "--workers", str(workers), "--no-access-log"]
    return [sys.executable, "-m", "uvicorn", *application, *options]


def _wait(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + _SECONDS_TO_ANSWER
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (OSError, urllib.error.URLError):
            time.sleep(0.1)
    said = log.read_text(errors="replace").strip().rpartition("\n")[2]
    raise BenchmarkError(f"a server did not answer at {address}: {said}")
