"""`python -m demo.serve`: both servers on one machine, the dashboard over TLS.

The scoring function stays on loopback: its callers on other machines come through a
server of their own.
"""

from __future__ import annotations

import ipaddress
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from demo.errors import DemoError
from demo.machine import (
    ROOT,
    api_key,
    database_is_running,
    end_database,
    warehouse_directory,
)
from demo.servers import Servers, refuse_taken_port, servers_of
from demo.steps import Steps, python_module, run

LOOPBACK = ("localhost", "127.0.0.1")


@dataclass(frozen=True)
class Site:
    """Where desks reach the dashboard.

    Attributes
    ----------
    address
        What it listens on.
    names
        What desks call it, the first of which is shown.
    """

    address: str
    port: int
    names: list[str]

    @property
    def url(self) -> str:
        """The address to be given to the desks."""
        name = self.names[0]
        host = f"[{name}]" if ":" in name else name
        return f"https://{host}:{self.port}/bokeh_app"

    @property
    def own_url(self) -> str:
        """Where this machine itself reaches it."""
        everywhere = ipaddress.ip_address(self.address).is_unspecified
        host = "127.0.0.1" if everywhere else self.address
        return f"https://{host}:{self.port}/bokeh_app"

    @property
    def origins(self) -> list[str]:
        """What pages may come from."""
        return [f"{name}:{self.port}" for name in self.names]


@dataclass(frozen=True)
class Certificate:
    """Files in PEM form, and the authority where this house made it."""

    certificate: Path
    key: Path
    authority: Path | None = None


def site(address: str, port: int, names: list[str]) -> Site:
    """Say where desks reach the dashboard.

    Raises
    ------
    DemoError
        If the address is none, or other machines reach it and no name is given.
    """
    try:
        listening = ipaddress.ip_address(address)
    except ValueError:
        raise DemoError(
            f"--address {address} is no address of a machine; what desks call it goes "
            "into --name."
        ) from None
    if names:
        return Site(address, port, names)
    if listening.is_unspecified:
        raise DemoError(
            f"--address {address} is reached by other machines: say with --name what "
            "they call this one, once for each name or address."
        )
    return Site(address, port, list(LOOPBACK) if listening.is_loopback else [address])


def certificate(given: Path | None, key: Path | None, names: list[str]) -> Certificate:
    """Take the files that were given, or make a certificate under a house authority.

    Raises
    ------
    DemoError
        If one file is given without the other, is not there, or none can be made.
    """
    if (given is None) != (key is None):
        raise DemoError("--certificate and --key go together.")
    if given is not None and key is not None:
        for file in (given, key):
            if not file.is_file():
                raise DemoError(f"{file} does not exist; name a file in PEM form.")
        return Certificate(given, key)
    folder = warehouse_directory() / "site"
    command = ["make-certificate", *names, "--out", str(folder)]
    run(python_module("database", *command))
    return Certificate(
        folder / "server.crt", folder / "server.key", folder / "root.crt"
    )


def start(
    steps: Steps, servers: Servers, here: Site, tls: Certificate, api: str, workers: int
) -> None:
    """Start the function on loopback, then the dashboard for the desks."""
    with steps.step("Starting the scoring function"):
        port = api.rsplit(":", 1)[1]
        options = ["--host", "127.0.0.1", "--port", port, "--workers", str(workers)]
        command = python_module("function_app", *options)
        servers.start("scoring function", command, f"{api}/api/v1/health/ready")
    with steps.step("Starting the dashboard"):
        options = ["--address", here.address, "--port", str(here.port)]
        options += ["--ssl-certfile", str(tls.certificate)]
        options += ["--ssl-keyfile", str(tls.key)]
        for origin in here.origins:
            options += ["--allow-websocket-origin", origin]
        command = python_module("bokeh_app", *options)
        servers.start("dashboard", command, here.own_url)


def main(
    address: Annotated[
        str, typer.Option(help="What the dashboard listens on; 0.0.0.0 for all.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 5006,
    name: Annotated[
        list[str] | None,
        typer.Option(help="What desks call this machine; repeat for several."),
    ] = None,
    certificate_file: Annotated[
        Path | None,
        typer.Option("--certificate", help="In PEM form; else one is made."),
    ] = None,
    key_file: Annotated[
        Path | None, typer.Option("--key", help="The certificate's key.")
    ] = None,
    models_dir: Annotated[
        Path, typer.Option(help="Folder of the trained models.")
    ] = ROOT / "models",
    api_port: Annotated[
        int, typer.Option(min=1, max=65535, help="Scoring function, on loopback.")
    ] = 7071,
    workers: Annotated[
        int, typer.Option(min=1, max=64, help="Processes of the scoring function.")
    ] = 1,
) -> None:
    """Serve the platform for the desks of one house until Ctrl-C or SIGTERM."""
    console = Console()
    # A service manager's stop ends what was started, at whatever point it comes.
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    was_running = database_is_running()
    try:
        here = site(address, port, name or [])
        if not (models_dir / "champion" / "manifest.json").is_file():
            raise DemoError(
                f"There is no model in {models_dir / 'champion'}: make demo SERVE=0, "
                "or python -m training run, makes one."
            )
        refuse_taken_port(api_port, "the scoring function", "--api-port")
        refuse_taken_port(port, "the dashboard", "--port", address)
        steps = Steps(console, 4)
        with steps.step("Starting PostgreSQL"):
            run(python_module("database", "start"))
        with steps.step("Looking after the certificate"):
            tls = certificate(certificate_file, key_file, here.names)
        _serve(steps, here, tls, api_port, workers, models_dir)
    except DemoError as error:
        print(f"serve: {error}", file=sys.stderr)
        raise typer.Exit(1) from error
    except KeyboardInterrupt as error:
        raise typer.Exit(130) from error
    finally:
        end_database(console, keep=was_running)


def _serve(
    steps: Steps,
    here: Site,
    tls: Certificate,
    api_port: int,
    workers: int,
    models_dir: Path,
) -> None:
    api = f"http://127.0.0.1:{api_port}"
    key = os.environ.get("SCORING_API_KEY") or api_key(warehouse_directory())[0]
    with servers_of(steps.console, models_dir, api, key) as servers:
        start(steps, servers, here, tls, api, workers)
        trusted = f"\nDesks trust it by {tls.authority}" if tls.authority else ""
        steps.console.print(
            f"\nDashboard         {here.url}{trusted}\n"
            "Who may sign in   python -m bokeh_app users\n"
            "\nCtrl-C or SIGTERM stops all that this run started.",
            highlight=False,
            soft_wrap=True,
        )
        servers.wait()


if __name__ == "__main__":
    typer.run(main)
