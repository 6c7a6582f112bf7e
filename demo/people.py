"""Those who may sign in to the demo's dashboard, with passwords of this machine."""

from __future__ import annotations

import subprocess
from pathlib import Path

from demo.errors import DemoError
from demo.machine import write_secret
from demo.steps import python_module

PEOPLE = (
    ("advisor", "Alice Martin", "advisor"),
    ("manager", "Bruno Petit", "manager"),
)


def demo_people(warehouse: Path) -> Path:
    """Return the file of those who may sign in, made with them at the first run."""
    path = warehouse / "dashboard_users"
    if not path.exists():
        lines = [f"{login} {give_password(login, *who)}" for login, *who in PEOPLE]
        write_secret(path, "\n".join(lines) + "\n")
    return path


def give_password(login: str, name: str, role: str) -> str:
    """Let somebody sign in with a new password, whether they could before or not.

    Raises
    ------
    DemoError
        If the database does not take them.
    """
    users = ("bokeh_app", "users")
    added = python_module(
        *(*users, "add", login, "--name", name, "--role", role, "--generate")
    )
    renewed = python_module(*users, "password", login, "--generate")
    for command in (added, renewed):
        finished = subprocess.run(command, capture_output=True, text=True, check=False)
        if finished.returncode == 0:
            return finished.stdout.strip()
    raise DemoError(finished.stderr.strip())
