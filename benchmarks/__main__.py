"""`python -m benchmarks`: print the ratios, measured on this machine in one run."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from benchmarks.batches import write_batches
from benchmarks.dealing import deal_instalments
from benchmarks.full_run import measure_full_size
from benchmarks.full_size import FullSizeError, copies_for, write_full_size
from benchmarks.loading import compare_loading
from benchmarks.scoring import CALLS, compare_scoring

app = typer.Typer(
    help=__doc__,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
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
    print(loading.describe())
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
    deal: Annotated[
        bool,
        typer.Option(
            "--deal-instalments",
            help="Give clients who have loans but no instalments those of another.",
        ),
    ] = False,
) -> None:
    """Repeat a source under shifted keys, until it has the size of the full files."""
    with TemporaryDirectory() as scratch:
        repeated = source
        if deal:
            repeated = Path(scratch) / "dealt"
            print(f"instalments dealt: {deal_instalments(source, repeated):,} rows")
        try:
            number = copies or copies_for(repeated, rows)
            write_full_size(repeated, number, out, print)
            write_batches(repeated, number, out, print)
        except FullSizeError as error:
            raise typer.Exit(_complain(str(error))) from None


@app.command()
def full_size_run(
    folder: Annotated[Path, typer.Argument(help="Folder that full-size wrote.")],
    pairs: Annotated[int, typer.Option(help="Measured loads of each way.")] = 2,
) -> None:
    """Load and build at full size, against psql's copy and the public pandas way."""
    measure_full_size(folder, pairs, print)


def _complain(message: str) -> int:
    typer.echo(f"Error: {message}", err=True)
    return 1


if __name__ == "__main__":
    app(prog_name="python -m benchmarks")
