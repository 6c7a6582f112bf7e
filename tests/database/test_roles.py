"""What each role may and may not do, tried as that role."""

from collections.abc import Iterator
from contextlib import ExitStack, closing

import psycopg2
import pytest
from _pytest.mark import ParameterSet
from psycopg2 import extensions

from database.roles import LOGIN_ROLES

from .conftest import REPOSITORY, House, MakeHouse

DECISION = """
    insert into ops.decision_log (
        decision_id, client_id, model_version, decision, probability, points, rating,
        threshold, language, inputs, response
    )
    values (gen_random_uuid(), 1, 'v1', 'grant', 0.02, 640, 'A', 0.09, 'fr', '{}', '{}')
"""
REVIEW = """
    insert into ops.decision_review (
        review_id, decision_id, reviewed_at, decision, motive, advisor, caller,
        request_id
    )
    select
        gen_random_uuid(), decision_id, now(), 'grant', 'Seen', 'A. Martin', 'desk', 'r'
    from ops.decision_log
    limit 1
"""
USER = """
    insert into ops.dashboard_user (login, full_name, role_name, password_hash)
    values ('a.martin', 'Alice Martin', 'advisor', '$argon2id$none')
    on conflict (login) do nothing
"""
SIGN_IN = """
    insert into ops.sign_in_event (event, login_hash, address)
    values ('failed', sha256('x'), '127.0.0.1')
"""
VIEW = """
    insert into ops.client_view (login, sign_in_id, client_id, what)
    values ('a.martin', gen_random_uuid(), 1, 'opened')
"""
LOAD = """
    insert into ops.load_log (table_name, row_count, started_at, finished_at)
    values ('bureau', 0, now(), now())
"""


# What each role may do, as docs/roles.md shows it. Another object is another line here
# and in ROWS, and a statement in FURNITURE if no script of the house makes it.
RIGHTS = """
|  | `loader` | `transformer` | `trainer` | `scorer` | `advisor` | `auditor` |
|---|---|---|---|---|---|---|
| database `home_credit` | connect | connect | connect | connect | connect | connect |
| any other database | no | no | no | no | no | no |
| new schemas | no | no | no | no | no | no |
| temporary tables | create | create | no | no | no | no |
| schema `public` | no | no | no | no | no | no |
| schema `raw` | own | read | no | no | no | read |
| schema `staging` | no | own | no | no | no | read |
| schema `quarantine` | no | own | no | no | no | read |
| schema `marts` | no | own | read | read | read | read |
| schema `features` | no | own | read | read | read | read |
| function `features.what_if` | no | execute | no | execute | no | execute |
| schema `ops` | use | use | use | use | use | use |
| `ops.load_log` | add | read | no | no | no | read |
| `ops.completed_load` | add | read | read | no | no | read |
| `ops.appended_batch` | add | read | no | no | no | read |
| `ops.appended_client` | add | read | no | no | no | read |
| `ops.appended_bureau_credit` | add | read | no | no | no | read |
| `ops.build_log` | no | add | no | no | no | read |
| `ops.decision_log` | no | no | no | add | no | read |
| `ops.decision_chain` | no | no | no | no | no | read |
| `ops.decision_review` | no | no | no | add | no | read |
| `ops.review_chain` | no | no | no | no | no | read |
| `ops.client_score` | no | no | no | replace | read | read |
| `ops.client_score_run` | no | no | no | add | read | read |
| `ops.decision_day` | no | no | no | no | read | read |
| `ops.review_day` | no | no | no | no | read | read |
| `ops.dashboard_user` | no | no | no | no | read | no |
| `ops.dashboard_user` but its hashes | no | no | no | no | read | read |
| `ops.sign_in_event` | no | no | no | no | add | read |
| `ops.client_view` | no | no | no | no | append | read |
| `ops.idempotent_call` | no | no | no | add | no | read |
| `ops.feature_list` | no | no | no | add | no | read |
| function `ops.named_inputs` | no | no | no | execute | no | execute |
| other functions of `ops` | no | no | no | no | no | no |
| schema `signals` | no | use | no | no | no | no |
| function `signals.pg_terminate_backend` | no | execute | no | no | no | no |
"""

TABLE_VERBS = (
    *("select", "insert", "update", "delete"),
    *("truncate", "references", "trigger"),
)

