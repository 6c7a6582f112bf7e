"""Who keeps the dashboard's users, and what nobody can undo about them."""

from contextlib import closing

import psycopg2
import pytest

from .conftest import House, MakeHouse
from .test_roles import SIGN_IN, USER, VIEW


@pytest.fixture(scope="module")
def house(make_house: MakeHouse) -> House:
    """A server with one user of the dashboard, who has seen a client."""
    made = make_house()
    made.done("start")
    for statement in (f"set role registrar; {USER}", f"set role ops_owner; {VIEW}"):
        made.query("administrator", statement)
    made.query("administrator", f"set role ops_owner; {SIGN_IN}")
    return made


@pytest.mark.parametrize(
    "statement",
    [
        "select login, full_name, disabled_at from ops.dashboard_user",
        "update ops.dashboard_user set password_hash = '$argon2id$new', "
        "valid_from = now(), disabled_at = now(), role_name = 'manager'",
    ],
    ids=["read", "change"],
)
def test_the_registrar_keeps_users(house: House, statement: str) -> None:
    house.query("administrator", f"set role registrar; {statement}")


@pytest.mark.parametrize(
    "statement",
    [
        "select password_hash from ops.dashboard_user",
        "update ops.dashboard_user set login = 'b.petit'",
        "delete from ops.dashboard_user",
        "select * from ops.sign_in_event",
        "select * from ops.client_view",
        SIGN_IN,
        VIEW,
        "select 1 from ops.decision_log",
        "create table ops.other (id integer)",
    ],
)
def test_the_registrar_does_nothing_else(house: House, statement: str) -> None:
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        house.query("administrator", f"set role registrar; {statement}")


@pytest.mark.parametrize("role", ["ops_owner", "administrator"])
@pytest.mark.parametrize(
    "statement",
    [
        *(
            f"{verb} ops.{table}{more}"
            for table, column in (("sign_in_event", "login"), ("client_view", "what"))
            for verb, more in (
                ("update", f" set {column} = {column}"),
                ("delete from", ""),
                ("truncate", ""),
            )
        ),
        "delete from ops.dashboard_user",
        "truncate ops.dashboard_user cascade",
    ],
)
def test_who_came_and_who_saw_whom_is_unchangeable_even_for_its_owner(
    house: House, role: str, statement: str
) -> None:
    with (
        closing(house.connect("administrator")) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("set session_replication_role = replica")
        cursor.execute(f"set role {role}")
        with pytest.raises(psycopg2.DatabaseError, match="append-only"):
            cursor.execute(statement)


@pytest.mark.parametrize(
    "change",
    [
        ("'a.martin'", "'Not A Login'"),
        ("'advisor'", "'owner'"),
        ("'$argon2id$none'", "'in plain text'"),
    ],
    ids=["login", "role", "plain"],
)
def test_a_user_that_cannot_be_is_not_kept(
    house: House, change: tuple[str, str]
) -> None:
    with pytest.raises(psycopg2.errors.CheckViolation):
        statement = USER.replace(*change)
        house.query("administrator", f"set role registrar; {statement}")


def test_an_auditor_s_dump_leaves_the_users_out_and_succeeds(house: House) -> None:
    dump = house.done("pg-dump", "--", "--schema-only")
    assert "CREATE TABLE ops.client_view" in dump
    assert "CREATE TABLE ops.dashboard_user" not in dump
