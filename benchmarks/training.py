"""Training at full size: what reading, fitting and the whole run take."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.drawn_clients import fill_with_drawn_clients
from benchmarks.errors import BenchmarkError
from benchmarks.memory import PeakMemory
from benchmarks.scratch_server import ScratchServer, scratch_server
from benchmarks.training_child import ROUNDS


@dataclass(frozen=True)
class Measured:
    """Seconds by step of one way, and the peak memory of its process."""

    seconds: dict[str, float]
    gigabytes: float


def measure_training(
    labelled: int, run_options: list[str], report: Callable[[str], object]
) -> None:
    """Measure ours against pandas and scikit-learn's interface, then a whole run.

    Parameters
    ----------
    labelled : int
        Clients with an outcome.
    run_options : list of str
        Of ``python -m training run``.
    report : callable
        Receives the lines.
    """
    with scratch_server() as server:
        fill_with_drawn_clients(server, labelled)
        report(f"{labelled:,} labelled clients, drawn from those of the warehouse")
        ours, peer = (_measured(server, way) for way in ("own", "pandas"))
        for step, what in (
            ("read", "reading the feature table, against pandas.read_sql"),
            ("fit", f"{ROUNDS} trees, against LGBMClassifier on the frame"),
        ):
            own, its = ours.seconds[step], peer.seconds[step]
            report(f"{what}: {own:.1f} s against {its:.1f} s: ratio {own / its:.2f}")
        report(
            f"peak memory of both: {ours.gigabytes:.2f} GB against "
            f"{peer.gigabytes:.2f} GB"
        )
        run = _measured(server, "whole", *run_options)
        whole, lightgbm = run.seconds["whole"], run.seconds["lightgbm"]
        report(
            f"training run: {whole:.0f} s, of which LightGBM {lightgbm:.0f} s and all "
            f"else {whole - lightgbm:.0f} s ({1 - lightgbm / whole:.1%}); peak memory "
            f"{run.gigabytes:.2f} GB"
        )


def _measured(server: ScratchServer, way: str, *options: str) -> Measured:
    with (
        subprocess.Popen(
            [sys.executable, "-m", "benchmarks.training_child", way, *options],
            env=server.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process,
        PeakMemory(process.pid) as memory,
    ):
        printed, errors = process.communicate()
    if process.returncode:
        raise BenchmarkError(f"{way}: {errors.strip().rpartition(chr(10))[2]}")
    return Measured(json.loads(printed), memory.gigabytes)
