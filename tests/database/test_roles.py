"""What each role may and may not do, tried as that role."""

import psycopg2
import pytest

from .conftest import House, MakeHouse

DECISION = """
    insert into ops.decision_log (
        decision_id, client_id, model_version, decision, probability, points, rating,
        threshold, language, inputs, response
    )
    values (gen_random_uuid(), 1, 'v1', 'grant', 0.02, 640, 'A', 0.09, 'fr', '{}', '{}')
"""
LOAD = """
    insert into ops.load_log (table_name, row_count, started_at, finished_at)
    values ('bureau', 0, now(), now())
"""


@pytest.fixture(scope="module")
def furnished(make_house: MakeHouse) -> House:
    """A server with one object per schema, made by the role that makes them."""
    house = make_house()
    house.done("start")
    house.query("loader", "create table raw.bureau as select 1 as sk_id_bureau")
    house.query("loader", LOAD)
    for statement in (
        "create view staging.stg_bureau as select * from raw.bureau",
        "create table marts.dim_client as select 1 as client_id",
        "create table features.client_features as select 1 as client_id",
        "create table quarantine.bureau as select 1 as sk_id_bureau",
    ):
        house.query("transformer", statement)
    house.query("scorer", DECISION)
    return house


MAY = {
    "loader": [
        "select * from raw.bureau",
        "create table raw.more (x integer)",
        "truncate raw.bureau",
        LOAD,
        "select * from ops.load_log",
        "create temporary table t (x integer)",
    ],
    "transformer": [
        "select * from raw.bureau",
        "select * from ops.load_log",
        "create table marts.more (x integer)",
        "create view staging.more as select * from raw.bureau",
        "drop table features.client_features cascade",
        "create table quarantine.more (x integer)",
    ],
    "trainer": [
        "select * from marts.dim_client",
        "select * from features.client_features",
    ],
    "scorer": [
        "select * from marts.dim_client",
        "select * from features.client_features",
        DECISION,
        "select * from ops.decision_log",
    ],
    "advisor": [
        "select * from marts.dim_client",
        "select * from features.client_features",
    ],
    "auditor": [
        "select * from raw.bureau",
        "select * from staging.stg_bureau",
        "select * from marts.dim_client",
        "select * from features.client_features",
        "select * from quarantine.bureau",
        "select * from ops.load_log",
        "select * from ops.decision_log",
    ],
}

MAY_NOT = {
    "loader": [
        "select * from marts.dim_client",
        "create table marts.more (x integer)",
        "delete from ops.load_log",
        "select * from ops.decision_log",
    ],
    "transformer": [
        "insert into raw.bureau values (2)",
        "create table raw.more (x integer)",
        LOAD,
        "select * from ops.decision_log",
        "create schema more",
        "create table public.more (x integer)",
    ],
    "trainer": [
        "select * from raw.bureau",
        "select * from staging.stg_bureau",
        "select * from ops.decision_log",
        "create table features.more (x integer)",
        "create temporary table t (x integer)",
    ],
    "scorer": [
        "select * from raw.bureau",
        "insert into features.client_features values (2)",
        "update ops.decision_log set decision = 'refuse'",
        "delete from ops.decision_log",
        "truncate ops.decision_log",
        "set role warehouse_owner",
    ],
    "advisor": [
        "select * from raw.bureau",
        "select * from staging.stg_bureau",
        "select * from quarantine.bureau",
        "select * from ops.decision_log",
        "select * from ops.load_log",
        "insert into marts.dim_client values (2)",
        "create table marts.more (x integer)",
    ],
    "auditor": [
        "insert into marts.dim_client values (2)",
        "delete from ops.decision_log",
        DECISION,
        "create table marts.more (x integer)",
    ],
}


def attempt(house: House, role: str, statement: str) -> None:
    """Run a statement as a role, beyond its read-only default, and undo it."""
    connection = house.connect(role)
    try:
        with connection.cursor() as cursor:
            cursor.execute("set transaction read write")
            cursor.execute(statement)
    finally:
        connection.close()


def cases(table: dict[str, list[str]]) -> list[object]:
    return [
        pytest.param(role, statement, id=f"{role}: {' '.join(statement.split())[:50]}")
        for role, statements in table.items()
        for statement in statements
    ]


@pytest.mark.parametrize(("role", "statement"), cases(MAY))
def test_a_role_may_do_its_work(furnished: House, role: str, statement: str) -> None:
    attempt(furnished, role, statement)


@pytest.mark.parametrize(("role", "statement"), cases(MAY_NOT))
def test_a_role_may_do_no_more(furnished: House, role: str, statement: str) -> None:
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        attempt(furnished, role, statement)


@pytest.mark.parametrize("role", ["advisor", "auditor"])
def test_readers_are_read_only_by_default(furnished: House, role: str) -> None:
    with pytest.raises(psycopg2.errors.ReadOnlySqlTransaction):
        furnished.query(role, "create table marts.more (x integer)")


def test_an_advisors_query_is_cut_off_after_ten_seconds(furnished: House) -> None:
    assert furnished.query("advisor", "show statement_timeout") == [("10s",)]


@pytest.mark.parametrize("role", ["raw_owner", "warehouse_owner", "ops_owner"])
def test_owners_cannot_log_in(furnished: House, role: str) -> None:
    with pytest.raises(psycopg2.OperationalError, match="authentication failed"):
        furnished.connect(role, password="any")


def test_what_the_loader_and_the_transformer_make_belongs_to_the_owners(
    furnished: House,
) -> None:
    rows = furnished.query(
        "auditor",
        "select schemaname, tableowner from pg_tables"
        " where schemaname in ('raw', 'marts') order by 1",
    )
    assert rows == [("marts", "warehouse_owner"), ("raw", "raw_owner")]


@pytest.mark.parametrize("role", ["ops_owner", "administrator"])
@pytest.mark.parametrize(
    "statement",
    [
        "update ops.decision_log set decision = 'refuse'",
        "delete from ops.decision_log",
        "truncate ops.decision_log",
        "update ops.decision_log set decision = 'refuse' where false",
    ],
)
def test_a_logged_decision_is_unchangeable_even_for_its_owner(
    furnished: House, role: str, statement: str
) -> None:
    connection = furnished.connect("administrator")
    try:
        with connection.cursor() as cursor:
            cursor.execute("set session_replication_role = replica")
            cursor.execute(f"set role {role}")
            with pytest.raises(psycopg2.DatabaseError, match="append-only"):
                cursor.execute(statement)
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("change", "value"), [("decision", "'maybe'"), ("probability", "1.5")]
)
def test_a_decision_that_cannot_be_is_not_logged(
    furnished: House, change: str, value: str
) -> None:
    statement = DECISION.replace(
        {"decision": "'grant'", "probability": "0.02"}[change], value
    )
    with pytest.raises(psycopg2.errors.CheckViolation):
        furnished.query("scorer", statement)


def test_another_start_keeps_the_logs(furnished: House) -> None:
    count = "select count(*) from ops.decision_log"
    before = furnished.query("auditor", count)
    furnished.done("start")
    assert furnished.query("auditor", count) == before
