"""`python -m demo`: database, data, marts, model, scoring function, dashboard."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from database import connect
from demo.errors import DemoError
from demo.machine import (
    ROOT,
    api_key,
    database_is_running,
    end_database,
    warehouse_directory,
)
from demo.people import PEOPLE, demo_people
from demo.servers import Servers, refuse_taken_port
from demo.steps import Steps, python_module, run, run_dbt
from demo.unchanged import build_fingerprint

DBT_PROJECT = ROOT / "dbt_project"
EXAMPLE_CLIENT = 100002


def build_marts(console: Console, warehouse: Path) -> None:
    """Run `dbt build` unless the files and the project are those of the last one."""
    record = warehouse / "last-dbt-build"
    connection = connect("transformer")
    try:
        before = build_fingerprint(DBT_PROJECT, connection)
        if before and record.exists() and record.read_text() == before:
            console.print("unchanged: same files, same dbt project", highlight=False)
            return
        record.unlink(missing_ok=True)
        log = warehouse / "log" / "dbt-build.log"
        connection.rollback()
        run_dbt(console, DBT_PROJECT, log)
        record.write_text(build_fingerprint(DBT_PROJECT, connection) or "")
    finally:
        connection.close()


def prepare(steps: Steps, data: Path | None, clients: int, models: Path) -> None:
    """Go from nothing to a trained model; reuse whatever is unchanged."""
    with steps.step("Starting PostgreSQL"):
        run(python_module("database", "start"))
    source = data or ROOT / "build" / f"sample-{clients}"
    if data is None:
        with steps.step(f"Generating a sample of {clients:,} clients"):
            options = ["--clients", str(clients), "--seed", "42", "--out", str(source)]
            run(python_module("ingestion", "sample", *options))
    with steps.step("Loading the CSV files"):
        run(python_module("ingestion", "load", str(source)))
    with steps.step("Building marts and features with dbt"):
        build_marts(steps.console, warehouse_directory())
    with steps.step("Training the model"):
        # One cross-validation in place of three: a demonstration is to be quick.
        options = ["--if-changed", "--seeds", "0", "--models-dir", str(models)]
        options += ["--runs-dir", str(models.with_name("runs"))]
        run(python_module("training", "run", *options))
    with steps.step("Scoring all clients"):
        run(
            python_module("function_app", "score-all"),
            MODEL_DIR=str(models / "champion"),
        )
    # Each server alone takes these too, so they are made whether or not it serves.
    demo_people(warehouse_directory())
    api_key(warehouse_directory())


def serve(steps: Steps, models: Path, api_port: int, dashboard_port: int) -> None:
    """Start both servers, say where they are, and stay until asked to stop."""
    key, key_path = api_key(warehouse_directory())
    people = demo_people(warehouse_directory())
    api = f"http://127.0.0.1:{api_port}"
    dashboard = f"http://127.0.0.1:{dashboard_port}/bokeh_app"
    settings = {
        "MODEL_DIR": str(models / "champion"),
        "SCORING_API_KEY": key,
        "SCORING_URL": api,
    }
    servers = Servers({**os.environ, **settings})
    try:
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
    finally:
        steps.console.print("Stopping the servers …", highlight=False)
        servers.stop()


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
        total = 5 + (data is None) + 2 * with_servers
        steps = Steps(console, total)
        prepare(steps, data, clients, models_dir)
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
