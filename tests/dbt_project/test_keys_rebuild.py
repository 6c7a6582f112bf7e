"""Rebuilding one table neither loses a foreign key nor breaks one."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from subprocess import DEVNULL

import pytest
from psycopg2.errors import QueryCanceled

from tests.dbt_project.conftest import OwnWarehouse, Query, query_of
from tests.dbt_project.runs import Finished, run_here
from tests.running import shell_environment, wait_until

Dbt = Callable[..., Finished]

KEYS = """
    select conname
    from pg_constraint
    where connamespace = 'features'::regnamespace
    order by 1
"""
ALL_KEYS = [
    "ck_parent__parent_id",
    "fk_child__its_colour",
    "fk_child__parent_id",
    *(f"fk_sibling_{number}__parent_id" for number in range(1, 7)),
    "pk_child",
    "pk_colours",
    "pk_parent",
    *(f"pk_sibling_{number}" for number in range(1, 7)),
    "uq_child__parent_id__colour",
    "uq_colours__position",
]


def arguments_of(project: Path, *arguments: str, **variables: object) -> list[str]:
    directories = ("--project-dir", str(project), "--profiles-dir", str(project))
    return [*arguments, *directories, "--vars", json.dumps(variables)]


@pytest.fixture(scope="module")
def dbt(own_warehouse: OwnWarehouse, keys_project: Path) -> Iterator[Dbt]:
    targets: dict[str, str] = {}

    def run(*arguments: str, **variables: object) -> Finished:
        # Each set of variables keeps its parsed project, which another throws away.
        number = len(targets)
        target = targets.setdefault(str(sorted(variables.items())), f"target_{number}")
        kept = ("--target-path", str(keys_project / target))
        return run_here(*arguments_of(keys_project, *arguments, **variables), *kept)

    with pytest.MonkeyPatch.context() as environment:
        for name, value in shell_environment(**own_warehouse.environment).items():
            environment.setenv(name, value)
        yield run


def keys(query: Query) -> list[str]:
    return [name for (name,) in query(KEYS)]


def count(query: Query, table: str) -> int:
    return int(query(f"select count(*) from features.{table}")[0][0])


@pytest.fixture
def tables(dbt: Dbt, query: Query) -> Iterator[Query]:
    """Three parents, three children, all keys; built anew where a test changed it."""
    if keys(query) != ALL_KEYS or {count(query, t) for t in ("parent", "child")} != {3}:
        finished = dbt("build")
        assert finished.succeeded, finished.said
    yield query
    query("drop view if exists features.by_hand")


def test_every_declared_key_is_in_the_database(tables: Query) -> None:
    assert keys(tables) == ALL_KEYS
    indexes = tables("select indexname from pg_indexes where tablename = 'child'")
    assert ("ix_child__parent_id",) in indexes


def test_a_full_rebuild_keeps_names_and_leaves_nothing_behind(
    dbt: Dbt, tables: Query
) -> None:
    finished = dbt("build", parents=2, children=2)
    assert finished.succeeded, finished.said
    assert keys(tables) == ALL_KEYS
    assert count(tables, "child") == 2
    assert tables("select relname from pg_class where relname like '%dbt_%'") == []


def test_a_parent_rebuilt_alone_keeps_the_keys_that_point_at_it(
    dbt: Dbt, tables: Query
) -> None:
    finished = dbt("run", "--select", "parent", parents=9)
    assert finished.succeeded, finished.said
    assert count(tables, "parent") == 9
    assert keys(tables) == ALL_KEYS


@pytest.fixture
def colours(dbt: Dbt, keys_project: Path, tables: Query) -> Iterator[Path]:
    """The seed's file, put back after a test has rewritten it."""
    file = keys_project / "seeds" / "colours.csv"
    before = file.read_text()
    yield file
    file.write_text(before)
    assert dbt("seed").succeeded
    assert keys(tables) == ALL_KEYS


def key_at_the_seed(query: Query) -> list[tuple[int]]:
    return query("select oid from pg_constraint where conname = 'fk_child__its_colour'")


