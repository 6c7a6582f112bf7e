"""`python -m tools.board`: the backlog as a table, or onto a board."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from tools.board.azure_boards import AzureBoards
from tools.board.backlog import read_backlog, work_items
from tools.board.errors import BoardError
from tools.board.push import push as push_items
from tools.board.settings import read_settings
from tools.board.table import write_table

ROOT = Path(__file__).resolve().parents[2]

app = typer.Typer(
    help="The product backlog in azure/board/backlog.yaml.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
Source = Annotated[Path, typer.Option(help="The backlog.")]
BACKLOG = ROOT / "azure" / "board" / "backlog.yaml"


@app.command("csv")
def write_csv(
    backlog: Source = BACKLOG,
    out: Annotated[Path, typer.Option(help="Where the table goes.")] = ROOT
    / "build"
    / "backlog.csv",
) -> None:
    """Write the table that Azure Boards imports (Boards, Queries, Import)."""
    with _one_line_errors():
        items = work_items(read_backlog(backlog))
        out.parent.mkdir(parents=True, exist_ok=True)
        with out.open("w", encoding="utf-8-sig", newline="") as file:
            write_table(items, file)
        typer.echo(f"{out}: {len(items)} work items")


@app.command()
def push(
    backlog: Source = BACKLOG,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done, do nothing.")
    ] = False,
) -> None:
    """Bring the board up to the backlog: add what is absent, mend what differs."""
    with _one_line_errors():
        items = work_items(read_backlog(backlog))
        board = AzureBoards(read_settings())
        with contextlib.closing(board):
            outcome = push_items(board, items, typer.echo, dry=dry_run)
        typer.echo(
            f"{outcome.added} added, {outcome.changed} changed, "
            f"{outcome.unchanged} as they are"
            + (" (dry run: nothing was done)" if dry_run else "")
        )


@contextlib.contextmanager
def _one_line_errors() -> Iterator[None]:
    try:
        yield
    except BoardError as error:
        print(f"board: {error}", file=sys.stderr)
        raise typer.Exit(1) from error


if __name__ == "__main__":
    app(prog_name="python -m tools.board")
