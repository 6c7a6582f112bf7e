"""Callers over HTTP, in a process of their own: `python -m benchmarks.serving.callers`.

A process apart, so that the measured server shares no interpreter with them. It reads
a plan as JSON and prints what each call took.
"""

from __future__ import annotations

import http.client
import itertools
import json
import random
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from benchmarks.errors import BenchmarkError

_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Request:
    """One HTTP request, to be repeated."""

    path: str
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None


@dataclass(frozen=True)
class Plan:
    """What the callers do.

    Attributes
    ----------
    port : int
        Of 127.0.0.1.
    callers : int
        Each keeps one connection, and calls again as soon as it has its answer.
    seconds : float
        When no further call begins.
    requests : tuple of Request
        Taken in turn, each caller from a place of its own.
    calls : int, optional
        All callers together stop after so many calls, if that is sooner.
    """

    port: int
    callers: int
    seconds: float
    requests: tuple[Request, ...]
    calls: int | None = None


@dataclass(frozen=True)
class Traffic:
    """What the callers saw.

    Attributes
    ----------
    seconds : float
        From the first call to the last answer.
    latencies : list of float
        Seconds of each call that was answered with 200.
    """

    seconds: float
    latencies: list[float]

    @property
    def per_second(self) -> float:
        """Answers per second over all callers."""
        return len(self.latencies) / self.seconds

    def milliseconds(self, share: float) -> float:
        """Return a quantile of the latencies."""
        if len(self.latencies) < 2:
            return 1000 * self.latencies[0]
        cuts = statistics.quantiles(self.latencies, n=1000, method="inclusive")
        return 1000 * cuts[round(1000 * share) - 1]


def call(plan: Plan) -> Traffic:
    """Let a process of its own carry out the plan.

    Raises
    ------
    BenchmarkError
        If a call failed, or was answered with another status than 200.
    """
    finished = subprocess.run(
        [sys.executable, "-m", "benchmarks.serving.callers"],
        cwd=_ROOT,
        input=json.dumps(asdict(plan)),
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode:
        reason = finished.stderr.strip().rpartition("\n")[2]
        raise BenchmarkError(f"a call failed: {reason}")
    return Traffic(**json.loads(finished.stdout))


def carry_out(plan: Plan) -> Traffic:
    """Call from this process, with one thread per caller."""
    latencies: list[list[float]] = [[] for _ in range(plan.callers)]
    faults: list[str] = []
    begin = threading.Barrier(plan.callers + 1)
    turns = iter(range(plan.calls)) if plan.calls else itertools.count()
    threads = [
        threading.Thread(
            target=_one_caller,
            args=(plan, turns, begin, latencies[number], faults),
        )
        for number in range(plan.callers)
    ]
    for thread in threads:
        thread.start()
    begin.wait()
    started = time.perf_counter()
    for thread in threads:
        thread.join()
    if faults:
        raise BenchmarkError(faults[0])
    return Traffic(
        time.perf_counter() - started, list(itertools.chain.from_iterable(latencies))
    )


def _one_caller(
    plan: Plan,
    turns: Iterator[int],
    begin: threading.Barrier,
    latencies: list[float],
    faults: list[str],
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", plan.port, timeout=60)
    start = random.randrange(len(plan.requests))
    requests = itertools.cycle(plan.requests[start:] + plan.requests[:start])
    begin.wait()
    deadline = time.perf_counter() + plan.seconds
    try:
        for _ in turns:
            started = time.perf_counter()
            if started >= deadline or faults:
                return
            _answered(connection, next(requests))
            latencies.append(time.perf_counter() - started)
    except (BenchmarkError, OSError, http.client.HTTPException) as error:
        faults.append(f"{type(error).__name__}: {error}")
    finally:
        connection.close()


def _answered(connection: http.client.HTTPConnection, request: Request) -> None:
    connection.request(request.method, request.path, request.body, request.headers)
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        raise BenchmarkError(f"status {response.status}: {body[:300]!r}")


def _plan(text: str) -> Plan:
    written = json.loads(text)
    requests = tuple(Request(**request) for request in written.pop("requests"))
    return Plan(**written, requests=requests)


if __name__ == "__main__":
    try:
        traffic = carry_out(_plan(sys.stdin.read()))
    except BenchmarkError as error:
        sys.exit(str(error))
    print(json.dumps(asdict(traffic)))
