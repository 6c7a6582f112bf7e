"""`python -m benchmarks`: print the ratios, measured on this machine in one run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from benchmarks.full_size import FullSizeError, copies_for, write_full_size
from benchmarks.loading import LoadComparison, compare_loading
from benchmarks.scoring import CALLS, compare_scoring

app = typer.Typer(
    help=__doc__, add_completion=False, no_args_is_help=True, rich_markup_mode=None
)


@app.command()
def ratios(
    source: Annotated[Path, typer.Argument(help="Folder of the eight CSV files.")],
    model_dir: Annotated[Path, typer.Option(help="Folder of the artefact.")] = Path(
        "models/champion"
    ),
    pairs: Annotated[int, typer.Option(help="Measured runs of each way.")] = 5,
) -> None:
    """Compare loading with a bare COPY, and scoring with LightGBM alone."""
    loading = compare_loading(source, pairs)
    _print_loading(loading)
    without_reasons, with_reasons = compare_scoring(model_dir, pairs)
    per_call = 1_000_000 / CALLS
    print(
        "score without reasons, against LightGBM's predict: "
        f"{without_reasons.describe('µs', per_call)}"
    )
    print(
        "score with reasons, against predict and exact TreeSHAP: "
        f"{with_reasons.describe('µs', per_call)}"
    )


@app.command()
def full_size(
    source: Annotated[
        Path, typer.Option("--from", help="Zip or folder of the eight CSV files.")
    ],
    out: Annotated[Path, typer.Option(help="New folder for the files.")],
    rows: Annotated[float, typer.Option(help="Rows wanted over all files.")] = 60e6,
    copies: Annotated[
        int | None, typer.Option(help="Copies instead of a number of rows.")
    ] = None,
) -> None:
    """Repeat a source under shifted keys, until it has the size of the full files."""
    try:
        write_full_size(source, copies or copies_for(source, rows), out, print)
    except FullSizeError as error:
        raise typer.Exit(_complain(str(error))) from None


def _print_loading(loading: LoadComparison) -> None:
    print(f"load, against psql's bare \\copy: {loading.seconds.describe('s', 1)}")
    print(
        f"memory while loading: {loading.loader_gigabytes:.2f} GB the loader, "
        f"{loading.server_gigabytes:.2f} GB the server"
    )


def _complain(message: str) -> int:
    typer.echo(f"Error: {message}", err=True)
    return 1


if __name__ == "__main__":
    app(prog_name="python -m benchmarks")
