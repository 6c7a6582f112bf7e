"""A backup counts when it has been restored and compared."""

import hashlib
import stat
from contextlib import closing
from pathlib import Path

import pytest
from psycopg2 import sql

from .conftest import House, MakeHouse
from .test_roles import DECISION, LOAD

CONTENT = {
    "loader": [
        "create table raw.bureau (id bigint primary key, amount double precision,"
        " label text)",
        "insert into raw.bureau select g, random() * 1e6, 'crédit ' || g"
        " from generate_series(1, 5000) as g",
        "insert into raw.bureau values (-1, 'NaN', null), (-2, '-0', ''),"
        r" (-3, 1.1, E'tab\tand\nline \\ 会')",
        "create table raw.empty (x integer)",
        LOAD,
    ],
    "transformer": [
        "create table marts.dim_client (client_id bigint primary key)",
        "insert into marts.dim_client select id from raw.bureau",
        "create table marts.fct_bureau (bureau_id bigint primary key,"
        " client_id bigint not null references marts.dim_client)",
        "insert into marts.fct_bureau select id, id from raw.bureau",
        "create view staging.stg_bureau as select * from raw.bureau",
    ],
    "scorer": [DECISION, DECISION],
}

DEFINITIONS = """
    select 'constraint', conrelid::regclass::text, pg_get_constraintdef(oid)
    from pg_constraint where connamespace::regnamespace::text !~ '^(pg_|information)'
    union all
    select 'trigger', tgenabled::text, pg_get_triggerdef(oid)
    from pg_trigger where not tgisinternal
    union all
    select 'relation', relowner::regrole::text || relkind::text,
        oid::regclass::text || relacl::text
    from pg_class where relnamespace::regnamespace::text !~ '^(pg_|information)'
    union all
    select 'default', defaclnamespace::regnamespace::text, defaclacl::text
    from pg_default_acl
    union all
    select 'database', '', datacl::text from pg_database
    where datname = current_database()
    union all
    select 'sequence', schemaname || sequencename, last_value::text from pg_sequences
    order by 1, 2, 3
"""


def fingerprint(house: House, database: str) -> dict[str, object]:
    """Rows and row checksum of every table, and what is defined around them."""
    with (
        closing(house.connect("administrator", dbname=database)) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "select schemaname, tablename from pg_tables"
            " where schemaname !~ '^(pg_|information)'"
        )
        found: dict[str, object] = {}
        for schema, table in cursor.fetchall():
            cursor.execute(
                sql.SQL(
                    "select count(*), sum(hashtextextended(t::text, 0)) from {} as t"
                ).format(sql.Identifier(schema, table))
            )
            found[f"{schema}.{table}"] = cursor.fetchone()
        cursor.execute(DEFINITIONS)
        found["definitions"] = cursor.fetchall()
    return found


@pytest.fixture(scope="module")
def full_house(make_house: MakeHouse) -> House:
    house = make_house()
    house.done("start")
    for role, statements in CONTENT.items():
        for statement in statements:
            house.query(role, statement)
    return house


