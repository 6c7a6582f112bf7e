"""`python -m benchmarks`: print the ratios, measured on this machine in one run."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from benchmarks.batches import write_batches
from benchmarks.dealing import deal_instalments
from benchmarks.errors import one_line_errors
from benchmarks.full_run import measure_full_size
from benchmarks.full_size import ALL, LABELLED, copies_for, write_full_size
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
    with one_line_errors():
        print(compare_loading(source, pairs).describe())
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
    with one_line_errors(), TemporaryDirectory() as scratch:
        repeated = source
        if deal:
            repeated = Path(scratch) / "dealt"
            print(f"instalments dealt: {deal_instalments(source, repeated):,} rows")
        number = copies or copies_for(repeated, rows)
        write_full_size(repeated, number, out, _say)
        write_batches(repeated, number, out, _say)


@app.command()
def full_size_run(
    folder: Annotated[Path, typer.Argument(help="Folder that full-size wrote.")],
    pairs: Annotated[int, typer.Option(help="Measured loads of each way.")] = 2,
) -> None:
    """Load and build at full size, against psql's copy and the public pandas way."""
    with one_line_errors():
        measure_full_size(folder, pairs, _say)


@app.command()
def quality(
    source: Annotated[
        Path,
        typer.Argument(help="Zip or folder of the files that the warehouse holds."),
    ],
    more: Annotated[
        Path | None,
        typer.Option(help="A source appended to it: what do more clients give?"),
    ] = None,
) -> None:
    """Judge the features and the recipe against two public peers, on the same folds."""
    from benchmarks.quality import measure_quality

    with one_line_errors():
        measure_quality(source, more, _say)


@app.command(context_settings={"ignore_unknown_options": True})
def training(
    run_options: Annotated[
        list[str] | None,
        typer.Argument(help="After `--`: options of `python -m training run`."),
    ] = None,
    clients: Annotated[
        int, typer.Option(help="Labelled clients; the full files have the default.")
    ] = LABELLED,
) -> None:
    """Train at full size: reading, fitting and the whole run, with their memory."""
    from benchmarks.training import measure_training

    with one_line_errors():
        measure_training(clients, run_options or [], _say)


@app.command()
def cold_start(
    runs: Annotated[int, typer.Option(min=1, help="Measured starts.")] = 9,
) -> None:
    """Start the package of the function, to its first answer, after `make package`."""
    from benchmarks.cold_start import measure_cold_start

    with one_line_errors():
        measure_cold_start(runs, _say)


@app.command()
def serving(
    model_dir: Annotated[Path, typer.Option(help="Folder of the artefact.")] = Path(
        "models/champion"
    ),
    clients: Annotated[
        int, typer.Option(min=1, help="At most so many are called, in turn.")
    ] = 1000,
    runs: Annotated[int, typer.Option(min=1, help="Measured runs of each way.")] = 5,
    seconds: Annotated[float, typer.Option(help="Seconds of each run.")] = 5.0,
    workers: Annotated[int, typer.Option(min=1, help="Processes of each server.")] = 1,
    memory_calls: Annotated[
        int, typer.Option(min=1, help="Calls over which memory is watched.")
    ] = 100_000,
    mlflow: Annotated[
        bool, typer.Option(help="Measure `mlflow models serve` too.")
    ] = True,
) -> None:
    """Compare the scoring function with its limit and its peers."""
    from benchmarks.serving.measure import Effort, measure_serving

    with one_line_errors():
        effort = Effort(runs, seconds, workers, memory_calls, mlflow)
        measure_serving(model_dir, clients, effort, _say)


@app.command()
def dashboard(
    model_dir: Annotated[Path, typer.Option(help="Folder of the artefact.")] = Path(
        "models/champion"
    ),
    clients: Annotated[
        int, typer.Option(help="The warehouse's, repeated to so many.")
    ] = ALL,
    switches: Annotated[
        int, typer.Option(min=20, help="Timed switches of client.")
    ] = 200,
    sessions: Annotated[int, typer.Option(min=1, help="Sessions at once.")] = 50,
    think_seconds: Annotated[
        float, typer.Option(help="Longest time between two switches of a session.")
    ] = 20.0,
    memory_switches: Annotated[
        int, typer.Option(min=1, help="Switches over which memory is watched.")
    ] = 1000,
    peers: Annotated[
        bool, typer.Option(help="Measure explainerdashboard and Shapash too.")
    ] = True,
) -> None:
    """Look at clients on the dashboard, as many advisors do, at full size."""
    from benchmarks.dashboard.measure import Effort, measure_dashboard

    with one_line_errors():
        effort = Effort(switches, sessions, think_seconds, memory_switches, peers)
        measure_dashboard(model_dir, clients, effort, _say)


def _say(line: str) -> None:
    # At once, wherever it goes: some lines are many minutes apart.
    print(line, flush=True)


if __name__ == "__main__":
    app(prog_name="python -m benchmarks")
