"""The marts and features of dbt, by stage, with the server's memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from benchmarks.errors import BenchmarkError
from benchmarks.memory import PeakMemory, embedded_server
from database import connection_parameters
from database.connection import libpq_environment

ROOT = Path(__file__).resolve().parents[1]
WITHOUT_TESTS = tuple(
    f"--exclude-resource-type={kind}" for kind in ("test", "unit_test")
)


@dataclass(frozen=True)
class Build:
    """One run of dbt.

    Attributes
    ----------
    seconds : float
        Of the whole command.
    stages : dict of str to float
        Seconds from the first start to the last end within each folder of models.
    server_gigabytes : float
        Peak of the embedded server, 0 for another one.
    """

    seconds: float
    stages: dict[str, float]
    server_gigabytes: float

    def describe(self) -> str:
        """Return the figures on one line."""
        stages = ", ".join(f"{name} {took:.0f} s" for name, took in self.stages.items())
        return (
            f"{self.seconds:.0f} s ({stages}), {self.server_gigabytes:.2f} GB the "
            "server"
        )


def build(*arguments: str) -> Build:
    """Run ``dbt build`` on the warehouse that the environment names.

    Parameters
    ----------
    arguments : str
        More arguments of dbt.

    Raises
    ------
    BenchmarkError
        With dbt's last lines, where it fails.
    """
    with tempfile.TemporaryDirectory() as target:
        started = time.perf_counter()
        with PeakMemory(*embedded_server()) as memory:
            finished = subprocess.run(
                [
                    Path(sys.executable).with_name("dbt"),
                    "build",
                    *("--project-dir", "dbt_project", "--profiles-dir", "dbt_project"),
                    *("--target-path", target, *arguments),
                ],
                cwd=ROOT,
                env={
                    **os.environ,
                    **libpq_environment(connection_parameters("transformer")),
                },
                capture_output=True,
                text=True,
                check=False,
            )
        seconds = time.perf_counter() - started
        if finished.returncode:
            said = (finished.stdout + finished.stderr).strip()
            raise BenchmarkError(f"dbt build failed:\n{said[-3000:]}")
        return Build(seconds, dict(_stages(Path(target))), memory.gigabytes)


def _stages(target: Path) -> Iterator[tuple[str, float]]:
    nodes = json.loads((target / "manifest.json").read_text())["nodes"]
    times: dict[str, list[datetime]] = {}
    for result in json.loads((target / "run_results.json").read_text())["results"]:
        node = nodes.get(result["unique_id"])
        if node is None or node["resource_type"] != "model":
            continue
        for timing in result["timing"]:
            for moment in (timing["started_at"], timing["completed_at"]):
                times.setdefault(node["fqn"][1], []).append(
                    datetime.fromisoformat(moment)
                )
    for stage, moments in sorted(times.items(), key=lambda one: min(one[1])):
        yield stage, (max(moments) - min(moments)).total_seconds()
