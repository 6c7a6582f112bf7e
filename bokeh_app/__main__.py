"""`python -m bokeh_app`: serve the dashboard; `users`: who may sign in."""

from __future__ import annotations

import errno
import logging
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bokeh_app.access.commands import app as users
from bokeh_app.errors import SettingsError

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
app.add_typer(users, name="users")


@app.callback(invoke_without_command=True)
def serve(
    context: typer.Context,
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
    ssl_certfile: Annotated[
        Path | None, typer.Option(help="Certificate in PEM form, its chain after it.")
    ] = None,
    ssl_keyfile: Annotated[
        Path | None, typer.Option(help="The certificate's private key.")
    ] = None,
    use_xheaders: Annotated[
        bool,
        typer.Option(
            "--use-xheaders",
            help="Believe X-Real-Ip and X-Scheme: behind a proxy that sets them.",
        ),
    ] = False,
) -> None:
    """Serve the advisor's dashboard until it is stopped."""
    if context.invoked_subcommand is not None:
        return
    # Bokeh takes a second to load, which keeping users need not wait for.
    from bokeh_app.web.serving import Listening, make_server

    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("bokeh_app").setLevel(logging.INFO)
    listening = Listening(
        address,
        port,
        allow_websocket_origin or [],
        ssl_certfile,
        ssl_keyfile,
        use_xheaders,
    )
    try:
        server = make_server(listening)
    except (SettingsError, OSError, ValueError) as error:
        Console(stderr=True).print(
            _plain(error, port, address), style="red", soft_wrap=True
        )
        raise typer.Exit(1) from None
    typer.echo(f"The dashboard answers at {listening.url}")
    server.run_until_shutdown()


def _plain(error: Exception, port: int, address: str) -> str:
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} of {address} is in use: stop what listens there, or choose "
            "another with --port."
        )
    if isinstance(error, OSError):
        return f"Cannot listen on {address}:{port}: {error.strerror or error}."
    return str(error)


if __name__ == "__main__":
    app(prog_name="python -m bokeh_app")
