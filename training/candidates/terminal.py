"""The candidates' table on the terminal, one line each."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

_NOTHING = "\N{EN DASH}"
_WIDTH = 110
_COLUMNS = {
    "auc": ("AUC", 3),
    "average_precision": ("AP", 3),
    "ks": ("KS", 3),
    "brier": ("Brier", 4),
    "log_loss": ("log loss", 4),
    "cost_per_client": ("cost", 3),
    "expected_calibration_error": ("ECE", 3),
    "calibration_slope": ("slope", 2),
}


def print_table(document: Mapping[str, Any], console: Console) -> None:
    """Print every candidate after recalibration, and what its own odds would cost."""
    table = Table(box=None, padding=(0, 1, 0, 0), title="After recalibration")
    table.add_column("candidate", no_wrap=True)
    headings = [heading for heading, _ in _COLUMNS.values()]
    for heading in (*headings, "raw cost", "s/fit"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in document["candidates"]:
        figures = row["recalibrated"]
        table.add_row(
            row["name"],
            *(
                _value(figures[name], decimals)
                for name, (_, decimals) in _COLUMNS.items()
            ),
            _value(row["raw"]["cost_per_client"], 3),
            f"{row['fit_seconds']['median']:.1f}",
        )
    # Figures cut short would say nothing: where a line is too long, it is folded.
    wide = Console(file=console.file, width=max(console.width, _WIDTH))
    wide.print(table, highlight=False)


def _value(estimate: Mapping[str, float] | None, decimals: int) -> str:
    return _NOTHING if estimate is None else f"{estimate['value']:.{decimals}f}"
