"""How many calls each caller may make: a token bucket for each name."""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from function_app.errors import RateLimitedError


@dataclass
class _Bucket:
    tokens: float
    filled_at: float


class RateLimiter:
    """Lets each caller make so many calls a second, and a second's worth at once.

    The buckets are this process's own: several processes let through as many times
    more. Only callers with a key get one, so there are no more than names of keys.

    Parameters
    ----------
    per_second : float
        Calls that a caller may make each second.
    clock : callable
        Gives seconds that only rise.
    """

    def __init__(
        self, per_second: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._per_second = per_second
        self._capacity = max(1.0, per_second)
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: dict[str, _Bucket] = {}

    def take(self, caller: str) -> None:
        """Count one call.

        Raises
        ------
        RateLimitedError
            If the caller has none left; it says in how many seconds there is one.
        """
        with self._lock:
            bucket = self._filled(caller)
            if bucket.tokens < 1:
                wait = (1 - bucket.tokens) / self._per_second
                raise RateLimitedError(retry_after_seconds=math.ceil(wait))
            bucket.tokens -= 1

    def charge(self, caller: str, calls: int) -> None:
        """Count more calls of a caller who was let through, as a debt if need be."""
        with self._lock:
            self._filled(caller).tokens -= calls

    def _filled(self, caller: str) -> _Bucket:
        now = self._clock()
        bucket = self._buckets.setdefault(caller, _Bucket(self._capacity, now))
        gained = (now - bucket.filled_at) * self._per_second
        bucket.tokens = min(self._capacity, bucket.tokens + gained)
        bucket.filled_at = now
        return bucket