MEANING = {
    "no": set(),
    "connect": {"connect"},
    "execute": {"execute"},
    "create": {"create"},
    "use": {"usage"},
    "read": {"usage", "select"},
    "add": {"select", "insert"},
    "append": {"insert"},
    "replace": {"select", "insert", "delete"},
    "own": {"usage", "create", *TABLE_VERBS},
}

FURNITURE = {
    "loader": ["create table raw.thing as select 1 as id", LOAD],
    "transformer": [
        *(
            f"create table {schema}.thing as select 1 as id"
            for schema in ("staging", "quarantine", "marts", "features")
        ),
        "create function features.what_if(integer, jsonb) returns integer"
        " language sql as 'select 1'",
    ],
    "scorer": [DECISION, REVIEW],
}


def on_table(table: str, key: str, insert: str) -> dict[str, str]:
    """Return what tries each right on a table; a key to refer to it by is there."""
    return {
        "select": f"select * from {table}",
        "insert": insert,
        "update": f"update {table} set {key} = {key}",
        "delete": f"delete from {table}",
        "truncate": f"truncate {table}",
        "references": f"create table {{home}}.other (id uuid references {table})",
        "trigger": f"create trigger tried before update on {table} for each row"
        " execute function suppress_redundant_updates_trigger()",
    }


def on_schema(schema: str) -> dict[str, str]:
    return {
        "usage": f"select '{schema}.thing'::regclass",
        "create": f"create table {schema}.tried (id integer)",
        **on_table(f"{schema}.thing", "id", f"insert into {schema}.thing values (2)"),
    }


ROWS: dict[str, dict[str, str]] = {
    "database `home_credit`": {"connect": "home_credit"},
    "any other database": {"connect": "postgres"},
    "new schemas": {"create": "create schema tried"},
    "temporary tables": {"create": "create temporary table tried (id integer)"},
    "schema `public`": {
        "usage": "select 'public.nothing'::regclass",
        "create": "create table public.tried (id integer)",
    },
    **{
        f"schema `{schema}`": on_schema(schema)
        for schema in ("raw", "staging", "quarantine", "marts", "features")
    },
    "function `features.what_if`": {
        "execute": "select features.what_if(1, '{}')",
    },
    "schema `ops`": {
        "usage": "select 'ops.load_log'::regclass",
        "create": "create table ops.tried (id integer)",
    },
    "`ops.load_log`": on_table("ops.load_log", "table_name", LOAD),
    "`ops.completed_load`": on_table(
        "ops.completed_load",
        "source_name",
        "insert into ops.completed_load values (0, 'sample')",
    ),
    "`ops.appended_batch`": on_table(
        "ops.appended_batch",
        "appended_at",
        "insert into ops.appended_batch default values",
    ),
    "`ops.appended_client`": on_table(
        "ops.appended_client",
        "client_id",
        "insert into ops.appended_client values (0, 1)",
    ),
    "`ops.appended_bureau_credit`": on_table(
        "ops.appended_bureau_credit",
        "bureau_credit_id",
        "insert into ops.appended_bureau_credit values (0, 1)",
    ),
    "`ops.build_log`": on_table(
        "ops.build_log",
        "batch_id",
        "insert into ops.build_log (table_name, batch_id, build_mode) "
        "values ('bureau', 0, 'full')",
    ),
    "`ops.decision_log`": on_table("ops.decision_log", "decision", DECISION),
    "`ops.decision_chain`": on_table(
        "ops.decision_chain",
        "head",
        "insert into ops.decision_chain (length, head) values (1, 'x')",
    ),
    "`ops.decision_review`": on_table("ops.decision_review", "decision", REVIEW),
    "`ops.review_chain`": on_table(
        "ops.review_chain",
        "head",
        "insert into ops.review_chain (length, head) values (1, 'x')",
    ),
    "`ops.client_score`": on_table(
        "ops.client_score",
        "rating",
        "insert into ops.client_score values (1, 'v1', now(), 0.02, 640, 'A', 'grant')",
    ),
    "`ops.client_score_run`": on_table(
        "ops.client_score_run",
        "model_version",
        "insert into ops.client_score_run"
        " (model_version, client_count, fingerprint, scored_at)"
        " values ('v1', 1, '0', now())",
    ),
    # No row can be added to a view of counts, whatever the right.
    "`ops.decision_day`": {"select": "select * from ops.decision_day"},
    "`ops.review_day`": {"select": "select * from ops.review_day"},
    "`ops.dashboard_user`": on_table("ops.dashboard_user", "full_name", USER),
    "`ops.dashboard_user` but its hashes": {
        "select": "select login, full_name, role_name, password_changed_at,"
        " valid_from, disabled_at, created_at from ops.dashboard_user"
    },
    "`ops.sign_in_event`": on_table("ops.sign_in_event", "login", SIGN_IN),
    "`ops.client_view`": on_table("ops.client_view", "what", VIEW),
    "`ops.idempotent_call`": on_table(
        "ops.idempotent_call",
        "call_id",
        "insert into ops.idempotent_call values"
        " ('desk', sha256('k'), sha256('r'), gen_random_uuid(), '{}')",
    ),
    "`ops.feature_list`": on_table(
        "ops.feature_list",
        "feature_count",
        "insert into ops.feature_list values (sha256('a'), '{a}', 1)",
    ),
    "function `ops.named_inputs`": {"execute": "select ops.named_inputs('{}')"},
    "other functions of `ops`": {
        "execute": "select ops.decision_hash(null), ops.open_decision_chain(),"
        " ops.chain_decision(), ops.close_decision_chain(),"
        " ops.review_hash(null), ops.chain_review(), ops.forget_calls()"
    },
    "schema `signals`": {
        "usage": "select 'signals.nothing'::regclass",
        "create": "create table signals.tried (id integer)",
    },
    "function `signals.pg_terminate_backend`": {
        "execute": "select signals.pg_terminate_backend(0)"
    },
}

