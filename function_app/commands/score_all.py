"""``python -m function_app score-all``."""

import time
from contextlib import closing
from typing import Annotated

import typer

from function_app.commands.errors import one_line_errors


def score_all(
    force: Annotated[
        bool,
        typer.Option("--force", help="Also where model and features are the same."),
    ] = False,
) -> None:
    """Score every client with the champion, for the view of all of them.

    Replaces ops.client_score as a whole. This is no decision: none is logged. Does
    nothing where neither the model nor the features have changed.
    """
    from rich.console import Console
    from rich.progress import Progress

    from database import DatabaseError, connect
    from function_app.settings import DriftSettings, load
    from function_app.warehouse.portfolio_scores import score_portfolio
    from scoring import ScoringError, load_model

    console = Console()
    started = time.monotonic()
    with one_line_errors(ScoringError, DatabaseError):
        model = load_model(load(DriftSettings).model_dir)
        with (
            closing(connect("scorer", application_name="function_app scores")) as open_,
            Progress(
                console=console, transient=True, disable=not console.is_terminal
            ) as progress,
        ):
            task = progress.add_task("Scoring all clients", total=None)
            found = score_portfolio(
                open_,
                model,
                force=force,
                report=lambda done, total: progress.update(
                    task, completed=done, total=total
                ),
            )
    what = "scored" if found.is_new else "unchanged: scored before"
    console.print(
        f"{found.clients:,} clients {what} by {model.version} "
        f"({time.monotonic() - started:.1f} s); no decision was made or logged.",
        highlight=False,
        soft_wrap=True,
    )
