"""The commands of `python -m database`."""

import contextlib
import os
import shlex
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from database.backup.archiving import archive_status
from database.backup.commands import COMMANDS
from database.backup.report import status_lines
from database.backup.vault import Vault
from database.binaries import find_binaries
from database.bootstrap import bootstrap_external
from database.certificates import RENEWAL_MARGIN
from database.connection import (
    administrator_parameters,
    connection_parameters,
    is_embedded,
    libpq_environment,
    open_connection,
)
from database.errors import ConfigurationError, ConnectionFailedError, DatabaseError
from database.roles import LOGIN_ROLES
from database.security_commands import (
    make_certificate,
    renew_certificates,
    rotate,
    verify_log,
)
from database.server import EmbeddedServer, ServerStatus
from database.settings import (
    BACKUP_SECRETS,
    REPOSITORY,
    DatabaseSettings,
    read_settings,
)
from database.terminal import err as _err
from database.terminal import out as _out
from database.terminal import report as _report
from database.warehouse import HOST, Warehouse

EXIT_ERROR = 1
EXIT_NOT_RUNNING = 3
"""What `pg_ctl status` and service managers answer for a stopped server."""

app = typer.Typer(
    help="The embedded PostgreSQL, or the server that PGHOST names.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for name, command in COMMANDS.items():
    app.command(name)(command)
for command in (rotate, renew_certificates, make_certificate, verify_log):
    app.command()(command)

Role = Annotated[str, typer.Option(help=f"One of {', '.join(LOGIN_ROLES)}.")]


def main() -> None:
    """Run a command; a known error becomes one message and exit code 1.

    Ended by a timer or a service manager (SIGTERM), it clears up like at Ctrl-C: a
    drill leaves no second server, a backup no half of one.
    """
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    try:
        app()
    except DatabaseError as error:
        _err.print(f"[bold red]Error:[/] {escape(str(error))}")
        sys.exit(EXIT_ERROR)


@app.command()
def start() -> None:
    """Start the embedded server and make its roles and schemas."""
    settings = read_settings()
    if not is_embedded(settings):
        _print_external(settings)
        return
    server = EmbeddedServer(settings, _report)
    _print_status(server.start(), server.warehouse)


@app.command()
def stop() -> None:
    """Stop the embedded server and wait until it is gone."""
    settings = _embedded_settings("stop")
    _out.print(
        "Stopped"
        if EmbeddedServer(settings, _report).stop()
        else "Already stopped: no server runs in "
        f"{escape(str(Warehouse.at(settings.warehouse_dir).directory))}"
    )


@app.command()
def status() -> None:
    """Tell whether the server answers; exit code 3 when it does not."""
    settings = read_settings()
    if not is_embedded(settings):
        _print_external(settings)
        return
    server = EmbeddedServer(settings, _report)
    found = server.status()
    _print_status(found, server.warehouse)
    if not found.is_running:
        raise typer.Exit(EXIT_NOT_RUNNING)
    if found.version:
        _print_backups(settings, server.warehouse)


@app.command()
def env(role: Role = "transformer") -> None:
    """Print shell exports of the connection: eval "$(python -m database env)"."""
    settings = read_settings()
    if is_embedded(settings):
        _require_running(settings)
    exports = libpq_environment(connection_parameters(role))
    exports.pop("PGPASSWORD", None)
    if is_embedded(settings):
        # Each of these would lead libpq elsewhere, against the exports below.
        for name in {"PGPASSWORD", "PGHOSTADDR", "PGSERVICE"} & os.environ.keys():
            print(f"unset {name}")
    profiles = REPOSITORY / "dbt_project"
    if profiles.is_dir():
        # dbt looks for profiles.yml in the working folder, not in --project-dir.
        exports["DBT_PROFILES_DIR"] = str(profiles)
    for name, value in exports.items():
        print(f"export {name}={shlex.quote(value)}")


@app.command()
def bootstrap(
    passfile: Annotated[
        Path | None,
        typer.Option(help="Where an external server's new passwords are written."),
    ] = None,
) -> None:
    """Make roles, schemas and grants; on an external server as its administrator."""
    settings = read_settings()
    if is_embedded(settings):
        _require_running(settings)
        EmbeddedServer(settings, _report).start()
        return
    if passfile is None:
        raise ConfigurationError(
            f"PGHOST names {settings.pghost}: name a file with --passfile, where the "
            "passwords of new roles are written."
        )
    given = bootstrap_external(
        administrator_parameters(settings),
        settings.pgdatabase,
        passfile,
    )
    _report(f"Roles, schemas and grants are in {settings.pgdatabase}")
    if given:
        _report(f"New passwords in {passfile} for {', '.join(given)}")


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True}
)
def psql(context: typer.Context, role: Role = "auditor") -> None:
    """Open psql under a role; what follows goes to psql: psql -- -c 'select 1'."""
    _become("psql", role, context.args)


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True}
)
def pg_dump(context: typer.Context, role: Role = "auditor") -> None:
    """Write tables as SQL, unencrypted: pg-dump -- --table raw.bureau.

    The dashboard's users, whose hashes no auditor reads, are left out.
    """
    # pg_dump ends at the first table that its role may not read.
    _become("pg_dump", role, [*context.args, "--exclude-table=ops.dashboard_user"])


