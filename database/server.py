"""The embedded PostgreSQL: start, stop, look."""

import contextlib
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from psycopg2 import extensions

from database import logs, ports
from database.account import Account, server_account
from database.binaries import Binaries, find_binaries, reachable_binaries
from database.bootstrap import bootstrap, close_other_databases
from database.certificates import (
    end_of_validity,
    ensure_certificates,
    renew_certificates,
)
from database.configuration import write_configuration
from database.connection import (
    WRONG_PASSWORD,
    embedded_parameters,
    open_connection,
    settle_passwords,
)
from database.errors import ConnectionFailedError, ServerError
from database.files import write_file
from database.initialisation import (
    OWN_ENVIRONMENT,
    check_version,
    initialise,
    reset_administrator,
)
from database.lock import locked
from database.passfile import new_password, read_passwords, write_passwords
from database.place import make_server_directories, make_warehouse_directory
from database.process import (
    READY,
    PidFile,
    end_orphans,
    exists,
    find_server,
    is_server,
    read_pid_file,
)
from database.roles import (
    ADMINISTRATOR,
    DEFAULT_DATABASE,
    LOGIN_ROLES,
    MAINTENANCE_DATABASE,
)
from database.rotation import OpenSessions, rotate
from database.settings import DatabaseSettings
from database.warehouse import HOST, LOOPBACK_NAMES, Warehouse

START_TIMEOUT_SECONDS = 300
"""Long enough to replay a few gigabytes of WAL after a crash."""

STOP_TIMEOUT_SECONDS = 120
_PORT_ATTEMPTS = 5
"""A free port may be taken between the look and the start."""

_POLL_SECONDS = 0.05


@dataclass(frozen=True)
class ServerStatus:
    """What is known of the embedded server.

    Parameters
    ----------
    is_running
        Whether the server of this warehouse runs.
    pid, port
        Its process and port; the port is the kept one when it is stopped.
    version
        PostgreSQL's version, None when stopped or not yet answering.
    size_bytes
        Size of all its databases, None likewise.
    certificate_end
        When the server's certificate ends, None before the first start.
    authority_end
        When the authority that issued it ends, None likewise.
    """

    is_running: bool
    pid: int | None
    port: int | None
    version: str | None
    size_bytes: int | None
    certificate_end: datetime | None
    authority_end: datetime | None


