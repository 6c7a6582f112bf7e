"""Several processes that answer behind one listening socket."""

import logging
import os
import signal
import socket
import time
from collections.abc import Callable
from ctypes import c_double
from multiprocessing import connection, get_context, parent_process
from multiprocessing.process import BaseProcess
from threading import Event, Thread

from function_app.logs import log_event

SECONDS_BETWEEN_LOOKS = 0.2
# Ten times as long as a full garbage collection or a large batch keeps a loop waiting.
SECONDS_OF_SILENCE = 10.0
# From a fresh interpreter to the first beat: imports, on a busy machine.
SECONDS_TO_START = 120.0
# A worker that cannot start is not started again in a circle without a pause.
SECONDS_OF_LIFE = 1.0

Beat = Callable[[], None]
Work = Callable[[socket.socket, Beat], None]


def keep_working(
    work: Work,
    listener: socket.socket,
    count: int,
    *,
    seconds_to_stop: float,
    seconds_of_silence: float = SECONDS_OF_SILENCE,
) -> None:
    """Keep ``count`` processes at work until a signal asks to stop.

    A process that ends, whatever its end was, is replaced: the socket stays open here,
    so that callers wait in its queue rather than being refused. One that hangs is
    killed first, since it would go on taking callers whom it never answers.

    Parameters
    ----------
    work : callable
        Serves a listening socket until SIGTERM, and beats as long as it is able to;
        importable by its name.
    listener : socket
        Closed at the end.
    count : int
    seconds_to_stop : float
        How long a process may take to finish before it is killed.
    seconds_of_silence : float, default=10
        How long a process may not beat before it is taken for hung.
    """
    asked_to_stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: asked_to_stop.set())
    workers = [_Worker(work, listener, seconds_of_silence) for _ in range(count)]
    while not asked_to_stop.is_set():
        connection.wait(
            [worker.process.sentinel for worker in workers if worker.is_alive],
            timeout=SECONDS_BETWEEN_LOOKS,
        )
        for worker in workers:
            if not asked_to_stop.is_set():
                worker.kill_if_hung()
                worker.replace_if_lost()
    # The workers have it too; left open here it would take callers nobody answers.
    listener.close()
    _stop([worker.process for worker in workers], seconds_to_stop)


class _Worker:
    """A process and, after its end, the next one."""

    def __init__(
        self, work: Work, listener: socket.socket, seconds_of_silence: float
    ) -> None:
        self._work = work
        self._listener = listener
        self._seconds_of_silence = seconds_of_silence
        self._is_missed = False
        self._start()

    @property
    def is_alive(self) -> bool:
        return self.process.is_alive()

    def kill_if_hung(self) -> None:
        now, last = time.monotonic(), self._last_beat.value
        patience = self._seconds_of_silence if last else SECONDS_TO_START
        if self.is_alive and now - (last or self._started) > patience:
            log_event(logging.ERROR, "worker_hung", process=self.process.pid)
            self.process.kill()
            self.process.join()

    def replace_if_lost(self) -> None:
        if self.is_alive:
            return
        if not self._is_missed:
            self._is_missed = True
            log_event(
                logging.ERROR,
                "worker_lost",
                process=self.process.pid,
                exit_code=self.process.exitcode,
            )
        if time.monotonic() - self._started >= SECONDS_OF_LIFE:
            self._start()

    def _start(self) -> None:
        # A fresh interpreter: threads, connections and models are not to be forked.
        context = get_context("spawn")
        # Without a lock: who is killed in the middle of a beat would keep it for ever.
        self._last_beat = context.Value("d", 0.0, lock=False)
        self.process: BaseProcess = context.Process(
            target=_work_for_parent,
            args=(self._work, self._listener, self._last_beat),
        )
        self.process.start()
        self._started = time.monotonic()
        self._is_missed = False
        log_event(logging.INFO, "worker_started", process=self.process.pid)


def _work_for_parent(work: Work, listener: socket.socket, last_beat: c_double) -> None:
    # A terminal's Ctrl-C is for the parent, which then asks each worker once.
    os.setsid()
    Thread(target=_stop_without_parent, daemon=True).start()

    def beat() -> None:
        # One clock for all processes of a machine.
        last_beat.value = time.monotonic()

    work(listener, beat)


def _stop_without_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


def _stop(processes: list[BaseProcess], seconds: float) -> None:
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + seconds
    for process in processes:
        process.join(max(0.0, deadline - time.monotonic()))
        if process.is_alive():
            process.kill()
            process.join()
