"""The training commands: ``python -m training run | search | list | compare | …``."""

import typer

from training.commands.audit import audit
from training.commands.candidates import candidates
from training.commands.drift import drift
from training.commands.export import export, export_mlflow
from training.commands.registry import compare, list_models, promote, rollback
from training.commands.run import run
from training.commands.search import search
from training.commands.variants import variants

app = typer.Typer(
    help="Train, compare, promote and export credit-scoring models.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command()(run)
app.command()(candidates)
app.command(name="list")(list_models)
app.command()(compare)
app.command()(promote)
app.command()(rollback)
app.command()(audit)
app.command()(drift)
app.command()(search)
app.command()(variants)
app.command()(export)
app.command()(export_mlflow)


if __name__ == "__main__":
    app()
