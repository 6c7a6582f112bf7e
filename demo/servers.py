"""Start the two servers, wait until they answer, and stop what was started."""

from __future__ import annotations

import os
import signal
import socket
import ssl
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

from demo.errors import DemoError

SECONDS_TO_ANSWER = 60
SECONDS_TO_STOP = 10

# Whether a server that was started here answers, not who it is: its certificate is for
# the names that others reach it by.
_ANY = ssl.create_default_context()
_ANY.check_hostname, _ANY.verify_mode = False, ssl.CERT_NONE


def refuse_taken_port(
    port: int, wanted_for: str, option: str, address: str = "127.0.0.1"
) -> None:
    """Say early that a port is taken, before minutes of work are spent.

    Raises
    ------
    DemoError
        If something listens on the port already.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            raise DemoError(
                f"Port {port}, wanted for {wanted_for}, cannot be had on {address}: "
                f"{error.strerror}. Stop what listens there, or choose another with "
                f"{option}."
            ) from error


@contextmanager
def servers_of(console: Console, models: Path, api: str, key: str) -> Iterator[Servers]:
    """Give the two servers what they share; stop at the end what was started.

    Parameters
    ----------
    console
    models
        Folder of the trained models, of which the champion is served.
    api, key
        Address of the scoring function, and its key.
    """
    settings = {
        "MODEL_DIR": str(models / "champion"),
        "SCORING_API_KEY": key,
        "SCORING_URL": api,
    }
    servers = Servers({**os.environ, **settings})
    try:
        yield servers
    finally:
        console.print("Stopping the servers …", highlight=False)
        servers.stop()


@dataclass
class Servers:
    """The processes that this demo started, and nothing else."""

    environment: dict[str, str]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, command: list[str], address: str) -> None:
        """Start one server and wait until its address answers.

        A session of its own keeps the terminal's Ctrl-C from reaching the
        server before the demo stops it in order.

        Raises
        ------
        DemoError
            If the server ends or does not answer in time.
        """
        process = subprocess.Popen(
            command, env=self.environment, start_new_session=True
        )
        self.processes[name] = process
        deadline = time.monotonic() + SECONDS_TO_ANSWER
        while not answers(address):
            if process.poll() is not None:
                raise DemoError(
                    f"The {name} ended with exit code {process.returncode}; "
                    "its message stands above."
                )
            if time.monotonic() > deadline:
                raise DemoError(
                    f"The {name} did not answer at {address} within "
                    f"{SECONDS_TO_ANSWER} s."
                )
            time.sleep(0.2)

    def wait(self) -> None:
        """Wait for Ctrl-C, a termination signal, or the end of a server.

        Raises
        ------
        DemoError
            If a server ends by itself.
        """
        asked_to_stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: asked_to_stop.set())
        while not asked_to_stop.wait(timeout=0.5):
            for name, process in self.processes.items():
                if process.poll() is not None:
                    raise DemoError(
                        f"The {name} ended by itself (exit code {process.returncode})."
                    )

    def stop(self) -> None:
        """End every server that was started, politely first."""
        for process in self.processes.values():
            if process.poll() is None:
                process.terminate()
        for process in self.processes.values():
            try:
                process.wait(timeout=SECONDS_TO_STOP)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def answers(address: str) -> bool:
    """Tell whether an HTTP address answers with success."""
    try:
        with urllib.request.urlopen(address, timeout=5, context=_ANY) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False
