"""A process that hangs takes callers whom it never answers: it is replaced."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.running import ROOT, wait_until

PARENT = """
import logging, socket
from function_app.serving.workers import keep_working
from tests.function_app.test_workers import beat_on

logging.basicConfig(level=logging.INFO, format="%(message)s")
with socket.create_server(("127.0.0.1", 0)) as listener:
    keep_working(beat_on, listener, 2, seconds_to_stop=5, seconds_of_silence=1.5)
"""


def beat_on(listener: socket.socket, beat: Callable[[], None]) -> None:
    beat()
    line = {"event": "at_work", "process": os.getpid()}
    print(json.dumps(line), file=sys.stderr, flush=True)
    while True:
        time.sleep(0.05)
        beat()


def events(log: Path, event: str) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    return [line for line in lines if line["event"] == event]


def test_a_worker_that_hangs_is_killed_and_replaced_and_the_others_stay(
    tmp_path: Path,
) -> None:
    log = tmp_path / "log"
    with log.open("wb") as kept:
        parent = subprocess.Popen(
            [sys.executable, "-c", PARENT],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stderr=kept,
        )
    try:
        wait_until(lambda: len(events(log, "at_work")) == 2, "two workers")
        hung, sound = (line["process"] for line in events(log, "at_work"))
        os.kill(hung, signal.SIGSTOP)
        wait_until(lambda: len(events(log, "worker_started")) == 3, "another")
        assert [line["process"] for line in events(log, "worker_hung")] == [hung]
        assert not Path(f"/proc/{hung}").exists()
        assert Path(f"/proc/{sound}").exists()
    finally:
        parent.terminate()
        assert parent.wait(timeout=20) == 0
