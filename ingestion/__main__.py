"""Command line: ``python -m ingestion load SOURCE`` and ``… sample``."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from database import DatabaseError, connect
from ingestion.append import append_source
from ingestion.errors import IngestionError
from ingestion.loader import load_source
from ingestion.progress import LoadDisplay, summary, unfinished_warning
from ingestion.source import find_batch, find_source

app = typer.Typer(
    help="Load the Home Credit files, or generate a synthetic sample of them.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@app.command()
def load(
    source: Annotated[
        Path,
        typer.Argument(
            help="The competition's zip, or a folder of .csv and .csv.gz files."
        ),
    ],
    append: Annotated[
        bool,
        typer.Option(
            "--append",
            help="Add the rows of a batch (some of the eight files) to what is loaded, "
            "all of it or nothing.",
        ),
    ] = False,
) -> None:
    """Load SOURCE into the landing tables; the same file again changes nothing."""
    console = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)
    with _one_line_errors(console):
        found = find_batch(source) if append else find_source(source)
        for name in found.ignored:
            console.print(f"{name}: ignored, it is no table's file")
        display = LoadDisplay(console)
        connect_loader = partial(connect, "loader", application_name="ingestion")
        if append:
            with display:
                append_source(found, connect_loader, display)
            return
        try:
            with display:
                load_source(found, connect_loader, display)
        finally:
            Console().print(summary(display.loads, display.unfinished))
            if warning := unfinished_warning(display.loads):
                console.print(warning)


@app.command()
def sample(
    out: Annotated[Path, typer.Option(help="Folder to write the eight files to.")],
    clients: Annotated[int, typer.Option(help="Number of applications.")] = 5000,
    seed: Annotated[int, typer.Option(help="Same seed, same files.")] = 42,
) -> None:
    """Write eight CSV files of invented clients, shaped like the real ones."""
    console = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)
    with _one_line_errors(console):
        # pandas is slow to import and only this command needs it.
        from ingestion.sample import SampleParameters, write_sample

        write_sample(SampleParameters(clients, seed), out, console.print)


@contextmanager
def _one_line_errors(console: Console) -> Iterator[None]:
    """End an expected error as one line on stderr and exit code 1."""
    try:
        yield
    except (IngestionError, DatabaseError) as error:
        message = str(error)
    except KeyboardInterrupt:
        message = "Interrupted. What was under way is not kept; run it again."
    else:
        return
    console.print(f"Error: {message}", style="red", soft_wrap=True)
    raise typer.Exit(1)


if __name__ == "__main__":
    app(prog_name="python -m ingestion")
