"""Start real commands and servers for the tests, and wait for conditions."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from demo.servers import answers

ROOT = Path(__file__).resolve().parent.parent


def run_module(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m …` from the root; the caller looks at the exit code."""
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def must_run(*arguments: str, **environment: str) -> str:
    """Run `python -m …`; fail with its output where it does not succeed."""
    finished = run_module(*arguments, **environment)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout


def shell_environment(**environment: str) -> dict[str, str]:
    """Return the variables after `eval "$(python -m database env)"`."""
    printed = must_run("database", "env", **environment)
    evaluated = subprocess.run(
        ["sh", "-c", f"{printed}\nenv -0"],
        env={**os.environ, **environment},
        capture_output=True,
        check=True,
    )
    pairs = evaluated.stdout.decode().split("\0")
    return dict(pair.split("=", 1) for pair in pairs if "=" in pair)


def run_dbt(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run dbt on the project against the embedded server of WAREHOUSE_DIR."""
    variables = shell_environment(**environment)
    target = str(dbt_target(Path(variables["WAREHOUSE_DIR"])))
    variables |= {"DBT_TARGET_PATH": target, "DBT_LOG_PATH": target}
    command = [
        str(Path(sys.executable).with_name("dbt")),
        "--no-use-colors",
        *arguments,
        *("--project-dir", "dbt_project"),
    ]
    return subprocess.run(
        command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False
    )


def dbt_target(warehouse: Path) -> Path:
    """Return where dbt writes its manifest: not where another process does too."""
    return warehouse.with_name(f"{warehouse.name}_dbt_target")


def wait_until(condition: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Wait until the condition holds, or fail saying what did not come."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain for {what}"
        time.sleep(0.05)


@contextmanager
def server(
    command: list[str], address: str, log: Path, **environment: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until its address answers, and end it afterwards."""
    with log.open("wb") as kept:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=kept,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            wait_until(
                lambda: answers(address) or process.poll() is not None,
                f"{command} at {address}",
            )
            assert process.poll() is None, log.read_text()
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
