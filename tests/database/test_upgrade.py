"""A database of the first release, brought up by the program of today."""

from contextlib import closing
from typing import NamedTuple

import pytest

from database.decision_chain import ChainReport, verify
from database.decision_chain_faults import DECISIONS, REVIEWS, ChainedLog

from .conftest import FIRST_RELEASE, House, MakeHouse
from .test_roles import DECISION, LOAD, REVIEW

TIMES = ["2026-01-03", "2026-01-01", "2026-01-02"]


def decided_at(time: str) -> str:
    statement = DECISION.replace("decision_id,", "decision_id, decided_at,")
    return statement.replace("gen_random_uuid(),", f"gen_random_uuid(), '{time}',")


OLD_ROWS = [
    ("raw_owner", "create table raw.bureau as select 7 as sk_id_curr"),
    ("raw_owner", LOAD),
    *(("scorer", decided_at(time)) for time in TIMES),
]
KEPT = {
    "ops.load_log": "load_id, table_name, row_count, started_at, finished_at",
    "ops.decision_log": "decision_id, decided_at, decision, probability, inputs",
    "raw.bureau": "sk_id_curr",
}
ROLES = """
    select
        rolname, rolcanlogin, rolconnlimit,
        array(select unnest(rolconfig) order by 1),
        array(
            select roleid::regrole::text || admin_option::text from pg_auth_members
            where member = pg_roles.oid order by 1
        )
    from pg_roles where rolname !~ '^pg_' order by rolname
"""
RIGHTS = """
    select unnest(datacl)::text from pg_database
    where datname = current_database() order by 1
"""


def describe(house: House) -> list[str]:
    """Tell all that bootstrapping makes, in an order of no meaning."""
    schema = house.done("pg-dump", "--", "--schema-only", "--exclude-table=raw.*")
    rows = [row for query in (ROLES, RIGHTS) for row in house.query("auditor", query)]
    # pg_dump's guard against psql's own commands is another word each time.
    lines = [line for line in schema.splitlines() if "restrict " not in line]
    return sorted([*lines, *map(str, rows)])


def kept_rows(house: House) -> dict[str, list[tuple[object]]]:
    return {
        table: house.query("administrator", f"select {columns} from {table} order by 1")
        for table, columns in KEPT.items()
    }


def check(house: House, log: ChainedLog = DECISIONS) -> ChainReport:
    with closing(house.connect("auditor")) as connection:
        return verify(connection, log=log)


class Upgraded(NamedTuple):
    """A house of the first release after the start, and what was noted before it."""

    house: House
    new: list[str]
    rows: dict[str, list[tuple[object]]]


@pytest.fixture(scope="module")
def upgraded(make_house: MakeHouse) -> Upgraded:
    house = make_house()
    house.done("start")
    new = describe(house)
    house.take_back_bootstrap()
    house.outside("create database home_credit")
    house.query("administrator", FIRST_RELEASE)
    for role, statement in OLD_ROWS:
        house.query("administrator", f"set local role {role}; {statement}")
    rows = kept_rows(house)
    house.done("start")
    return Upgraded(house, new, rows)


def test_what_was_brought_up_is_what_a_new_start_makes(upgraded: Upgraded) -> None:
    assert describe(upgraded.house) == upgraded.new


def test_rows_stay_as_they_were(upgraded: Upgraded) -> None:
    assert kept_rows(upgraded.house) == upgraded.rows
    assert all(upgraded.rows.values())


def test_decisions_are_chained_in_the_order_of_their_times(upgraded: Upgraded) -> None:
    report = check(upgraded.house)
    assert (report.fault, report.end.length) == (None, len(TIMES))
    chained = upgraded.house.query(
        "auditor",
        "select decided_at::date::text from ops.decision_log order by chain_number",
    )
    assert [time for (time,) in chained] == sorted(TIMES)


def test_a_further_start_changes_nothing(upgraded: Upgraded) -> None:
    before = check(upgraded.house).end
    upgraded.house.done("start")
    assert check(upgraded.house).end == before
    assert describe(upgraded.house) == upgraded.new


def test_work_goes_on_where_it_was(upgraded: Upgraded) -> None:
    house = upgraded.house
    house.query("scorer", DECISION)
    house.query("scorer", REVIEW)
    for log, length in ((DECISIONS, len(TIMES) + 1), (REVIEWS, 1)):
        report = check(house, log)
        assert (report.fault, report.end.length) == (None, length)
    house.query("loader", LOAD)
    house.query("loader", "insert into raw.bureau values (8)")
    assert house.query("auditor", "select count(*) from raw.bureau") == [(2,)]


def test_backups_that_the_first_release_kept_inside_are_not_removed(
    upgraded: Upgraded,
) -> None:
    folder = upgraded.house.directory / "backups"
    folder.mkdir()
    backup = folder / "home_credit-20260101T000000Z.dump"
    backup.write_bytes(b"PGDMP")
    removal = upgraded.house.run("remove", "--yes")
    assert removal.returncode == 1
    assert "first release, so nothing was removed" in removal.stderr.replace("\n", " ")
    assert backup.exists()
    assert upgraded.house.is_running
    restoration = upgraded.house.run("restore", str(backup), "--into", "copy")
    assert restoration.returncode == 1
    assert "its own program restores" in restoration.stderr.replace("\n", " ")