HOMES = {"loader": "raw"}
"""Where a role would make a table that refers to another; marts for most."""


def table_cells() -> list[tuple[str, str, str]]:
    """Return row, role and cell of the table of rights."""
    header, _, *lines = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in RIGHTS.strip().splitlines()
    ]
    roles = [name.strip("`") for name in header[1:]]
    return [
        (row, role, cell)
        for row, *cells in lines
        for role, cell in zip(roles, cells, strict=True)
    ]


def cases() -> list[ParameterSet]:
    return [
        pytest.param(role, row, verb, verb in MEANING[cell], id=f"{role}-{row}-{verb}")
        for row, role, cell in table_cells()
        for verb in ROWS[row]
    ]


@pytest.fixture(scope="module")
def furnished(make_house: MakeHouse) -> House:
    """A server with one object per schema, made by the role that makes them."""
    house = make_house()
    house.done("start")
    for role, statements in FURNITURE.items():
        for statement in statements:
            house.query(role, statement)
    # What a foreign key would refer to.
    for row, role, cell in table_cells():
        if cell == "own":
            house.query(role, f"alter table {row[8:-1]}.thing add primary key (id)")
    return house


@pytest.fixture(scope="module")
def sessions(furnished: House) -> Iterator[dict[str, extensions.connection]]:
    with ExitStack() as stack:
        yield {
            role: stack.enter_context(closing(furnished.connect(role)))
            for role in LOGIN_ROLES
        }


