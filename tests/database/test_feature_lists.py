"""Whose hand is on the names of decisions' inputs is seen by `verify-log`."""

import hashlib
from collections.abc import Iterator
from contextlib import closing

import pytest

from database.feature_lists import ListReport, verify_lists

from .conftest import House, MakeHouse
from .test_roles import DECISION

NAMES = hashlib.sha256(b"age\nincome").hexdigest()
LIST = (
    f"insert into ops.feature_list values (decode('{NAMES}', 'hex'), '{{age,income}}', "
    "2)"
)
NAMED = DECISION.replace(
    "'{}', '{}'", f'\'{{"names": "{NAMES}", "values": [40, 1200]}}\', \'{{}}\''
)


@pytest.fixture(scope="module")
def logged(make_house: MakeHouse) -> House:
    """A server with two decisions on named inputs, and one from before."""
    house = make_house()
    house.done("start")
    for statement in (LIST, NAMED, DECISION, NAMED):
        house.query("scorer", statement)
    return house


@pytest.fixture
def house(logged: House) -> Iterator[House]:
    yield logged
    tamper(logged, "truncate ops.feature_list", LIST)


def tamper(house: House, *statements: str) -> None:
    """Change the lists as nobody but a superuser can."""
    table = "alter table ops.feature_list"
    with (
        closing(house.connect("administrator")) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(f"{table} drop constraint if exists hash_is_of_the_names")
        cursor.execute(f"{table} disable trigger append_only")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute(f"{table} enable always trigger append_only")


def check(house: House) -> ListReport:
    with closing(house.connect("auditor")) as connection:
        return verify_lists(connection)


def test_untouched_names_are_sound(house: House) -> None:
    assert check(house) == ListReport(2, None)
    assert "the inputs of 2 decisions" in house.done("verify-log")


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        (
            "update ops.feature_list set feature_names = '{income,age}'",
            "are not what was hashed",
        ),
        ("update ops.feature_list set feature_names = '{age,income,x}'", "are not"),
        ("delete from ops.feature_list", "are missing"),
    ],
)
def test_other_names_are_found(house: House, statement: str, what: str) -> None:
    count = ", feature_count = 3" if ",x}" in statement else ""
    tamper(house, statement + count)
    fault = check(house).fault
    assert fault is not None
    assert "decision 1 and 1 more" in fault
    assert what in fault
    result = house.run("verify-log")
    assert result.returncode == 1
    assert "the names of the inputs" in result.stderr
