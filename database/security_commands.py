"""`python -m database rotate`, those of certificates, and `verify-log`."""

import contextlib
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from psycopg2 import extensions
from rich.markup import escape
from rich.progress import MofNCompleteColumn, Progress, TextColumn

from database.connection import (
    administrator_parameters,
    connect,
    is_embedded,
)
from database.decision_chain import ChainReport, verify
from database.decision_chain_faults import DECISIONS, REVIEWS, ChainedLog
from database.errors import ConfigurationError
from database.feature_lists import ListReport, verify_lists
from database.roles import ADMINISTRATOR, LOGIN_ROLES
from database.rotation import OpenSessions, chosen_roles
from database.rotation import rotate as rotate_passwords
from database.server import EmbeddedServer
from database.settings import DatabaseSettings, read_settings
from database.site_certificate import ensure_site_certificate
from database.terminal import err, out, report

EXIT_BROKEN = 1

_HASH = re.compile(r"[0-9a-f]{64}")


def rotate(
    roles: Annotated[
        list[str] | None,
        typer.Argument(help="Roles of the house; all of them by default."),
    ] = None,
    passfile: Annotated[
        Path | None,
        typer.Option(help="An external server's passfile; PGPASSFILE by default."),
    ] = None,
) -> None:
    """Give roles new passwords, kept in the passfile; sessions that are open stay."""
    settings = read_settings()
    wanted = roles or []
    if is_embedded(settings):
        chosen = chosen_roles(wanted, (ADMINISTRATOR, *LOGIN_ROLES))
        server = EmbeddedServer(settings, report)
        sessions = server.rotate(chosen)
        changed = server.warehouse.passfile
    else:
        chosen = chosen_roles(wanted, LOGIN_ROLES)
        changed = passfile or _passfile_of(settings)
        parameters = administrator_parameters(settings)
        host = parameters.get("host", "localhost")
        sessions = rotate_passwords(parameters, chosen, changed, [host])
    report(f"New passwords in {changed} for {', '.join(chosen)}")
    _print_sessions(sessions)


def renew_certificates(
    authority: Annotated[
        bool,
        typer.Option(
            "--authority", help="A new authority as well; the old one stays trusted."
        ),
    ] = False,
) -> None:
    """Give the embedded server a new certificate; sessions that are open stay."""
    settings = read_settings()
    if not is_embedded(settings):
        raise ConfigurationError(
            f"PGHOST names {settings.pghost}, which is no embedded server: its "
            "certificates are renewed there. Unset PGHOST to use the embedded server."
        )
    server = EmbeddedServer(settings, report)
    has_new_authority = server.renew_certificates(with_authority=authority)
    found = server.status()
    if has_new_authority:
        report(
            f"{server.warehouse.root_certificate} holds the new authority and the one "
            "before; give it to whoever has a copy"
        )
    report(f"The server's certificate holds until {found.certificate_end:%Y-%m-%d}")


def make_certificate(
    names: Annotated[
        list[str], typer.Argument(help="Names and addresses of the server.")
    ],
    out: Annotated[Path, typer.Option(help="The folder that it goes into.")],
) -> None:
    """Make a certificate for another server of the house, or keep one that holds."""
    try:
        is_new = ensure_site_certificate(out, names)
    except (ValueError, OSError) as error:
        raise ConfigurationError(f"No certificate was made: {error}.") from error
    report(
        f"{'New' if is_new else 'Kept'}: {out / 'server.crt'} for {', '.join(names)}; "
        f"who trusts {out / 'root.crt'} trusts it"
    )


def verify_log(
    expect: Annotated[
        str | None,
        typer.Option(help="A head noted earlier: one decision must still have it."),
    ] = None,
    expect_review: Annotated[
        str | None,
        typer.Option(help="A head noted earlier: one review must still have it."),
    ] = None,
) -> None:
    """Check the chains of decisions and reviews, and the names of decisions' inputs.

    Exit code 1 where one is broken.
    """
    expected = {
        DECISIONS: _checked_head("--expect", expect),
        REVIEWS: _checked_head("--expect-review", expect_review),
    }
    connection = connect("auditor", application_name="verify-log")
    with contextlib.closing(connection), _progress() as progress:
        results = {
            log: _verified(connection, log, head, progress)
            for log, head in expected.items()
        }
        names = verify_lists(connection)
    for log, result in results.items():
        _print_result(log, result)
    _print_names(names)
    if names.fault or any(result.fault for result in results.values()):
        raise typer.Exit(EXIT_BROKEN)


def _checked_head(option: str, head: str | None) -> str | None:
    if head is None:
        return None
    if not _HASH.fullmatch(head.strip().lower()):
        raise ConfigurationError(
            f"{option} takes the head that an earlier check has printed: 64 "
            "hexadecimal digits."
        )
    return head.strip().lower()


def _verified(
    connection: extensions.connection,
    log: ChainedLog,
    head: str | None,
    progress: Progress,
) -> ChainReport:
    task = progress.add_task(f"Checking {log.entry}s", total=None)
    return verify(
        connection,
        head,
        lambda done, total: progress.update(task, completed=done, total=total),
        log,
    )


def _passfile_of(settings: DatabaseSettings) -> Path:
    if settings.pgpassfile is None:
        raise ConfigurationError(
            f"PGHOST names {settings.pghost}: name the file that holds the passwords "
            "with --passfile or PGPASSFILE."
        )
    return settings.pgpassfile


def _print_sessions(sessions: Sequence[OpenSessions]) -> None:
    """Say what goes on under the old passwords until it is restarted."""
    if not sessions:
        report("No session is open under an old password")
    for session in sessions:
        plural = "s" if session.count > 1 else ""
        report(
            f"Still open under the old password of {session.role}: {session.count} "
            f"session{plural} of {session.program or 'an unnamed program'}. "
            "Restart it to end them"
        )
    report(
        "New connections read the passfile. A program with a copy of it, or with "
        "PGPASSWORD, needs the new one and a restart"
    )


def _print_result(log: ChainedLog, result: ChainReport) -> None:
    fault = result.fault
    if fault is not None:
        entry = f" ({log.entry} {fault.entry_id})" if fault.entry_id else ""
        err.print(
            f"[bold red]Broken:[/] {escape(fault.kind)}: {escape(fault.explanation)}"
            f"{entry}. The {result.end.length} {log.entry}s before it fit; the last of "
            f"them has the hash {result.end.head}"
        )
        return
    if result.expected_at is not None:
        report(f"The head noted earlier is that of {log.entry} {result.expected_at}")
    out.print(
        f"[bold green]Sound:[/] {result.end.length} {log.entry}s, head "
        f"{result.end.head}"
    )


def _print_names(result: ListReport) -> None:
    if result.fault is not None:
        err.print(f"[bold red]Broken:[/] {escape(result.fault)}")
        return
    out.print(
        f"[bold green]Sound:[/] the inputs of {result.decisions} decisions have the "
        "names that they were logged with"
    )


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        MofNCompleteColumn(),
        console=err,
        transient=True,
        disable=not sys.stderr.isatty(),
    )
