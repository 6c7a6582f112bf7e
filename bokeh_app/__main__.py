"""`python -m bokeh_app`: serve the dashboard."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Annotated

import typer
from bokeh.command.util import build_single_handler_application
from bokeh.server.server import Server
from bokeh.util.token import generate_secret_key
from rich.console import Console

from bokeh_app.errors import SettingsError
from bokeh_app.headers import PageHeaders
from bokeh_app.settings import read_settings

ROUTE = "/bokeh_app"

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def serve(
    port: Annotated[
        int, typer.Option(min=1, max=65535, help="Port to listen on.")
    ] = 5006,
    address: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    allow_websocket_origin: Annotated[
        list[str] | None,
        typer.Option(
            help="Host and port that pages may come from; repeat for several. "
            "By default the address itself, and localhost."
        ),
    ] = None,
) -> None:
    """Serve the advisor's dashboard until it is stopped."""
    try:
        read_settings()
        server = _server(port, address, allow_websocket_origin)
    except (SettingsError, OSError, ValueError) as error:
        Console(stderr=True).print(
            _plain(error, port, address), style="red", soft_wrap=True
        )
        raise typer.Exit(1) from None
    typer.echo(f"The dashboard answers at http://{address}:{port}{ROUTE}")
    server.run_until_shutdown()


def _server(port: int, address: str, origins: list[str] | None) -> Server:
    application = build_single_handler_application(str(Path(__file__).parent))
    return Server(
        {ROUTE: application},
        port=port,
        address=address,
        allow_websocket_origin=origins
        or sorted({f"{address}:{port}", f"localhost:{port}"}),
        # Nobody can send an advisor a link to a session that they can watch.
        sign_sessions=True,
        secret_key=generate_secret_key().encode(),
        transforms=[PageHeaders],
    )


def _plain(error: Exception, port: int, address: str) -> str:
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} of {address} is in use: stop what listens there, or choose "
            "another with --port."
        )
    if isinstance(error, OSError):
        return f"Cannot listen on {address}:{port}: {error.strerror}."
    return str(error)


if __name__ == "__main__":
    app(prog_name="python -m bokeh_app")
