"""When each sign-in was last seen to do something, in this process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta


class Activity:
    """Remembers, for each sign-in, when its person last acted.

    A cookie cannot be renewed while a page only talks over its web socket.

    Parameters
    ----------
    idle_limit : timedelta
        After which a sign-in without any act is over.
    clock : callable, default=time.monotonic
    """

    def __init__(
        self, idle_limit: timedelta, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.idle_limit = idle_limit
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: dict[str, float] = {}

    def see(self, sign_in_id: str) -> None:
        """Note that somebody acts; forget who has long been idle."""
        now = self._clock()
        with self._lock:
            self._seen[sign_in_id] = now
            oldest = now - self.idle_limit.total_seconds()
            for one in [one for one, at in self._seen.items() if at < oldest]:
                del self._seen[one]

    def left(self, sign_in_id: str) -> timedelta:
        """Return how long a sign-in may still be idle; none if it is over."""
        with self._lock:
            at = self._seen.get(sign_in_id)
        if at is None:
            return timedelta(0)
        idle = timedelta(seconds=self._clock() - at)
        return max(self.idle_limit - idle, timedelta(0))
