"""A server that tells that it is about to stop before it does."""

import gc
import signal
import time
from collections.abc import Callable
from socket import socket
from threading import Event
from types import FrameType

import uvicorn


class GracefulServer(uvicorn.Server):
    """Not ready first, closed to new callers next, gone when all have their answer.

    Parameters
    ----------
    config : uvicorn.Config
    stopping : Event
        Set when a signal has asked to stop.
    drain_seconds : float
        How long new callers are still answered from then on. A second Ctrl-C ends it.
    beat : callable, optional
        Called ten times a second, as long as the event loop goes on.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        stopping: Event,
        drain_seconds: float,
        beat: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(config)
        self._beat = beat
        self._stopping = stopping
        self._drain_seconds = drain_seconds
        self._asked_by: int | None = None
        self._closes_at = 0.0

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Start, and set what stays until the end aside from garbage collections.

        Otherwise each full collection walks over all modules, routes and schemas,
        and no caller is answered meanwhile.
        """
        await super().startup(sockets)
        gc.collect()
        gc.freeze()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take a signal that asks to stop."""
        if self._asked_by is not None:
            if sig == signal.SIGINT:
                super().handle_exit(sig, frame)
            return
        self._asked_by = sig
        self._closes_at = time.monotonic() + self._drain_seconds
        self._stopping.set()

    async def on_tick(self, counter: int) -> bool:
        """Tell, ten times a second, whether to close now."""
        self._beat()
        drained = self._asked_by is not None and time.monotonic() >= self._closes_at
        if drained and not self.should_exit and self._asked_by is not None:
            super().handle_exit(self._asked_by, None)
        return await super().on_tick(counter)
