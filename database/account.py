"""The unprivileged system user that runs the server when the command is run as root.

PostgreSQL refuses to run as root, because a flaw in the server would then give the
whole machine away.
"""

import os
import pwd
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from database.errors import ConfigurationError

HOUSE_USER = "credit-scoring"
PREFERRED_USERS = ("postgres", HOUSE_USER)

_CREATORS: tuple[tuple[str, ...], ...] = (
    # shadow's (Debian, Red Hat …), then busybox's (Alpine).
    ("useradd", "--system", "--no-create-home", "--shell", "/bin/false", HOUSE_USER),
    ("adduser", "-S", "-D", "-H", "-s", "/bin/false", HOUSE_USER),
)


@dataclass(frozen=True)
class Account:
    """A system user that runs PostgreSQL's programs.

    Parameters
    ----------
    name, uid, gid
        As in the system's user database.
    is_other
        True when it is another user than the present one, so that files must be
        handed over to it.
    """

    name: str
    uid: int
    gid: int
    is_other: bool

    def run(
        self,
        command: Sequence[str | Path],
        environment: Mapping[str, str],
        text: str = "",
    ) -> subprocess.CompletedProcess[str]:
        """Run a command as this user, in `/`, without root's groups.

        `text` is its input; its output and errors come back as one.
        """
        return subprocess.run(
            [os.fspath(word) for word in command],
            cwd="/",
            env=dict(environment),
            input=text,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            umask=0o077,
            user=self.uid if self.is_other else None,
            group=self.gid if self.is_other else None,
            extra_groups=[] if self.is_other else None,
        )

    def can_enter(self, directory: Path) -> bool:
        """Tell whether this user may pass through a folder and all above it."""
        if not self.is_other:
            return True
        command = ["/bin/sh", "-c", 'cd -- "$1"', "sh", os.fspath(directory)]
        return self.run(command, {}).returncode == 0

    def make_directory(self, path: Path) -> None:
        """Create a folder that this user alone may read, unless it exists."""
        if path.exists():
            return
        path.mkdir(mode=0o700)
        if self.is_other:
            os.chown(path, self.uid, self.gid)


def present_account() -> Account:
    """Return the user who runs this command."""
    uid = os.geteuid()
    try:
        name = pwd.getpwuid(uid).pw_name
    except KeyError as error:
        raise ConfigurationError(
            f"The present user (uid {uid}) has no entry in the system's user database, "
            "which PostgreSQL's initdb needs. Run as a user that has one."
        ) from error
    return Account(name, uid, os.getegid(), is_other=False)


def server_account(wanted: str | None, data: Path) -> Account:
    """Choose the user that is to run the server.

    Anyone but root runs it as themselves. For root the owner of existing data goes
    first, then the user named by ``WAREHOUSE_USER``, then `postgres`, then a user of
    the house, created if need be.

    Raises
    ------
    ConfigurationError
        When there is no such user and none can be created.
    """
    if os.geteuid() != 0:
        return present_account()
    if data.exists():
        return _owner_of(data)
    if wanted:
        return _named(wanted)
    for name in PREFERRED_USERS:
        if _exists(name):
            return _named(name)
    return _create_house_user()


def _owner_of(path: Path) -> Account:
    uid = path.stat().st_uid
    if uid == 0:
        raise ConfigurationError(
            f"{path} belongs to root, but PostgreSQL cannot run as root. Give the "
            "folder to an unprivileged user with chown."
        )
    try:
        return _account(pwd.getpwuid(uid))
    except KeyError as error:
        raise ConfigurationError(
            f"{path} belongs to uid {uid}, which has no entry in the system's user "
            "database. Give the folder to a user that has one with chown."
        ) from error


def _named(name: str) -> Account:
    try:
        entry = pwd.getpwnam(name)
    except KeyError as error:
        raise ConfigurationError(
            f"WAREHOUSE_USER names {name!r}, which is no user of this system."
        ) from error
    if entry.pw_uid == 0:
        raise ConfigurationError(
            "WAREHOUSE_USER must not be root: PostgreSQL refuses to run as root."
        )
    return _account(entry)


def _account(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, is_other=True)


def _exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _create_house_user() -> Account:
    problems = []
    for command in _CREATORS:
        if shutil.which(command[0]) is None:
            continue
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode == 0:
            return _named(HOUSE_USER)
        problems.append(result.stderr.strip())
    reason = "; ".join(problems) or "neither useradd nor adduser was found"
    raise ConfigurationError(
        "PostgreSQL cannot run as root, and no unprivileged user could be created "
        f"({reason}). Name an existing one with WAREHOUSE_USER, or run as that user."
    )
