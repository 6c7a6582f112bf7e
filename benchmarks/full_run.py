"""The whole road at full size: load, build, features against pandas, batches."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from benchmarks.batches import BATCH_SIZES, batch_folder
from benchmarks.building import WITHOUT_TESTS, build
from benchmarks.errors import BenchmarkError
from benchmarks.loading import compare_loading

FEATURES_ONLY = ("--select", "path:models/features")
APPENDED_ONLY = ("--vars", "clients: appended")


def measure_full_size(
    folder: Path, pairs: int, report: Callable[[str], object]
) -> None:
    """Measure every stage in one run, and report each as it ends.

    Parameters
    ----------
    folder : Path
        Made by ``python -m benchmarks full-size``.
    pairs : int
        Measured loads of each way.
    report : callable
        Receives the lines.
    """
    loading = compare_loading(folder, pairs, warm_up=False)
    report(loading.describe())
    whole = build(*WITHOUT_TESTS)
    report(f"dbt build without tests: {whole.describe()}")
    road = median(loading.seconds.ours) + whole.seconds
    report(f"CSV to client_features: {road:.0f} s")
    seconds, gigabytes, columns = _pandas(folder)
    # By themselves: within the whole build they overlap with the last marts.
    ours = build(*FEATURES_ONLY, *WITHOUT_TESTS).stages["features"]
    report(
        f"features, against pandas' {columns} columns: {ours:.0f} s against "
        f"{seconds:.0f} s and {gigabytes:.1f} GB: ratio {ours / seconds:.2f}"
    )
    for clients in BATCH_SIZES:
        started = time.perf_counter()
        _append(batch_folder(folder, clients))
        appended = time.perf_counter() - started
        built = build(*APPENDED_ONLY, *WITHOUT_TESTS)
        report(
            f"batch of {clients:,} clients: appended in {appended:.1f} s, built in "
            f"{built.seconds:.1f} s, {built.seconds / whole.seconds:.3f} of the whole"
        )


def _pandas(folder: Path) -> tuple[float, float, int]:
    """Run the peer as a process; return its seconds, peak gigabytes and columns."""
    started = time.perf_counter()
    printed = _run("-W", "ignore", "-m", "benchmarks.pandas_features", str(folder))
    seconds = time.perf_counter() - started
    _, columns, kibibytes = printed.split()
    return seconds, int(kibibytes) * 1024 / 1e9, int(columns)


def _append(folder: Path) -> None:
    _run("-m", "ingestion", "load", "--append", str(folder))


def _run(*arguments: str) -> str:
    finished = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=False
    )
    if finished.returncode:
        said = finished.stderr.strip().rpartition("\n")[2]
        raise BenchmarkError(f"python {' '.join(arguments)} failed: {said}")
    return finished.stdout