def test_a_changed_seed_is_brought_up_under_the_keys_that_point_at_it(
    dbt: Dbt, colours: Path, tables: Query
) -> None:
    before = key_at_the_seed(tables)
    colours.write_text(
        "colour,label,position\ngreen,verte,1\nred,rouge,2\nblue,bleu,3\n"
    )
    finished = dbt("seed")
    assert finished.succeeded, finished.said
    rows = tables("select * from features.colours order by position")
    assert rows == [("green", "verte", 1), ("red", "rouge", 2), ("blue", "bleu", 3)]
    assert key_at_the_seed(tables) == before


def test_a_code_that_rows_still_hold_stays_in_the_seed(
    dbt: Dbt, colours: Path, tables: Query
) -> None:
    colours.write_text("colour,label,position\ngreen,vert,1\n")
    finished = dbt("seed")
    assert not finished.succeeded
    assert "Key (colour)=(red) is still referenced" in finished.said
    assert count(tables, "colours") == 2


def test_a_seed_with_another_column_is_replaced_with_its_keys(
    dbt: Dbt, colours: Path, tables: Query
) -> None:
    colours.write_text("colour,position,shade\nred,1,dark\ngreen,2,light\n")
    finished = dbt("seed")
    assert finished.succeeded, finished.said
    assert tables("select shade from features.colours where colour = 'red'") == [
        ("dark",)
    ]
    assert keys(tables) == ALL_KEYS


def test_a_seed_rebuilt_alone_keeps_the_keys_that_point_at_it(
    dbt: Dbt, tables: Query
) -> None:
    for options in ([], ["--full-refresh"]):
        finished = dbt("seed", *options)
        assert finished.succeeded, finished.said
        assert keys(tables) == ALL_KEYS


def test_a_parent_that_would_orphan_its_child_is_refused(
    dbt: Dbt, tables: Query
) -> None:
    finished = dbt("run", "--select", "parent", parents=2)
    assert not finished.succeeded
    assert "features.parent was not replaced" in finished.said
    assert "features.child has rows without a parent" in finished.said
    assert "dbt build --select parent+" in finished.said
    assert count(tables, "parent") == 3
    assert keys(tables) == ALL_KEYS


def test_what_a_refused_run_left_does_not_hinder_the_next(
    dbt: Dbt, tables: Query
) -> None:
    assert not dbt("run", "--select", "parent", parents=2).succeeded
    finished = dbt("run", "--select", "parent", parents=4)
    assert finished.succeeded, finished.said
    assert keys(tables) == ALL_KEYS


def test_a_view_that_reads_the_table_makes_the_rebuild_refuse(
    dbt: Dbt, tables: Query
) -> None:
    tables("create view features.by_hand as select * from features.parent")
    finished = dbt("run", "--select", "parent")
    assert not finished.succeeded
    assert "other objects depend on it" in finished.said
    assert "view features.by_hand" in finished.said
    assert count(tables, "by_hand") == 3


def test_a_view_of_the_project_stays_when_its_table_is_rebuilt_alone(
    dbt: Dbt, tables: Query
) -> None:
    finished = dbt("run", "--select", "parent", parents=4)
    assert finished.succeeded, finished.said
    assert count(tables, "children_seen") == 3
    comments = tables("""
        select
            obj_description('features.children_seen'::regclass),
            col_description('features.children_seen'::regclass, 1)
    """)
    assert comments == [("A view of two tables.", "The child.")]


def test_a_view_that_could_not_read_the_new_table_makes_the_rebuild_refuse(
    dbt: Dbt, tables: Query
) -> None:
    refused = dbt("run", "--select", "note", note_column="written")
    assert not refused.succeeded
    assert "features.note was not replaced" in refused.said
    assert "features.note_seen cannot read the new table" in refused.said
    assert "dbt build --select note+" in refused.said
    assert count(tables, "note_seen") == 1


def test_a_view_that_is_built_in_the_same_run_takes_to_the_new_table(
    dbt: Dbt, tables: Query
) -> None:
    for column in ("written", "said"):
        finished = dbt("build", "--select", "note+", note_column=column)
        assert finished.succeeded, finished.said
        assert count(tables, "note_seen") == 1


def test_a_view_on_a_view_of_the_project_makes_the_rebuild_refuse(
    dbt: Dbt, tables: Query
) -> None:
    tables("create view features.by_hand as select * from features.children_seen")
    finished = dbt("run", "--select", "parent")
    assert not finished.succeeded
    assert "view features.by_hand" in finished.said
    assert count(tables, "by_hand") == 3


