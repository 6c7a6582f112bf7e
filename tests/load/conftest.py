from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from database.ports import free_port
from tests.function_app.small_bank import SmallBank, found_small_bank
from tests.running import server

READY = "/api/v1/health/ready"


@dataclass(frozen=True)
class ServedBank:
    """A scoring function over a bank whose servers a test may kill."""

    base_url: str
    process: subprocess.Popen[bytes]
    log: Path

    def events(self, event: str) -> list[dict[str, Any]]:
        """Return what the log has of an event."""
        lines = self.log.read_text().splitlines(keepends=True)
        whole = [json.loads(line) for line in lines if line.endswith("\n")]
        return [line for line in whole if line.get("event") == event]


Serve = Callable[..., AbstractContextManager[ServedBank]]


@pytest.fixture(scope="session")
def bank(session_dir: Path) -> Iterator[SmallBank]:
    founded = found_small_bank(session_dir / "load_bank")
    yield founded
    founded.stop()


@pytest.fixture(scope="session")
def serve(bank: SmallBank, session_dir: Path) -> Serve:
    @contextmanager
    def served(*options: str) -> Iterator[ServedBank]:
        port = free_port()
        base_url = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "function_app", "--port", str(port), *options]
        log = session_dir / f"load_{port}.log"
        with server(command, f"{base_url}{READY}", log, **bank.environment) as process:
            yield ServedBank(base_url, process, log)

    return served


@pytest.fixture(scope="session")
def served_bank(serve: Serve) -> Iterator[ServedBank]:
    with serve() as served:
        yield served
