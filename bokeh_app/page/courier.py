"""Slow calls outside the document's lock, and their replies back inside it."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial
from typing import Any, Protocol, TypeVar

from bokeh_app.errors import DashboardError

logger = logging.getLogger(__name__)

ReplyT = TypeVar("ReplyT")


class NextTick(Protocol):
    """What the courier needs of a Bokeh document."""

    def add_next_tick_callback(self, callback: Callable[[], None]) -> Any:
        """Call back in the document's own thread, under its lock."""


class Courier:
    """Sends questions away and delivers only the replies still waited for.

    A later question of the same region, or `forget`, makes earlier ones stale: they
    are not even asked if they still queue, and their replies are dropped.

    Parameters
    ----------
    document : NextTick
    executor : Executor
        Shared by all sessions.
    """

    def __init__(self, document: NextTick, executor: Executor) -> None:
        self._document = document
        self._executor = executor
        self._tickets: defaultdict[str, int] = defaultdict(int)
        self._is_open = True

    def ask(
        self,
        region: str,
        question: Callable[[], ReplyT],
        deliver: Callable[[ReplyT], None],
        fail: Callable[[DashboardError], None],
    ) -> None:
        """Ask a question for a region of the page.

        Parameters
        ----------
        region : str
        question : callable
            Runs in another thread; must not touch the document.
        deliver, fail : callable
            Run under the document's lock with the reply, or with what went wrong.
        """
        self._tickets[region] += 1
        ticket = self._tickets[region]
        self._executor.submit(self._work, region, ticket, question, deliver, fail)

    def forget(self, *regions: str) -> None:
        """Drop the replies still under way for these regions."""
        for region in regions:
            self._tickets[region] += 1

    def close(self) -> None:
        """Drop all replies, as the session is over."""
        self._is_open = False

    def _is_awaited(self, region: str, ticket: int) -> bool:
        return self._is_open and self._tickets[region] == ticket

    def _work(
        self,
        region: str,
        ticket: int,
        question: Callable[[], ReplyT],
        deliver: Callable[[ReplyT], None],
        fail: Callable[[DashboardError], None],
    ) -> None:
        if not self._is_awaited(region, ticket):
            return
        outcome: Callable[[], None]
        try:
            outcome = partial(deliver, question())
        except Exception as error:
            outcome = partial(fail, _told(error, region))
        if self._is_open:
            self._document.add_next_tick_callback(
                partial(self._reply, region, ticket, outcome, fail)
            )

    def _reply(
        self,
        region: str,
        ticket: int,
        outcome: Callable[[], None],
        fail: Callable[[DashboardError], None],
    ) -> None:
        if not self._is_awaited(region, ticket):
            return
        try:
            outcome()
        except Exception as error:
            fail(_told(error, region))


def _told(error: Exception, region: str) -> DashboardError:
    """Return an error with words for the advisor; log what nobody expected.

    The message of an unexpected error may hold a client's data: the log gets its
    kind and place alone.
    """
    if isinstance(error, DashboardError):
        return error
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
    logger.error("%s in region %s at %s", type(error).__name__, region, place)
    return DashboardError(type(error).__name__)