@app.command()
def remove(
    yes: Annotated[bool, typer.Option(help="Confirm that all data go.")] = False,
) -> None:
    """Stop the embedded server and delete it with all its data, not its backups."""
    settings = _embedded_settings("remove")
    server = EmbeddedServer(settings, _report)
    if not yes:
        raise ConfigurationError(
            f"This deletes {server.warehouse.directory} with all data and passwords "
            "in it; backups lie elsewhere and stay. Add --yes to confirm."
        )
    server.remove()
    _out.print(f"Removed {escape(str(server.warehouse.directory))}")


def _become(name: str, role: str, arguments: list[str]) -> None:
    """Go on as a program of PostgreSQL, connected under a role, without the keys."""
    program = find_binaries(read_settings().pg_bin).tool(name)
    environment = {**os.environ, **libpq_environment(connection_parameters(role))}
    for secret in BACKUP_SECRETS:
        environment.pop(secret, None)
    sys.stdout.flush()
    os.execve(program, [program.name, *arguments], environment)


def _embedded_settings(command: str) -> DatabaseSettings:
    settings = read_settings()
    if not is_embedded(settings):
        raise ConfigurationError(
            f"PGHOST names {settings.pghost}, which is no embedded server: {command} "
            "does not apply. Unset PGHOST to use the embedded server."
        )
    return settings


def _require_running(settings: DatabaseSettings) -> None:
    server = EmbeddedServer(settings, _report)
    if not server.status().is_running:
        raise ConfigurationError(
            f"The server in {server.warehouse.directory} is not running. "
            "Run `python -m database start` first."
        )


def _print_status(found: ServerStatus, warehouse: Warehouse) -> None:
    directory = escape(str(warehouse.directory))
    if not found.is_running:
        _out.print(f"[bold]Stopped[/]: no server runs in {directory}")
        return
    details = [f"process {found.pid}"]
    if found.size_bytes is not None:
        details.append(f"{found.size_bytes / 2**20:.0f} MiB")
    if found.certificate_end is not None:
        details.append(f"certificate until {found.certificate_end:%Y-%m-%d}")
    version = f"PostgreSQL {found.version}" if found.version else "PostgreSQL"
    _out.print(
        f"[bold green]Running[/]: {version} on {HOST}:{found.port} in {directory} "
        f"({', '.join(details)})"
    )
    for certificate, end in (
        ("The server's certificate", found.certificate_end),
        ("The authority", found.authority_end),
    ):
        if end is not None and end < datetime.now(UTC) + RENEWAL_MARGIN:
            _err.print(
                f"[bold yellow]Warning:[/] {certificate} ends on {end:%Y-%m-%d}. "
                "Run `python -m database renew-certificates`."
            )


def _print_backups(settings: DatabaseSettings, warehouse: Warehouse) -> None:
    vault = Vault.of(settings)
    archive = archive_status(warehouse, administrator_parameters(settings))
    said, wrong = status_lines(vault, vault.backups(), archive)
    for line in said:
        _out.print(escape(line))
    for line in wrong:
        _err.print(f"[bold red]Warning:[/] {escape(line)}")


def _print_external(settings: DatabaseSettings) -> None:
    """Say whether the server that PGHOST names answers; nothing is started here."""
    address = f"{settings.pghost}:{settings.pgport or 5432}"
    try:
        connection = open_connection(connection_parameters("auditor"))
    except ConnectionFailedError as error:
        _err.print(f"[bold red]Error:[/] {escape(str(error))}")
        raise typer.Exit(EXIT_NOT_RUNNING) from error
    with contextlib.closing(connection):
        version = connection.info.parameter_status("server_version")
        _out.print(
            f"[bold green]Answering[/]: PostgreSQL {version} at {escape(address)}, "
            "an external server named by PGHOST"
        )
