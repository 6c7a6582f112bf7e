"""`python -m benchmarks`: print the ratios, measured on this machine in one run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from benchmarks.loading import compare_loading
from benchmarks.scoring import CALLS, compare_scoring


def main(
    source: Annotated[Path, typer.Argument(help="Folder of the eight CSV files.")],
    model_dir: Annotated[Path, typer.Option(help="Folder of the artefact.")] = Path(
        "models/champion"
    ),
    pairs: Annotated[int, typer.Option(help="Measured runs of each way.")] = 5,
) -> None:
    """Compare loading with a bare COPY, and scoring with LightGBM alone."""
    loading = compare_loading(source, pairs)
    print(f"load, against bare COPY: {loading.describe('s', 1)}")
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


if __name__ == "__main__":
    typer.run(main)
