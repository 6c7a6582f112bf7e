"""Peak memory of running processes and all that they start."""

from __future__ import annotations

import threading
from pathlib import Path
from types import TracebackType

from database.connection import is_embedded
from database.settings import read_settings
from database.warehouse import Warehouse

_INTERVAL = 0.2
_PROC = Path("/proc")


class PeakMemory:
    """Watch process trees from a thread; use as a context manager.

    Memory is the proportional set size: pages shared by several processes, such as
    the server's buffers, are counted once over all of them.

    Parameters
    ----------
    pids : int
        Roots of the trees.
    """

    def __init__(self, *pids: int) -> None:
        self._pids = pids
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.peak_bytes = 0

    def __enter__(self) -> PeakMemory:
        """Begin to watch."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Look once more and end."""
        self._is_over.set()
        self._thread.join()

    @property
    def gigabytes(self) -> float:
        """Peak so far."""
        return self.peak_bytes / 1e9

    def _watch(self) -> None:
        while True:
            is_last = self._is_over.wait(_INTERVAL)
            self.peak_bytes = max(self.peak_bytes, tree_bytes(self._pids))
            if is_last:
                return


def tree_bytes(pids: tuple[int, ...]) -> int:
    """Return the proportional set size of processes and their descendants."""
    children: dict[int, list[int]] = {}
    for folder in _PROC.glob("[0-9]*"):
        if (parent := _parent(folder)) is not None:
            children.setdefault(parent, []).append(int(folder.name))
    total, waiting = 0, list(pids)
    while waiting:
        pid = waiting.pop()
        total += _proportional_bytes(pid)
        waiting += children.get(pid, [])
    return total


def _parent(folder: Path) -> int | None:
    try:
        # The name, in parentheses, may itself hold anything.
        return int((folder / "stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, ValueError):
        return None


def _proportional_bytes(pid: int) -> int:
    try:
        lines = (_PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(x.split()[1]) * 1024 for x in lines if x[:4] == "Pss:"), 0)


def embedded_server() -> tuple[int, ...]:
    """Return the process of the embedded server, nothing where another one is used."""
    settings = read_settings()
    path = Warehouse.at(settings.warehouse_dir).data / "postmaster.pid"
    if not is_embedded(settings) or not path.is_file():
        return ()
    return (int(path.read_text().split()[0]),)
