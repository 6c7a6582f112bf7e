"""One changing command at a time for each warehouse."""

import contextlib
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from database.errors import ServerError

TIMEOUT_SECONDS = 600
_POLL_SECONDS = 0.05


@contextlib.contextmanager
def locked(path: Path, report: Callable[[str], None]) -> Iterator[None]:
    """Hold the lock on a file; the system frees it when the command ends, however.

    Raises
    ------
    ServerError
        When another command has held it for `TIMEOUT_SECONDS`.
    """
    # Whoever may open it may hold it: so its owner alone.
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
        deadline = time.monotonic() + TIMEOUT_SECONDS
        is_waiting = False
        while not _take(file.fileno()):
            if time.monotonic() > deadline:
                raise ServerError(
                    f"Another command has held {path} for {TIMEOUT_SECONDS} s. Look "
                    "for a `python -m database` that does not end."
                )
            if not is_waiting:
                report("Waiting for another command to finish")
                is_waiting = True
            time.sleep(_POLL_SECONDS)
        yield


def _take(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
