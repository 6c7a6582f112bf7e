"""The folders that the commands share."""

from pathlib import Path
from typing import Annotated

import typer

ModelsDir = Annotated[Path, typer.Option(help="Folder of the trained models.")]
RunsDir = Annotated[
    Path, typer.Option(help="Folder of the runs; clients' rows in it stay here.")
]

MODELS = Path("models")
RUNS = Path("runs")
