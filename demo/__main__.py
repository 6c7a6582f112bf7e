"""`python -m demo`: database, data, marts, model, scoring function, dashboard."""

from __future__ import annotations

import sys
import time
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
from demo.people import PEOPLE, demo_people
from demo.preparation import Wanted, prepare, score_everybody
from demo.servers import refuse_taken_port, servers_of
from demo.steps import Steps, python_module

EXAMPLE_CLIENT = 100002


def serve(steps: Steps, models: Path, api_port: int, dashboard_port: int) -> None:
    """Start both servers, say where they are, and stay until asked to stop."""
    key, key_path = api_key(warehouse_directory())
    people = demo_people(warehouse_directory())
    api = f"http://127.0.0.1:{api_port}"
    dashboard = f"http://127.0.0.1:{dashboard_port}/bokeh_app"
    with servers_of(steps.console, models, api, key) as servers:
        with steps.step("Starting the scoring function"):
            command = python_module("function_app", "--port", str(api_port))
            servers.start("scoring function", command, f"{api}/api/v1/health/ready")
        with steps.step("Starting the dashboard"):
            command = python_module("bokeh_app", "--port", str(dashboard_port))
            servers.start("dashboard", command, dashboard)
        steps.console.print(
            f"\nDashboard        {dashboard}?client={EXAMPLE_CLIENT}&lang=fr\n"
            f"Sign in          as {' or '.join(login for login, *_ in PEOPLE)}, "
            f"passwords in {people}\n"
            f"Scoring function {api}/api/v1/clients/{EXAMPLE_CLIENT}/score\n"
            f"API description  {api}/api/docs\n"
            f"API key          in {key_path} (header x-functions-key)\n"
            "\nCtrl-C stops all that this run started.",
            highlight=False,
            soft_wrap=True,
        )
        servers.wait()


def main(
    data: Annotated[
        Path | None,
        typer.Option(help="Competition zip or folder of CSV; else a sample is made."),
    ] = None,
    clients: Annotated[
        int, typer.Option(help="Clients in the generated sample.", min=500)
    ] = 5000,
    with_servers: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Serve, or stop before.")
    ] = True,
    models_dir: Annotated[
        Path, typer.Option(help="Folder of the trained models.")
    ] = ROOT / "models",
    missing_only: Annotated[
        bool,
        typer.Option(
            "--missing-only",
            help="Keep rows, tables and champion that are there, of whatever data.",
        ),
    ] = False,
    api_port: Annotated[int, typer.Option(help="Scoring function's port.")] = 7071,
    dashboard_port: Annotated[int, typer.Option(help="Dashboard's port.")] = 5006,
) -> None:
    """Go from nothing to a client's explained decision on the screen."""
    console = Console()
    started = time.monotonic()
    was_running = database_is_running()
    try:
        if data is not None and not data.exists():
            raise DemoError(
                f"{data} does not exist; name the zip or the folder of CSV."
            )
        if with_servers:
            refuse_taken_port(api_port, "the scoring function", "--api-port")
            refuse_taken_port(dashboard_port, "the dashboard", "--dashboard-port")
        wanted = Wanted(data, clients, models_dir, missing_only)
        steps = Steps(console, wanted.steps + (not missing_only) + 2 * with_servers)
        prepare(steps, wanted)
        if not missing_only:
            score_everybody(steps, models_dir)
            # Each server alone takes these too, so they are made in any case.
            demo_people(warehouse_directory())
            api_key(warehouse_directory())
        console.print(
            f"Ready after {time.monotonic() - started:.0f} s.", highlight=False
        )
        if with_servers:
            serve(steps, models_dir, api_port, dashboard_port)
    except DemoError as error:
        print(f"demo: {error}", file=sys.stderr)
        raise typer.Exit(1) from error
    except KeyboardInterrupt as error:
        print("demo: stopped; what was done is kept.", file=sys.stderr)
        raise typer.Exit(130) from error
    finally:
        end_database(console, keep=was_running or not with_servers)


if __name__ == "__main__":
    typer.run(main)
