"""`python -m bokeh_app users`: who may sign in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from bokeh_app.access.passwords import new_password
from bokeh_app.access.user import Role
from bokeh_app.access.users import KnownUser, Users, open_users
from bokeh_app.errors import DashboardError
from database import DatabaseError

app = typer.Typer(
    help="Keep the people who may sign in.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

Login = Annotated[str, typer.Argument(help="What the person signs in with.")]
Generate = Annotated[
    bool,
    typer.Option("--generate", help="Make a password and print it, this once."),
]


@app.command()
def add(
    login: Login,
    name: Annotated[str, typer.Option(help="The person's name, as pages write it.")],
    role: Annotated[Role, typer.Option(help="What they may see.")] = "advisor",
    generate: Generate = False,
) -> None:
    """Let somebody sign in; the password is asked for, or made."""
    with _users() as users:
        password = _password(generate)
        users.add(login, name, role, password)
        _tell(f"{login} may sign in as {role}.", password if generate else None)


@app.command()
def password(login: Login, generate: Generate = False) -> None:
    """Give a new password; where the person is signed in, they are signed out."""
    with _users() as users:
        chosen = _password(generate)
        users.set_password(login, chosen)
        _tell(f"{login} has a new password.", chosen if generate else None)


@app.command()
def role(login: Login, role: Annotated[Role, typer.Argument()]) -> None:
    """Make somebody advisor or manager; they sign in again."""
    with _users() as users:
        users.set_role(login, role)
        _tell(f"{login} is {role}.")


@app.command()
def disable(login: Login) -> None:
    """Keep somebody out, at once."""
    with _users() as users:
        users.disable(login)
        _tell(f"{login} cannot sign in any more.")


@app.command()
def enable(login: Login) -> None:
    """Let somebody in again who was kept out."""
    with _users() as users:
        users.enable(login)
        _tell(f"{login} may sign in again.")


@app.command("list")
def list_() -> None:
    """Show who may sign in, and since when their passwords are the same."""
    with _users() as users:
        Console().print(_table(users.all()))


@contextmanager
def _users() -> Iterator[Users]:
    try:
        with open_users() as users:
            yield users
    except (DashboardError, DatabaseError) as error:
        Console(stderr=True).print(str(error), style="red", soft_wrap=True)
        raise typer.Exit(1) from None


def _password(generate: bool) -> str:
    if generate:
        return new_password()
    asked: str = typer.prompt(
        "Password (12 characters or more)",
        hide_input=True,
        confirmation_prompt=True,
        err=True,
    )
    return asked


def _tell(message: str, password: str | None = None) -> None:
    """Say what was done; a password made here is all that standard output gets."""
    typer.echo(message, err=True)
    if password is not None:
        typer.echo("Their password, shown this once:", err=True)
        typer.echo(password)


def _table(users: list[KnownUser]) -> Table:
    table = Table("login", "name", "role", "password of", "may sign in", box=None)
    for user in users:
        table.add_row(
            user.login,
            user.name,
            user.role,
            f"{user.password_changed_at:%Y-%m-%d}",
            "yes" if user.disabled_at is None else f"no, {user.disabled_at:%Y-%m-%d}",
        )
    return table
