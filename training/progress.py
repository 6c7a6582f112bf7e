"""One line per step: what is done, how long it took, what came out."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console


@dataclass
class Step:
    """A step under way; its detail is printed when it ends."""

    detail: str = ""


class Progress:
    """Print the steps of a run.

    Parameters
    ----------
    console : Console
        A quiet one prints nothing.
    """

    def __init__(self, console: Console) -> None:
        self._console = console

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Time a step; show it as running where the console is a terminal."""
        step = Step()
        started = time.monotonic()
        with self._console.status(f"{name} …"):
            yield step
        seconds = time.monotonic() - started
        line = f"  {name:<34} {seconds:6.1f} s"
        self._console.print(
            f"{line}  {step.detail}".rstrip(), highlight=False, soft_wrap=True
        )

    def say(self, text: str) -> None:
        """Print a line."""
        self._console.print(text, highlight=False, soft_wrap=True)
