"""Run one step of the demo as a command, with its number, name and duration."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from demo.errors import DemoError

# dbt announces every finished node: "17 of 240 OK created sql view model …".
DBT_PROGRESS = re.compile(r"(\d+) of (\d+) (?!START)[A-Z]+ (?!hook)")


@dataclass
class Steps:
    """Counts the steps and prints one line at the beginning and end of each."""

    console: Console
    total: int
    done: int = 0

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Announce a step, time it, and say how it ended."""
        self.done += 1
        head = f"[{self.done}/{self.total}]"
        self.console.print(f"[bold]{head} {name} …[/bold]", highlight=False)
        started = time.monotonic()
        yield
        seconds = time.monotonic() - started
        self.console.print(f"{head} {name}: {seconds:.1f} s", highlight=False)


def python_module(*arguments: str) -> list[str]:
    """Return the command that runs one of the house's modules."""
    return [sys.executable, "-m", *arguments]


def run(command: list[str], **settings: str) -> None:
    """Run a command whose own progress and errors go to the terminal.

    Settings are added to its environment.

    Raises
    ------
    DemoError
        If the command fails.
    """
    environment = {**os.environ, **settings}
    finished = subprocess.run(command, env=environment, check=False)
    if finished.returncode != 0:
        shown = " ".join(["python", *command[1:]])
        raise DemoError(
            f"`{shown}` ended with exit code {finished.returncode}; its message "
            "stands above. What was done before is kept: run the demo again."
        )


def run_dbt(console: Console, project: Path, log: Path) -> None:
    """Run `dbt build`, showing how many of its nodes are done.

    Tests of the data run; unit tests judge the SQL on rows of their own, whatever is
    loaded, and are the suite's.

    The shell gets its connection as a person's would, from `python -m database env`.
    dbt's whole output is kept in `log`; it is shown only where the build fails.

    Raises
    ------
    DemoError
        If a model or a test fails.
    """
    with_connection = (
        'settings=$("$0" -m database env) && eval "$settings" && exec "$@"'
    )
    command = [
        *("sh", "-c", with_connection, sys.executable),
        str(Path(sys.executable).with_name("dbt")),
        *("--no-use-colors", "build", "--project-dir", str(project)),
        *("--exclude-resource-type", "unit_test"),
    ]
    log.parent.mkdir(parents=True, exist_ok=True)
    with (
        log.open("w", encoding="utf-8") as kept,
        subprocess.Popen(
            command,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        with console.status("dbt: reading the project") as status:
            done = 0
            for line in process.stdout:
                kept.write(line)
                if match := DBT_PROGRESS.search(line):
                    # Nodes finish in another order than that of their numbers.
                    done, total = done + 1, int(match[2])
                    status.update(f"dbt: {done} of {total} models and tests")
                    if not console.is_terminal and done * 4 % total < 4:
                        console.print(f"dbt: {done} of {total}", highlight=False)
    if process.returncode != 0:
        tail = "".join(log.read_text(encoding="utf-8").splitlines(keepends=True)[-40:])
        console.print(tail, highlight=False, markup=False)
        raise DemoError(
            f"dbt build failed; the end of its output stands above, all of it in {log}."
        )
