"""How many pages may be open at once."""

from __future__ import annotations

import threading
from collections import Counter


class Seats:
    """Counts the open pages of this process, for each user and in all.

    Parameters
    ----------
    limit, user_limit : int
    """

    def __init__(self, limit: int, user_limit: int) -> None:
        self._limit = limit
        self._user_limit = user_limit
        self._lock = threading.Lock()
        self._taken: Counter[str] = Counter()

    def take(self, login: str) -> bool:
        """Take a place for a page, or tell that there is none."""
        with self._lock:
            is_free = (
                self._taken.total() < self._limit
                and self._taken[login] < self._user_limit
            )
            self._taken[login] += is_free
        return is_free

    def leave(self, login: str) -> None:
        """Give a place back."""
        with self._lock:
            self._taken[login] -= 1
