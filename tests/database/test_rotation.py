"""New passwords: the old ones end, no session does, and a kill loses none of them."""

import shutil
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from database.passfile import read_passwords
from database.roles import LOGIN_ROLES

from .conftest import House
from .test_server import wait_for

EVERYBODY = {"administrator", *LOGIN_ROLES}


@pytest.fixture
def passfile(own_house: House) -> Path:
    return own_house.directory / "pgpass"


@pytest.fixture
def before(passfile: Path, tmp_path: Path) -> Path:
    """A copy of the passfile as it is now."""
    copy = tmp_path / "pgpass.before"
    shutil.copy(passfile, copy)
    return copy


def who_gets_in(house: House, passfile: Path) -> set[str]:
    admitted = set()
    for role in EVERYBODY:
        try:
            house.connect(role, passfile=str(passfile)).close()
        except psycopg2.OperationalError as error:
            assert "password authentication failed" in str(error)
        else:
            admitted.add(role)
    return admitted


@pytest.fixture
def killed_after_the_commit(own_house: House, passfile: Path, before: Path) -> None:
    """What a rotation leaves that is killed between the server and the file."""
    own_house.done("rotate")
    passfile.rename(passfile.with_name("pgpass.pending"))
    shutil.copy(before, passfile)
    assert who_gets_in(own_house, before) == set()


@pytest.fixture
def killed_before_the_commit(
    own_house: House, passfile: Path
) -> Iterator[dict[str, str]]:
    """What a rotation leaves that is killed while the server works on it."""
    with (
        closing(own_house.connect("administrator")) as other,
        other.cursor() as cursor,
    ):
        cursor.execute("alter role auditor connection limit 5")  # held until the end
        command = own_house.launch("rotate")
        wait_for(passfile.with_name("pgpass.pending").exists)
        command.kill()
        command.communicate()
    yield read_passwords(passfile.with_name("pgpass.pending"))


def test_old_passwords_are_refused_and_new_ones_are_not(
    own_house: House, passfile: Path, before: Path
) -> None:
    said = own_house.done("rotate")
    assert who_gets_in(own_house, before) == set()
    assert who_gets_in(own_house, passfile) == EVERYBODY
    assert stat.S_IMODE(passfile.stat().st_mode) == 0o600
    assert not [word for word in read_passwords(passfile).values() if word in said]


def test_a_role_that_is_named_is_the_only_one_rotated(
    own_house: House, passfile: Path, before: Path
) -> None:
    own_house.done("rotate", "scorer", "advisor")
    assert who_gets_in(own_house, before) == EVERYBODY - {"scorer", "advisor"}
    assert who_gets_in(own_house, passfile) == EVERYBODY


def test_an_unknown_role_is_named_and_nothing_changes(
    own_house: House, before: Path
) -> None:
    result = own_house.run("rotate", "scorer", "auditor; drop role auditor")
    assert result.returncode == 1
    assert "'auditor; drop role auditor'" in result.stderr
    assert who_gets_in(own_house, before) == EVERYBODY


def test_a_session_goes_on_and_its_program_is_named(own_house: House) -> None:
    with closing(own_house.connect("scorer", application_name="till")) as session:
        said = own_house.done("rotate", "scorer")
        assert "scorer: 1 session of till. Restart it" in said
        with session.cursor() as cursor:
            cursor.execute("select 1")


def test_a_rotation_killed_after_the_commit_is_finished_by_the_next_connection(
    own_house: House,
    passfile: Path,
    killed_after_the_commit: None,
) -> None:
    said = own_house.done("psql", "--role", "advisor", "--", "-XAtc", "select 1")
    assert said == "1\n"
    assert who_gets_in(own_house, passfile) == EVERYBODY
    assert not passfile.with_name("pgpass.pending").exists()


@pytest.mark.parametrize("stops", [False, True])
def test_a_rotation_killed_after_the_commit_is_finished_by_start(
    own_house: House, passfile: Path, killed_after_the_commit: None, stops: bool
) -> None:
    if stops:
        own_house.done("stop")
    own_house.done("start")
    assert who_gets_in(own_house, passfile) == EVERYBODY


def test_a_rotation_killed_before_the_commit_has_changed_nothing(
    own_house: House, passfile: Path, killed_before_the_commit: dict[str, str]
) -> None:
    assert who_gets_in(own_house, passfile) == EVERYBODY
    assert own_house.done("psql", "--", "-XAtc", "select 1") == "1\n"
    own_house.done("rotate", "trainer")
    assert who_gets_in(own_house, passfile) == EVERYBODY
    # The passwords that were never set are not set by the next rotation either.
    now = read_passwords(passfile)
    assert not [
        role for role, word in killed_before_the_commit.items() if now[role] == word
    ]


def test_a_server_that_is_away_is_a_clear_error(
    own_house: House, passfile: Path, before: Path
) -> None:
    own_house.done("stop")
    result = own_house.run("rotate")
    assert result.returncode == 1
    assert "Cannot connect" in result.stderr
    assert passfile.read_text() == before.read_text()
    own_house.done("start")
