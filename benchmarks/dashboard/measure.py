"""Measure the dashboard at full size: switches, first view, memory, many advisors."""

from __future__ import annotations

import asyncio
import random
import statistics
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.dashboard.bank import DashboardBank, dashboard_bank
from benchmarks.dashboard.page import Entrance, Page, sign_in
from benchmarks.dashboard.peers import measure_peers
from benchmarks.memory import tree_bytes
from benchmarks.serving.servers import RunningServer, running, scoring_function

_LONG_LIMIT = "1000"  # more pages of one person than anybody has

Say = Callable[[str], None]


@dataclass(frozen=True)
class Effort:
    """How much is measured.

    Attributes
    ----------
    switches : int
        Of client, in one session, timed.
    sessions : int
        At once, each switching now and then.
    think_seconds : float
        Longest time between two switches of one of them.
    memory_switches : int
        Over which memory is watched.
    has_peers : bool
        Whether explainerdashboard and Shapash are measured too.
    """

    switches: int
    sessions: int
    think_seconds: float
    memory_switches: int
    has_peers: bool


def measure_dashboard(model_dir: Path, clients: int, effort: Effort, say: Say) -> None:
    """Print what the dashboard takes.

    Parameters
    ----------
    model_dir : Path
        Folder of the artefact.
    clients : int
        Of the bank that is looked at.
    effort : Effort
    say : callable
    """
    with (
        dashboard_bank(model_dir, clients) as bank,
        TemporaryDirectory() as folder,
        ExitStack() as servers,
    ):
        say(f"clients: {bank.client_count:,}")
        dashboard = _serve(bank, Path(folder), servers)
        address = f"http://127.0.0.1:{dashboard.port}/bokeh_app"
        entrance = sign_in(address, bank.login, bank.password)
        asyncio.run(_say_dashboard(entrance, dashboard, bank, effort, say))
        if effort.has_peers:
            measure_peers(bank, Path(folder), say)


def _serve(bank: DashboardBank, folder: Path, servers: ExitStack) -> RunningServer:
    """Start the scoring function and the dashboard."""
    function = servers.enter_context(
        running(
            scoring_function(1),
            "/api/v1/health/ready",
            folder / "function.log",
            bank.environment,
        )
    )
    return servers.enter_context(
        running(
            [*scoring_function(1)[:1], "-m", "bokeh_app", "--port", "{port}"],
            "/login",
            folder / "dashboard.log",
            bank.environment
            | {
                "SCORING_URL": f"http://127.0.0.1:{function.port}",
                "DASHBOARD_SESSION_LIMIT": _LONG_LIMIT,
                "DASHBOARD_USER_SESSION_LIMIT": _LONG_LIMIT,
            },
        )
    )


async def _say_dashboard(
    entrance: Entrance,
    server: RunningServer,
    bank: DashboardBank,
    effort: Effort,
    say: Say,
) -> None:
    clients = cycle(bank.client_ids)
    page = Page(entrance)
    say(f"first view, nothing remembered yet: {await page.open(next(clients)):.2f} s")
    another = Page(entrance)
    say(f"first view of the next session: {await another.open(next(clients)):.2f} s")
    another.close()
    timed = [await page.switch(next(clients)) for _ in range(effort.switches)]
    say(f"switch of client, {effort.switches} in a row: {_quantiles(timed)}")
    await _say_many(entrance, server, bank, effort, say)
    before = tree_bytes((server.pid,))
    timed = [await page.switch(one) for one in islice(clients, effort.memory_switches)]
    grown = (tree_bytes((server.pid,)) - before) / 1e6
    say(f"memory grown over {effort.memory_switches:,} switches: {grown:+.1f} MB")
    # The server ends closed sessions by and by, while others go on.
    say(f"the slowest of them, while those sessions ended: {1e3 * max(timed):.0f} ms")
    page.close()


async def _say_many(
    entrance: Entrance,
    server: RunningServer,
    bank: DashboardBank,
    effort: Effort,
    say: Say,
) -> None:
    """Open many sessions, let each look at some clients, and tell of both."""
    before = tree_bytes((server.pid,))
    pages = [Page(entrance) for _ in range(effort.sessions)]
    for page, client_id in zip(pages, cycle(bank.client_ids), strict=False):
        await page.open(client_id)
    each = (tree_bytes((server.pid,)) - before) / effort.sessions / 1e6
    say(f"memory of each of {effort.sessions} sessions: {each:.1f} MB")
    seen = await asyncio.gather(
        *(_look_around(page, place, bank, effort) for place, page in enumerate(pages))
    )
    timed = [seconds for one in seen for seconds in one]
    say(f"switch of client, {effort.sessions} sessions at once: {_quantiles(timed)}")
    for page in pages:
        page.close()


async def _look_around(
    page: Page, place: int, bank: DashboardBank, effort: Effort
) -> list[float]:
    """Switch three times, each after a while; the same pauses in every run."""
    drawn = random.Random(place)
    timed = []
    for _ in range(3):
        await asyncio.sleep(drawn.uniform(0, effort.think_seconds))
        timed.append(await page.switch(drawn.choice(bank.client_ids)))
    return timed


def _quantiles(timed: Sequence[float]) -> str:
    twentieths = statistics.quantiles(timed, n=20)
    return f"p50 {1000 * twentieths[9]:.0f} ms, p95 {1000 * twentieths[18]:.0f} ms"
