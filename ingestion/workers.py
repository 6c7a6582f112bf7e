"""Work on several connections at once, ended as one."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import suppress

import psycopg2
from psycopg2 import extensions

from ingestion.landing_schema import LandingTable
from ingestion.listener import LoadListener, LoadStage, TableLoad

Job = Callable[[extensions.connection, LoadListener], Sequence[TableLoad]]
"""One transaction: takes a connection and whom to tell, gives its outcomes."""


class _StoppedError(Exception):
    """Another job failed, or the person at the terminal ended the load."""


def run_jobs(
    jobs: Sequence[Job],
    connections: Sequence[extensions.connection],
    listener: LoadListener,
) -> list[TableLoad]:
    """Run jobs in their order, one on each connection at a time.

    The first failure, or Ctrl-C, ends the jobs under way too; each rolls back.
    Jobs run beside the main thread, which alone receives Ctrl-C, so that it never
    falls inside a COPY, where psycopg2 would take it for a failed read.

    Parameters
    ----------
    jobs : sequence of Job
    connections : sequence of psycopg2 connection
        Open, and used by nobody else until the return.
    listener : LoadListener

    Returns
    -------
    list of TableLoad
        In the order of the jobs' ends.
    """
    stop = threading.Event()
    waiting = deque(jobs)
    outcomes: list[TableLoad] = []
    stoppable = _StoppableListener(listener, stop)

    def work(connection: extensions.connection) -> None:
        while not stop.is_set():
            try:
                job = waiting.popleft()
            except IndexError:
                return
            outcomes.extend(job(connection, stoppable))

    with ThreadPoolExecutor(len(connections)) as pool:
        workers = [pool.submit(work, connection) for connection in connections]
        try:
            done, _ = wait(workers, return_when=FIRST_EXCEPTION)
            for worker in done:
                worker.result()
        except BaseException:
            stop.set()
            for connection in connections:
                # A connection that is lost has nothing left to cancel.
                with suppress(psycopg2.Error):
                    connection.cancel()
            raise
    return outcomes


class _StoppableListener(LoadListener):
    """Pass everything on, and end the reading of a file once told to stop."""

    def __init__(self, listener: LoadListener, stop: threading.Event) -> None:
        self._listener = listener
        self._stop = stop

    def started(self, table: LandingTable, stage: LoadStage, size: int | None) -> None:
        self._listener.started(table, stage, size)

    def advanced(self, table: LandingTable, byte_count: int, row_count: int) -> None:
        if self._stop.is_set():
            raise _StoppedError
        self._listener.advanced(table, byte_count, row_count)

    def noted(self, line: str) -> None:
        self._listener.noted(line)

    def finished(self, load: TableLoad) -> None:
        self._listener.finished(load)