def test_a_key_that_a_failed_child_left_out_is_put_back(
    dbt: Dbt, tables: Query
) -> None:
    finished = dbt("run", parents=4, child_fails=True)
    assert not finished.succeeded
    assert count(tables, "parent") == 4
    assert keys(tables) == ALL_KEYS


def test_a_key_that_cannot_be_put_back_names_the_table_to_build(
    dbt: Dbt, tables: Query
) -> None:
    finished = dbt("run", parents=2, child_fails=True)
    assert not finished.succeeded
    assert "features.child lacks fk_child__parent_id" in finished.said
    assert "dbt build --select child+" in finished.said


def test_a_table_against_its_contract_is_refused(dbt: Dbt, tables: Query) -> None:
    finished = dbt("run", "--select", "parent", parent_type="bigint")
    assert not finished.succeeded
    assert "enforced contract" in finished.said
    assert keys(tables) == ALL_KEYS


def test_a_reader_that_stays_is_named_after_the_wait(
    dbt: Dbt, own_warehouse: OwnWarehouse, tables: Query
) -> None:
    with closing(own_warehouse.connect("auditor")) as connection:
        reader = query_of(connection)
        reader("begin")
        reader("select * from features.child")
        finished = dbt("run", "--select", "child", lock_wait="1 second")
    assert not finished.succeeded
    assert "others have been using" in finished.said
    assert keys(tables) == ALL_KEYS


def test_a_vacuum_of_what_a_table_keeps_out_of_line_is_waited_for(
    dbt: Dbt, own_warehouse: OwnWarehouse, tables: Query
) -> None:
    tables("alter table features.child add column words text")
    tables(
        "update features.child set words = "
        "(select string_agg(md5(n::text), '') from generate_series(1, 40000) as n)"
    )
    toast = (
        "(select reltoastrelid from pg_class where oid = 'features.child'::regclass)"
    )
    with (
        closing(own_warehouse.connect("administrator")) as vacuuming,
        closing(own_warehouse.connect("administrator")) as watching,
        ThreadPoolExecutor(2) as threads,
    ):
        vacuum, watch = query_of(vacuuming), query_of(watching)
        [(name,)] = watch(f"select {toast}::regclass::text")
        [(process,)] = vacuum("select pg_backend_pid()")
        vacuum("set vacuum_cost_delay = 100")
        vacuum("set vacuum_cost_limit = 1")
        waiting = (
            "select 1 from pg_locks where not granted "
            f"and relation = {toast} and clock_timestamp() - waitstart > '1.5 s'"
        )

        def end_it_after_a_while() -> None:
            wait_until(lambda: bool(watch(waiting)), "a build that waits for it")
            watch(f"select pg_cancel_backend({process})")

        working = threads.submit(vacuum, f"vacuum (disable_page_skipping) {name}")
        is_held = f"select 1 from pg_locks where pid = {process} and relation = {toast}"
        wait_until(lambda: bool(watch(is_held)), "the vacuum")
        ending = threads.submit(end_it_after_a_while)
        finished = dbt("run", "--select", "child")
        if not finished.succeeded:
            watch(f"select pg_cancel_backend({process})")
        assert finished.succeeded, finished.said
        ending.result()
        assert isinstance(working.exception(), QueryCanceled)
    assert keys(tables) == ALL_KEYS


def test_a_killed_run_leaves_the_present_table(
    keys_project: Path, own_warehouse: OwnWarehouse, tables: Query
) -> None:
    dbt = str(Path(sys.executable).with_name("dbt"))
    slow = arguments_of(keys_project, "run", "--select", "parent", parent_seconds=60)
    environment = shell_environment(**own_warehouse.environment)
    sleeping = "from pg_stat_activity where wait_event = 'PgSleep'"
    with (
        closing(own_warehouse.connect("administrator")) as connection,
        subprocess.Popen([dbt, *slow], env=environment, stdout=DEVNULL) as building,
    ):
        server = query_of(connection)
        try:
            wait_until(lambda: bool(server(f"select 1 {sleeping}")), "the new table")
        finally:
            building.kill()
        server(f"select pg_terminate_backend(pid, 10000) {sleeping}")
    assert count(tables, "parent") == 3
    assert keys(tables) == ALL_KEYS