class EmbeddedServer:
    """The PostgreSQL server of one warehouse folder.

    Parameters
    ----------
    settings
        Where the warehouse is and how it is to run.
    report
        Called with a short line at each step.
    """

    def __init__(
        self, settings: DatabaseSettings, report: Callable[[str], None] = print
    ) -> None:
        self._settings = settings
        self._report = report
        self.warehouse = Warehouse.at(settings.warehouse_dir)

    def start(self) -> ServerStatus:
        """Start the server if it does not run, and bring its roles and schemas up.

        Raises
        ------
        DatabaseError
            Saying what failed, with the end of the server's log where it helps.
        """
        with self._clear_errors():
            make_warehouse_directory(self.warehouse)
            with locked(self.warehouse.lock, self._report):
                running = find_server(self.warehouse.data)
                if running:
                    self._refresh(running)
                else:
                    self._launch()
                self._report("Roles, schemas and grants")
                self._bootstrap()
            return self.status()

    def stop(self) -> bool:
        """Stop the server, ending its sessions, and wait until it is gone.

        Returns
        -------
        bool
            False when it did not run.
        """
        if not self.warehouse.directory.is_dir():
            return False
        with self._clear_errors(), locked(self.warehouse.lock, self._report):
            running = find_server(self.warehouse.data)
            if running is None:
                return False
            self._report(
                f"Stopping PostgreSQL (process {running.pid}) "
                f"in {self.warehouse.directory}"
            )
            self._end(running)
            return True

    def remove(self) -> None:
        """Stop the server and delete all it has: data, passwords, certificates.

        Raises
        ------
        ServerError
            When the folder is no warehouse: a wrong ``WAREHOUSE_DIR`` must not delete
            what others keep there. Also when backups of the first release lie in it.
        """
        self._refuse_other_folder()
        self._refuse_backups_inside()
        self.stop()
        with self._clear_errors():
            for path in (self.warehouse.server.resolve(), self.warehouse.directory):
                if path.is_dir():
                    shutil.rmtree(path)

    def renew_certificates(self, *, with_authority: bool) -> bool:
        """Make new certificates; a running server takes them without ending sessions.

        Returns
        -------
        bool
            True when the authority is new as well.

        Raises
        ------
        ServerError
            When the server was never started.
        """
        if not self.warehouse.data.exists():
            raise ServerError(
                f"No server was ever started in {self.warehouse.directory}. "
                "Run `python -m database start`."
            )
        with self._clear_errors(), locked(self.warehouse.lock, self._report):
            account = server_account(self._settings.warehouse_user, self.warehouse.data)
            is_new = renew_certificates(
                self.warehouse, account, with_authority=with_authority
            )
            running = find_server(self.warehouse.data)
            if running:
                os.kill(running.pid, signal.SIGHUP)
            return is_new

    def rotate(self, roles: Iterable[str]) -> list[OpenSessions]:
        """Give roles new passwords; see `database.rotation.rotate`."""
        with self._clear_errors(), locked(self.warehouse.lock, self._report):
            return rotate(
                embedded_parameters(self._settings, ADMINISTRATOR, DEFAULT_DATABASE),
                roles,
                self.warehouse.passfile,
                LOOPBACK_NAMES,
            )

    def status(self) -> ServerStatus:
        """Look at the server without changing anything."""
        with self._clear_errors():
            running = find_server(self.warehouse.data)
            version, size = self._ask() if running else (None, None)
            return ServerStatus(
                is_running=running is not None,
                pid=running.pid if running else None,
                port=running.port if running else self.warehouse.port(),
                version=version,
                size_bytes=size,
                certificate_end=_end(self.warehouse.tls / "server.crt"),
                authority_end=_end(self.warehouse.root_certificate),
            )

    def _refuse_other_folder(self) -> None:
        directory = self.warehouse.directory
        with self._clear_errors():
            found = {path.name for path in directory.glob("*")}
        own = {self.warehouse.server.name, self.warehouse.passfile.name}
        locks = {self.warehouse.lock.name, self.warehouse.copying.name}
        if found - locks and not found & own:
            raise ServerError(
                f"{directory} is no warehouse, so nothing was removed. Does "
                "WAREHOUSE_DIR name the right folder?"
            )

    def _refuse_backups_inside(self) -> None:
        inside = self.warehouse.backups_of_first_release
        if inside.exists():
            raise ServerError(
                f"{inside} holds backups of the first release, so nothing was removed. "
                "Move that folder elsewhere first, or delete it yourself."
            )

    def _launch(self) -> None:
        account = server_account(self._settings.warehouse_user, self.warehouse.data)
        binaries = reachable_binaries(find_binaries(self._settings.pg_bin), account)
        make_server_directories(self.warehouse, account, self._report)
        has_data = self.warehouse.data.exists()
        knows_administrator = ADMINISTRATOR in read_passwords(self.warehouse.passfile)
        password = self._passwords([ADMINISTRATOR])[ADMINISTRATOR]
        if not has_data:
            self._report(
                f"Initialising PostgreSQL {binaries.version}, run by {account.name}"
            )
            initialise(self.warehouse, binaries, account, password, self._report)
        check_version(self.warehouse, binaries)
        if ensure_certificates(self.warehouse, account):
            self._report("Certificates made")
        self._clear_up()
        if has_data and not knows_administrator:
            self._report("The administrator's password was lost: making a new one")
            write_configuration(self.warehouse, self._choose_port(), account)
            reset_administrator(self.warehouse, binaries, account, password)
        self._start_process(binaries, account)

    def _clear_up(self) -> None:
        """Clear away what a server that was killed has left.

        PostgreSQL removes its pid file by itself, unless any living process has that
        number by now, or the file was cut short. That no server runs on these data has
        been checked under the lock.
        """
        ended = end_orphans(self.warehouse.data)
        if ended:
            self._report(f"Ended {ended} processes that a killed server had left")
        path = self.warehouse.data / "postmaster.pid"
        if path.exists():
            self._report("The server had not been stopped properly: recovering")
            left = read_pid_file(self.warehouse.data)
            if left is None or exists(left.pid):
                path.unlink()

    def _start_process(self, binaries: Binaries, account: Account) -> None:
        for attempt in range(1, _PORT_ATTEMPTS + 1):
            port = self._choose_port()
            write_configuration(self.warehouse, port, account)
            self._report(f"Starting PostgreSQL {binaries.version} on {HOST}:{port}")
            before = logs.mark(self.warehouse.log)
            result = account.run(
                [
                    binaries.tool("pg_ctl"),
                    "start",
                    "--silent",
                    "--wait",
                    f"--timeout={START_TIMEOUT_SECONDS}",
                    f"--pgdata={self.warehouse.data}",
                    f"--log={self.warehouse.log / 'startup.log'}",
                ],
                OWN_ENVIRONMENT,
            )
            if result.returncode == 0:
                return
            written = logs.written_since(self.warehouse.log, before)
            if "Address already in use" not in written or attempt == _PORT_ATTEMPTS:
                raise ServerError(
                    f"PostgreSQL did not start: {result.stdout.strip()}\n"
                    f"End of the log in {self.warehouse.log}:\n{logs.tail(written)}"
                )

    def _choose_port(self) -> int:
        fixed, kept = self._settings.warehouse_port, self.warehouse.port()
        if fixed is not None:
            if not ports.is_free(fixed):
                raise ServerError(
                    f"Port {fixed} on {HOST}, fixed by WAREHOUSE_PORT, is taken by "
                    "another program. Stop that program, or name another port."
                )
            port = fixed
        elif kept is not None and ports.is_free(kept):
            port = kept
        else:
            port = ports.free_port()
            if kept is not None:
                self._report(
                    f"Port {kept} is taken by another program: moving to {port}. "
                    'Shells need `eval "$(python -m database env)"` again'
                )
        if port != kept:
            self._keep_port(port)
        return port

    def _keep_port(self, port: int) -> None:
        write_file(self.warehouse.port_file, f"{port}\n", 0o644)

    def _refresh(self, running: PidFile) -> None:
        """Bring a running server's certificates and recorded port up to date."""
        ready = self._wait_until_ready()
        self._report(f"Already running on {HOST}:{ready.port}")
        if ready.port is not None and ready.port != self.warehouse.port():
            self._keep_port(ready.port)
        if ADMINISTRATOR not in read_passwords(self.warehouse.passfile):
            raise ServerError(
                f"{self.warehouse.passfile} has lost the administrator's password. "
                "Stop the server and start it again: it then makes new passwords."
            )
        account = server_account(self._settings.warehouse_user, self.warehouse.data)
        if ensure_certificates(self.warehouse, account):
            os.kill(running.pid, signal.SIGHUP)
            self._report("Certificates renewed")

    def _wait_until_ready(self) -> PidFile:
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while time.monotonic() < deadline:
            running = find_server(self.warehouse.data)
            if running is None:
                written = logs.written_since(self.warehouse.log, {})
                raise ServerError(
                    "The server ended while starting.\n"
                    f"End of the log in {self.warehouse.log}:\n{logs.tail(written)}"
                )
            if running.state == READY:
                return running
            time.sleep(_POLL_SECONDS)
        raise ServerError(f"The server is not ready after {START_TIMEOUT_SECONDS} s.")

    def _end(self, running: PidFile) -> None:
        os.kill(running.pid, signal.SIGINT)  # PostgreSQL's "fast" shutdown
        deadline = time.monotonic() + STOP_TIMEOUT_SECONDS
        while is_server(running.pid, self.warehouse.data):
            if time.monotonic() > deadline:
                raise ServerError(
                    f"PostgreSQL (process {running.pid}) is still shutting down after "
                    f"{STOP_TIMEOUT_SECONDS} s. See the log in {self.warehouse.log}."
                )
            time.sleep(_POLL_SECONDS)

    def _bootstrap(self) -> None:
        settle_passwords(
            embedded_parameters(self._settings, ADMINISTRATOR, DEFAULT_DATABASE),
            self.warehouse.passfile,
            is_alone=True,
        )
        passwords = self._passwords([ADMINISTRATOR, *LOGIN_ROLES])

        def all_from_passfile(
            _connection: extensions.connection, _created: Iterable[str]
        ) -> Mapping[str, str]:
            # The passfile is the truth: set again each time, so that a role whose
            # line was lost gets its new password.
            return {role: passwords[role] for role in LOGIN_ROLES}

        parameters = embedded_parameters(self._settings, ADMINISTRATOR)
        try:
            close_other_databases(parameters)
            bootstrap(parameters, DEFAULT_DATABASE, all_from_passfile)
        except ConnectionFailedError as error:
            if WRONG_PASSWORD not in str(error):
                raise
            raise ServerError(
                f"The administrator's password in {self.warehouse.passfile} is not "
                "the server's. Delete that file, then stop and start the server: it "
                "makes new passwords for all roles."
            ) from error

    def _passwords(self, roles: Iterable[str]) -> dict[str, str]:
        """Return the roles' passwords, making and keeping those that are missing."""
        passwords = read_passwords(self.warehouse.passfile)
        for role in roles:
            passwords.setdefault(role, new_password())
        port = self.warehouse.port() or 0
        write_passwords(self.warehouse.passfile, LOOPBACK_NAMES, port, passwords)
        return passwords

    def _ask(self) -> tuple[str | None, int | None]:
        try:
            connection = open_connection(
                embedded_parameters(self._settings, ADMINISTRATOR, MAINTENANCE_DATABASE)
            )
        except ConnectionFailedError:
            return None, None
        with contextlib.closing(connection), connection.cursor() as cursor:
            cursor.execute(
                "select current_setting('server_version'),"
                " (select sum(pg_database_size(oid)) from pg_database)::bigint"
            )
            version, size = cursor.fetchone() or (None, None)
            return version, size

    @contextlib.contextmanager
    def _clear_errors(self) -> Iterator[None]:
        """Turn the system's refusals into messages that name the warehouse."""
        try:
            yield
        except PermissionError as error:
            raise ServerError(
                f"No permission for {error.filename or self.warehouse.directory}. If "
                f"another user made the warehouse {self.warehouse.directory}, run the "
                "command as that user; or set WAREHOUSE_DIR to a folder of your own."
            ) from error
        except OSError as error:
            log = logs.tail(logs.written_since(self.warehouse.log, {}))
            raise ServerError(
                f"{error.filename or self.warehouse.directory}: {error.strerror}."
                + (f"\nEnd of the server's log:\n{log}" if log else "")
            ) from error


def _end(certificate: Path) -> datetime | None:
    return end_of_validity(certificate) if certificate.exists() else None
