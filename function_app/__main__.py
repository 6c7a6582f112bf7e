"""``python -m function_app``: serve the scoring function on this machine."""

from typing import Annotated

import typer

from function_app.commands.drift import drift
from function_app.commands.errors import one_line_errors
from function_app.commands.score import score
from function_app.commands.score_all import score_all

DEFAULT_PORT = 7071

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
app.command()(score)
app.command()(score_all)
app.command()(drift)


@app.callback(invoke_without_command=True)
def main(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")
    ] = DEFAULT_PORT,
    workers: Annotated[
        int, typer.Option(min=1, max=64, help="Processes that answer.")
    ] = 1,
) -> None:
    """Serve the scoring function with uvicorn, unless a command is named.

    Needs SCORING_API_KEY; MODEL_DIR names the model (default: models/champion). Ends
    with exit code 1 and one line when a setting, the model or the port is not fit.
    """
    if context.invoked_subcommand is not None:
        return
    from function_app.serving.server import serve
    from function_app.settings import load_settings
    from scoring import ScoringError

    with one_line_errors(ScoringError):
        try:
            serve(load_settings(), host, port, workers=workers)
        except KeyboardInterrupt:
            raise typer.Exit(0) from None


if __name__ == "__main__":
    app()
