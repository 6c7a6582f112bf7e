"""``python -m function_app``: serve the scoring function on this machine."""

import sys
from typing import Annotated

import typer

from function_app.errors import FunctionAppError
from function_app.server import serve
from function_app.settings import load_settings
from scoring import ScoringError

DEFAULT_PORT = 7071

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.callback(invoke_without_command=True)
def main(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")
    ] = DEFAULT_PORT,
) -> None:
    """Serve the scoring function with uvicorn.

    Needs SCORING_API_KEY; MODEL_DIR names the model (default: models/champion). Ends
    with exit code 1 and one line when a setting, the model or the port is not fit.
    """
    try:
        serve(load_settings(), host, port)
    except (FunctionAppError, ScoringError) as error:
        print(f"function_app: {error}", file=sys.stderr)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


if __name__ == "__main__":
    app()
