"""Which process, if any, is the server of a data directory.

A pid file alone proves nothing: the server may have been killed and its number given to
another process. So the process itself must be a PostgreSQL that works in, or was told,
this data directory.
"""

import contextlib
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

READY = "ready"
_POLL_SECONDS = 0.02


@dataclass(frozen=True)
class PidFile:
    """What a server writes into `postmaster.pid`.

    Parameters
    ----------
    pid
        The server's process number.
    port
        The port it listens on, None while it is not yet written.
    state
        ``"starting"``, ``"ready"``, ``"stopping"`` or empty.
    """

    pid: int
    port: int | None
    state: str


def read_pid_file(data: Path) -> PidFile | None:
    """Read the pid file of a data directory; None if absent or not understood."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return None
    lines += [""] * (8 - len(lines))
    if not lines[0].strip().isdecimal():
        return None
    port = lines[3].strip()
    return PidFile(
        pid=int(lines[0]),
        port=int(port) if port.isdecimal() else None,
        state=lines[7].strip(),
    )


def find_server(data: Path) -> PidFile | None:
    """Return the pid file of a data directory if its server really runs."""
    pid_file = read_pid_file(data)
    if pid_file is None or not is_server(pid_file.pid, data):
        return None
    return pid_file


def is_server(pid: int, data: Path) -> bool:
    """Tell whether a process is the PostgreSQL server of this data directory."""
    words = _command_line(pid)
    if not words or Path(words[0]).name != "postgres":
        return False
    return _works_in(pid, data) or any(
        words[index : index + 2] == ["-D", os.fspath(data)]
        for index in range(1, len(words))
    )


def end_orphans(data: Path, patience_seconds: float = 10) -> int:
    """End what a killed server has left running on a data directory.

    A session in the middle of a long computation does not notice that its server is
    gone, and no new server can start beside it. Called when no server runs there.
    Only Linux tells the working folder of a process; elsewhere nothing is found.

    Returns
    -------
    int
        How many processes were ended.
    """
    orphans = _working_in(data)
    _signal(orphans, signal.SIGQUIT)  # what a server sends its sessions in a crash
    deadline = time.monotonic() + patience_seconds
    while left := _working_in(data):
        if time.monotonic() > deadline:
            _signal(left, signal.SIGKILL)
        time.sleep(_POLL_SECONDS)
    return len(orphans)


def _working_in(data: Path) -> list[int]:
    return [
        int(path.name)
        for path in Path("/proc").glob("[0-9]*")
        if _works_in(int(path.name), data) and _program(int(path.name)) == "postgres"
    ]


def _program(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/exe").readlink().name
    except OSError:
        return ""


def _signal(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def exists(pid: int) -> bool:
    """Tell whether any process has this number."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _works_in(pid: int, data: Path) -> bool:
    """Compare the working folder, which holds even after the data were renamed."""
    try:
        return Path(f"/proc/{pid}/cwd").samefile(data)
    except OSError:
        return False


def _command_line(pid: int) -> list[str]:
    if Path("/proc/self/cmdline").exists():
        try:
            content = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return []
        return [os.fsdecode(word) for word in content.rstrip(b"\0").split(b"\0")]
    result = subprocess.run(
        ["ps", "-ww", "-o", "command=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    program, separator, argument = result.stdout.strip().partition(" -D ")
    return [program, "-D", argument] if separator else []
