"""A real embedded server in a folder of its own, driven through its commands."""

import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from psycopg2 import extensions

from database.roles import LOGIN_ROLES
from tests.running import wait_until

REPOSITORY = Path(__file__).resolve().parents[2]
WITHOUT_LOGIN = ("raw_owner", "warehouse_owner", "ops_owner", "registrar")
FIRST_RELEASE = (Path(__file__).parent / "first_release.sql").read_text()
SIGNING_KEY = f"BACKUP-SIGNING-KEY-{32 * '1a'}"


def is_alive(pid: int) -> bool:
    """Tell whether a process runs; one that only waits to be buried does not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def remove_with_servers(folder: Path) -> None:
    """End at once whatever server runs below, half restored ones too; then delete."""
    for file in folder.rglob("postmaster.pid"):
        pid = int(file.read_text().split()[0])
        if is_alive(pid):
            os.kill(pid, signal.SIGQUIT)
            wait_until(lambda pid=pid: not is_alive(pid), f"the end of {pid}")
    shutil.rmtree(folder, ignore_errors=True)


class House:
    """One warehouse folder and the commands that act on it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    @property
    def data(self) -> Path:
        return (self.directory / "server").resolve() / "data"

    @property
    def port(self) -> int:
        return int((self.directory / "port").read_text())

    @property
    def pid(self) -> int:
        return int((self.data / "postmaster.pid").read_text().split()[0])

    @property
    def is_running(self) -> bool:
        return (self.data / "postmaster.pid").exists() and is_alive(self.pid)

    def environment(self, **extra: str) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PG", "WAREHOUSE_", "BACKUP_"))
        }
        return {
            **kept,
            "WAREHOUSE_DIR": str(self.directory),
            "BACKUP_SIGNING_KEY": SIGNING_KEY,
            **extra,
        }

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "database", *arguments]

    def run(self, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            cwd=REPOSITORY,
            env=self.environment(**extra),
            capture_output=True,
            text=True,
            timeout=120,
        )

    def done(self, *arguments: str, **extra: str) -> str:
        result = self.run(*arguments, **extra)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    @property
    def backups(self) -> Path:
        return self.directory.with_name("warehouse-backups")

    def launch(self, *arguments: str, **extra: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            self.command(*arguments),
            cwd=REPOSITORY,
            env=self.environment(**extra),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def discard(self) -> None:
        """End its servers and delete the folder, what is beside it and elsewhere."""
        elsewhere = (self.directory / "server", self.backups / "wal")
        for folder in [link.resolve() for link in elsewhere if link.is_symlink()]:
            remove_with_servers(folder)
        remove_with_servers(self.directory.parent)

    def exports(self, role: str) -> dict[str, str]:
        words = shlex.split(self.done("env", "--role", role))
        return dict(word.split("=", 1) for word in words if word != "export")

    def parameters(self, role: str) -> dict[str, str]:
        return {
            "host": "127.0.0.1",
            "port": str(self.port),
            "dbname": "home_credit",
            "user": role,
            "passfile": str(self.directory / "pgpass"),
            "sslmode": "verify-full",
            "sslrootcert": str(self.directory / "authority" / "ca.crt"),
        }

    def connect(self, role: str, **changes: str) -> extensions.connection:
        return psycopg2.connect(**{**self.parameters(role), **changes})  # type: ignore

    def outside(self, statement: str) -> None:
        """Run what no transaction can hold, beside the warehouse's database."""
        with closing(self.connect("administrator", dbname="postgres")) as connection:
            connection.autocommit = True
            connection.cursor().execute(statement)

    def take_back_bootstrap(self) -> None:
        """Leave the server without the warehouse's database and roles."""
        self.outside("drop database home_credit")
        self.outside(f"drop role {', '.join((*LOGIN_ROLES, *WITHOUT_LOGIN))}")

    def query(self, role: str, statement: str, **changes: str) -> list[tuple[object]]:
        with (
            closing(self.connect(role, **changes)) as connection,
            connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []


def fast_folder() -> Path | None:
    """Memory, where a server is made in a second, if there is enough of it."""
    memory = Path("/dev/shm")
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 4 * 2**30:
        return memory
    return None


MakeHouse = Callable[[], House]


@pytest.fixture(scope="session")
def make_house() -> Iterator[MakeHouse]:
    """New folders that the server's user can reach, removed with their servers."""
    houses = []

    def make() -> House:
        # A blank and a quote in the path: every quoting is tried by every test.
        directory = Path(tempfile.mkdtemp(prefix="database tests' ", dir=fast_folder()))
        directory.chmod(0o755)
        house = House(directory / "warehouse")
        houses.append(house)
        return house

    yield make
    for house in houses:
        house.discard()


@pytest.fixture
def backup_place(tmp_path: Path) -> Iterator[Path]:
    """A folder for backups, whose log may lie where the server's user can write."""
    place = tmp_path / "backups"
    yield place
    if (place / "wal").is_symlink():
        shutil.rmtree((place / "wal").resolve())


@pytest.fixture(scope="session")
def house(make_house: MakeHouse) -> House:
    """A started server for tests that leave it as it was."""
    house = make_house()
    house.done("start")
    return house


@pytest.fixture(scope="module")
def own_house(make_house: MakeHouse) -> House:
    """A started server for the tests of one module, which may stop or kill it."""
    house = make_house()
    house.done("start")
    return house