def is_allowed(connection: extensions.connection, statement: str) -> bool:
    """Try a statement, beyond the role's read-only default, and undo it.

    The server checks rights first: what fails otherwise was allowed.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("set transaction read write")
            cursor.execute(statement)
    except psycopg2.errors.InsufficientPrivilege:
        return False
    except (
        psycopg2.errors.UndefinedTable,
        psycopg2.errors.DatatypeMismatch,
        psycopg2.errors.InvalidForeignKey,
        psycopg2.errors.ForeignKeyViolation,
    ):
        return True
    finally:
        connection.rollback()
    return True


def can_connect(house: House, role: str, database: str) -> bool:
    try:
        house.connect(role, dbname=database).close()
    except psycopg2.OperationalError as error:
        assert "pg_hba.conf rejects connection" in str(error)
        return False
    return True


@pytest.mark.parametrize(("role", "row", "verb", "expected"), cases())
def test_a_role_may_do_what_the_table_says_and_no_more(
    furnished: House,
    sessions: dict[str, extensions.connection],
    role: str,
    row: str,
    verb: str,
    expected: bool,
) -> None:
    tried = ROWS[row][verb]
    if verb == "connect":
        seen = can_connect(furnished, role, tried)
    else:
        statement = tried.replace("{home}", HOMES.get(role, "marts"))
        seen = is_allowed(sessions[role], statement)
    assert seen == expected


def test_the_table_covers_every_schema_and_every_log(furnished: House) -> None:
    found = furnished.query(
        "administrator",
        "select format('schema `%s`', nspname) from pg_namespace"
        " where nspname !~ '^pg_|information_schema'"
        " union select format('`ops.%s`', relname) from pg_class"
        " where relnamespace = 'ops'::regnamespace and relkind in ('r', 'v', 'p')",
    )
    assert {name for (name,) in found} <= set(ROWS)
    assert [row for row, role, _ in table_cells() if role == "loader"] == list(ROWS)


def test_the_documented_table_is_the_tested_one() -> None:
    assert RIGHTS.strip() in (REPOSITORY / "docs" / "roles.md").read_text()


def test_everybody_has_no_right_to_anything_of_the_house(furnished: House) -> None:
    granted = """
        select 'relation', oid::regclass::text
        from pg_class, aclexplode(relacl) as right_
        where right_.grantee = 0 and relnamespace::regnamespace::text = any(%(ours)s)
        union all
        select 'function', oid::regprocedure::text
        from pg_proc, aclexplode(coalesce(proacl, acldefault('f', proowner))) as right_
        where right_.grantee = 0 and pronamespace::regnamespace::text = any(%(ours)s)
        union all
        select 'schema', nspname
        from pg_namespace, aclexplode(coalesce(nspacl, acldefault('n', nspowner)))
            as right_
        where right_.grantee = 0 and nspname = any(%(ours)s)
        union all
        select 'database', datname
        from pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba)))
            as right_
        where right_.grantee = 0 and datallowconn
    """
    ours = [row[8:-1] for row in ROWS if row.startswith("schema")]
    with (
        closing(furnished.connect("administrator")) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(granted, {"ours": ours})
        assert cursor.fetchall() == []


@pytest.mark.parametrize("role", ["trainer", "advisor", "auditor"])
def test_readers_are_read_only_by_default(furnished: House, role: str) -> None:
    with pytest.raises(psycopg2.errors.ReadOnlySqlTransaction):
        furnished.query(role, "create table marts.more (x integer)")


@pytest.mark.parametrize("role", LOGIN_ROLES)
def test_no_statement_and_no_forgotten_transaction_goes_on_for_ever(
    furnished: House, role: str
) -> None:
    limits = furnished.query(
        role,
        "select setting::integer from pg_settings where name in"
        " ('statement_timeout', 'idle_in_transaction_session_timeout')",
    )
    assert len(limits) == 2
    assert (0,) not in limits


def test_the_other_roles_together_leave_connections_for_the_scorer(
    furnished: House,
) -> None:
    [(left,)] = furnished.query(
        "administrator",
        "select current_setting('max_connections')::integer"
        " - current_setting('superuser_reserved_connections')::integer"
        " - sum(rolconnlimit) filter (where rolconnlimit > 0) from pg_roles",
    )
    assert isinstance(left, int)
    assert left >= 20


@pytest.mark.parametrize("role", [role for role in LOGIN_ROLES if role != "scorer"])
def test_a_role_but_the_scorers_has_so_many_connections_and_no_more(
    furnished: House, role: str
) -> None:
    [(limit,)] = furnished.query(
        "auditor", f"select rolconnlimit from pg_roles where rolname = '{role}'"
    )
    assert isinstance(limit, int)
    with (
        ExitStack() as stack,
        pytest.raises(psycopg2.OperationalError, match="too many connections"),
    ):
        for _ in range(limit + 1):
            stack.enter_context(closing(furnished.connect(role)))


@pytest.mark.parametrize(
    ("role", "is_ended"), [("transformer", True), ("scorer", False)]
)
def test_the_transformer_ends_its_own_sessions_and_no_others(
    furnished: House, role: str, is_ended: bool
) -> None:
    with closing(furnished.connect(role)) as session:
        # As dbt says it at Ctrl-C: without a schema.
        end = f"select pg_terminate_backend({session.info.backend_pid})"
        if is_ended:
            assert furnished.query("transformer", end) == [(True,)]
        else:
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                furnished.query("transformer", end)


@pytest.mark.parametrize(
    "role", ["raw_owner", "warehouse_owner", "ops_owner", "registrar"]
)
def test_owners_cannot_log_in(furnished: House, role: str) -> None:
    with pytest.raises(psycopg2.OperationalError, match="rejects connection"):
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
