"""Measure the scoring function: its limit, its peers, its memory."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from benchmarks.memory import tree_bytes
from benchmarks.serving.bank import ServedBank, served_bank
from benchmarks.serving.callers import Plan, Request, Traffic, call
from benchmarks.serving.limit import CALLS, compare_with_limit
from benchmarks.serving.mlflow_way import (
    mlflow_environment,
    mlflow_server,
    save_for_mlflow,
)
from benchmarks.serving.pipelines import write_pipeline
from benchmarks.serving.servers import (
    RunningServer,
    running,
    scoring_function,
    usual_way,
)
from function_app.schemas.batch import MAX_CLIENTS

CALLERS = (1, 8, 32)
_MEMORY_CALLERS = 8
_WARM_UP_SECONDS = 2.0
_WARM_UP_CALLS = 5000
_READY = "/api/v1/health/ready"
_FOR_EVER = 36_000.0

Say = Callable[[str], None]


@dataclass(frozen=True)
class Effort:
    """How much is measured.

    Attributes
    ----------
    runs : int
        Of each way; medians are told.
    seconds : float
        Of each run.
    workers : int
        Processes of each server.
    memory_calls : int
        Calls over which the function's memory is watched.
    has_mlflow : bool
        Whether `mlflow models serve` is measured too.
    """

    runs: int
    seconds: float
    workers: int
    memory_calls: int
    has_mlflow: bool


def measure_serving(model_dir: Path, clients: int, effort: Effort, say: Say) -> None:
    """Print the table of the scoring function's speed.

    Parameters
    ----------
    model_dir : Path
        Folder of the artefact.
    clients : int
        At most so many of the warehouse's are called, in turn.
    effort : Effort
    say : callable
    """
    with served_bank(model_dir, clients) as bank, TemporaryDirectory() as folder:
        _say_limit(bank, effort, say)
        with _all_ways(bank, effort, Path(folder)) as ways:
            _say_traffic(ways, effort, say)
            _say_batch(ways[0], bank, effort, say)
            _say_memory(ways[0], effort, say)


@dataclass(frozen=True)
class _Way:
    name: str
    server: RunningServer
    requests: tuple[Request, ...]


def _say_limit(bank: ServedBank, effort: Effort, say: Say) -> None:
    names = ("without reasons", "with reasons and exact TreeSHAP")
    compared = compare_with_limit(bank, max(5, effort.runs))
    for name, comparison in zip(names, compared, strict=True):
        say(f"in the process, {name}: {comparison.describe('µs', 1e6 / CALLS)}")


@contextmanager
def _all_ways(bank: ServedBank, effort: Effort, folder: Path) -> Iterator[list[_Way]]:
    """Start every server; the idle ones wait without work."""
    pipeline = folder / "pipeline.pkl"
    frame = write_pipeline(bank, pipeline)
    ours = scoring_function(effort.workers)
    peer = usual_way(effort.workers)
    with_pipeline = bank.environment | {"PICKLED_PIPELINE": str(pipeline)}
    with (
        running(ours, _READY, folder / "ours.log", bank.environment) as function,
        running(peer, "/docs", folder / "usual.log", with_pipeline) as usual,
    ):
        ways = [
            _Way("without reasons", function, _scores(bank, "?explain=false")),
            _Way("with reasons", function, _scores(bank, "")),
            _Way("FastAPI, pickle, pandas", usual, _usual_scores(bank)),
        ]
        if not effort.has_mlflow:
            yield ways
            return
        save_for_mlflow(pipeline, folder / "mlflow")
        command = mlflow_server(folder / "mlflow", effort.workers)
        log = folder / "mlflow.log"
        with running(command, "/ping", log, mlflow_environment()) as served:
            yield [*ways, _Way("mlflow models serve", served, _invocations(frame))]


def _scores(bank: ServedBank, query: str) -> tuple[Request, ...]:
    return tuple(
        Request(f"/api/v1/clients/{client_id}/score{query}", headers=_key(bank))
        for client_id in bank.client_ids
    )


def _key(bank: ServedBank) -> dict[str, str]:
    return {"x-functions-key": bank.key}


def _usual_scores(bank: ServedBank) -> tuple[Request, ...]:
    return tuple(Request(f"/score/{client_id}") for client_id in bank.client_ids)


def _invocations(frame: pd.DataFrame) -> tuple[Request, ...]:
    headers = {"Content-Type": "application/json"}
    return tuple(
        Request("/invocations", "POST", headers, _split(frame.iloc[[position]]))
        for position in range(len(frame))
    )


def _split(row: pd.DataFrame) -> str:
    return json.dumps({"dataframe_split": json.loads(row.to_json(orient="split"))})


def _say_traffic(ways: list[_Way], effort: Effort, say: Say) -> None:
    for callers in CALLERS:
        say(f"callers over HTTP: {callers}; processes of each server: {effort.workers}")
        seen = _in_turn(ways, callers, effort)
        ours = _median_rate(seen[0])
        for way, runs in zip(ways, seen, strict=True):
            rate = _median_rate(runs)
            say(
                f"  {way.name:<25} {rate:7.0f} /s  "
                f"p50 {_median_quantile(runs, 0.50):6.1f} ms  "
                f"p99 {_median_quantile(runs, 0.99):6.1f} ms  "
                f"ours without reasons to it: {ours / rate:.1f}"
            )


def _say_batch(single: _Way, bank: ServedBank, effort: Effort, say: Say) -> None:
    client_ids = bank.client_ids[:MAX_CLIENTS]
    request = Request(
        "/api/v1/scores?explain=false",
        "POST",
        _key(bank) | {"Content-Type": "application/json"},
        json.dumps({"client_ids": client_ids}),
    )
    batch = _Way("batch", single.server, (request,))
    alone, together = (
        1 / _median_rate(runs) for runs in _in_turn([single, batch], 1, effort)
    )
    each = together / len(client_ids)
    say(
        f"a batch of {len(client_ids)}: {1e3 * together:.0f} ms, "
        f"{1e3 * each:.2f} ms for each client, "
        f"{alone / each:.1f} times cheaper than a call of its own"
    )


def _in_turn(ways: list[_Way], callers: int, effort: Effort) -> list[list[Traffic]]:
    """Measure all ways in turn, so that a drifting machine is fair to each."""
    seen: list[list[Traffic]] = [[] for _ in ways]
    for way in ways:
        call(Plan(way.server.port, callers, _WARM_UP_SECONDS, way.requests))
    for _ in range(effort.runs):
        for way, runs in zip(ways, seen, strict=True):
            plan = Plan(way.server.port, callers, effort.seconds, way.requests)
            runs.append(call(plan))
    return seen


def _median_rate(runs: list[Traffic]) -> float:
    return statistics.median(traffic.per_second for traffic in runs)


def _median_quantile(runs: list[Traffic], share: float) -> float:
    return statistics.median(traffic.milliseconds(share) for traffic in runs)


def _say_memory(way: _Way, effort: Effort, say: Say) -> None:
    port, pid = way.server.port, way.server.pid
    warm = Plan(port, _MEMORY_CALLERS, _FOR_EVER, way.requests, calls=_WARM_UP_CALLS)
    call(warm)
    before = tree_bytes((pid,))
    many = Plan(
        port, _MEMORY_CALLERS, _FOR_EVER, way.requests, calls=effort.memory_calls
    )
    call(many)
    after = tree_bytes((pid,))
    say(
        f"memory of the function over {effort.memory_calls:,} calls: "
        f"{before / 1e6:.0f} MB to {after / 1e6:.0f} MB"
    )