@pytest.fixture(scope="module")
def backup(full_house: House, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("backup") / "home_credit.dump"
    full_house.done("backup", "--out", str(path))
    return path


@pytest.fixture(scope="module")
def new_house(make_house: MakeHouse) -> House:
    house = make_house()
    house.done("start")
    return house


def databases(house: House) -> set[object]:
    names = "select datname from pg_database where not datistemplate"
    return {name for (name,) in house.query("administrator", names)}


def test_a_backup_has_its_checksum_beside_it(backup: Path) -> None:
    digest = hashlib.sha256(backup.read_bytes()).hexdigest()
    checksum = backup.with_name("home_credit.dump.sha256")
    assert checksum.read_text() == f"{digest}  home_credit.dump\n"
    assert not list(backup.parent.glob("*.partial"))


def test_a_backup_is_readable_by_its_owner_alone(backup: Path) -> None:
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600


def test_a_backup_goes_into_the_warehouse_by_default(full_house: House) -> None:
    full_house.done("backup")
    assert len(list(full_house.directory.glob("backups/home_credit-*.dump"))) == 1


def test_a_backup_never_replaces_a_file(full_house: House, backup: Path) -> None:
    before = backup.read_bytes()
    result = full_house.run("backup", "--out", str(backup))
    assert result.returncode == 1
    assert "exists already" in result.stderr
    assert backup.read_bytes() == before


def test_a_backup_of_a_stopped_server_is_a_clear_error(
    make_house: MakeHouse, tmp_path: Path
) -> None:
    result = make_house().run("backup", "--out", str(tmp_path / "x.dump"))
    assert result.returncode == 1
    assert "python -m database start" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_database_in_use_is_not_replaced(new_house: House, backup: Path) -> None:
    with closing(new_house.connect("advisor")):
        assert "in use" in new_house.run("restore", str(backup)).stderr
    assert databases(new_house) == {"postgres", "home_credit"}


def test_a_restore_into_a_new_warehouse_brings_every_row_back(
    full_house: House, backup: Path, new_house: House
) -> None:
    new_house.done("restore", str(backup))
    expected = fingerprint(full_house, "home_credit")
    assert len(expected) == 8
    assert fingerprint(new_house, "home_credit") == expected
    # The roles work on it as before.
    new_house.query("scorer", DECISION)
    new_house.query("transformer", "drop table marts.fct_bureau")


def test_a_restore_refuses_a_database_that_is_not_empty(
    full_house: House, backup: Path
) -> None:
    before = fingerprint(full_house, "home_credit")
    result = full_house.run("restore", str(backup))
    assert result.returncode == 1
    assert "not empty" in result.stderr
    assert "--into" in result.stderr
    assert fingerprint(full_house, "home_credit") == before


def test_a_restore_into_another_name_stands_beside_the_first(
    full_house: House, backup: Path
) -> None:
    full_house.done("restore", str(backup), "--into", "Second copy")
    assert fingerprint(full_house, "Second copy") == fingerprint(
        full_house, "home_credit"
    )
    again = full_house.run("restore", str(backup), "--into", "Second copy")
    assert again.returncode == 1


def test_a_log_with_rows_is_not_empty(backup: Path, make_house: MakeHouse) -> None:
    house = make_house()
    house.done("start")
    house.query("scorer", DECISION)
    assert "not empty" in house.run("restore", str(backup)).stderr


def test_a_damaged_backup_is_refused(
    full_house: House, backup: Path, tmp_path: Path
) -> None:
    damaged = tmp_path / backup.name
    content = bytearray(backup.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    checksum = backup.with_name(f"{backup.name}.sha256").read_bytes()
    damaged.with_name(f"{backup.name}.sha256").write_bytes(checksum)
    before = databases(full_house)
    result = full_house.run("restore", str(damaged), "--into", "third")
    assert result.returncode == 1
    assert "damaged" in result.stderr
    assert databases(full_house) == before


def test_a_backup_without_its_checksum_is_refused(
    full_house: House, backup: Path, tmp_path: Path
) -> None:
    alone = tmp_path / "alone.dump"
    alone.write_bytes(backup.read_bytes())
    result = full_house.run("restore", str(alone), "--into", "third")
    assert result.returncode == 1
    assert "alone.dump.sha256" in result.stderr


def test_a_restore_that_fails_half_way_leaves_nothing(
    full_house: House, backup: Path, tmp_path: Path
) -> None:
    short = tmp_path / "short.dump"
    short.write_bytes(backup.read_bytes()[:-2000])
    digest = hashlib.sha256(short.read_bytes()).hexdigest()
    short.with_name("short.dump.sha256").write_text(f"{digest}  short.dump\n")
    before = databases(full_house)
    result = full_house.run("restore", str(short), "--into", "third")
    assert result.returncode == 1
    assert "pg_restore failed" in result.stderr
    assert databases(full_house) == before
