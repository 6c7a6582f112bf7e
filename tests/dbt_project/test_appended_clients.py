"""Building only the clients of appended batches gives what a full build gives."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from dbt.contracts.graph.manifest import Manifest

from tests.dbt_project.appended_batches import Bank, read_tables, write_tables
from tests.dbt_project.conftest import OwnWarehouse, Query, checksums, query_of
from tests.dbt_project.runs import run_here
from tests.running import ROOT, must_run, shell_environment, wait_until

Checksums = dict[str, str]
Rows = list[tuple[Any, ...]]
TABLES_ONLY = ("--exclude-resource-type", "test", "unit_test")
BUT_SEEDS = (*TABLES_ONLY, "seed")

READ_WHOLE = """
    select schemaname || '.' || relname, seq_scan
    from pg_stat_user_tables
    where
        schemaname in ('raw', 'marts', 'features', 'quarantine')
        and relname !~ '^(ref_|feature_)'
"""

SEEN = """
    select count(*), sum(client_id), sum(installments_paid_amount)
    from (
        select client_id, installments_due_amount_mean as installments_paid_amount
        from features.client_features
        union all
        select client_id, paid_amount from marts.fct_installment
    ) as seen
"""

FACTS = """
    select count(*), 2
    from marts.fct_bureau_month where bureau_credit_id = {bank.late_credit}
    union all
    select count(*), 0
    from quarantine.bureau_balance where sk_id_bureau = {bank.late_credit}
    union all
    select count(*), 2
    from marts.fct_bureau_credit where bureau_credit_id in (9999998, 9999999)
    union all
    select count(*), 0
    from marts.fct_installment where previous_application_id = {bank.moved_loan}
    union all
    select count(*), 0
    from marts.fct_pos_month where previous_application_id = {bank.moved_loan}
    union all
    select cast(count(*) > 0 as integer), 1
    from quarantine.installments_payments
    where sk_id_prev = {bank.moved_loan} and reason = 'loan of another client'
    union all
    select count(*), 3
    from quarantine.pos_cash_balance where sk_id_prev is null or sk_id_curr is null
"""


class Builder:
    """Runs dbt within this process, on a copy of the project that a test may change.

    Each way of building keeps its parsed project until the test changes a file.
    """

    def __init__(self, targets: Path) -> None:
        self.said = ""
        self._parsed: dict[str, bytes] = {}
        self.project = targets / "appended_project"
        shutil.copytree(ROOT / "dbt_project", self.project)
        self._targets = targets

    def __call__(self, *arguments: str, clients: str = "all") -> bool:
        variables = ("--vars", json.dumps({"clients": clients}))
        kept = ("--target-path", str(self._targets / f"target_of_{clients}"))
        project = ("--project-dir", str(self.project))
        options = (*project, *variables, *kept)
        if clients not in self._parsed:
            parsed = run_here("parse", *options).result
            self._parsed[clients] = parsed.to_msgpack() if parsed else b""
        finished = run_here(*arguments, *options, parsed=self._copy_of(clients))
        self.said = finished.said
        return finished.succeeded

    def _copy_of(self, clients: str) -> Manifest | None:
        """Return what dbt may write into; none where it could not read the project."""
        packed = self._parsed[clients]
        if not packed:
            return None
        manifest = Manifest.from_msgpack(packed)
        manifest.build_flat_graph()
        return manifest

    def write(self, model: Path, text: str) -> None:
        """Change a file of the project, which is then parsed again."""
        model.write_text(text)
        self._parsed.clear()


@pytest.fixture(scope="module")
def own(session_dir: Path) -> Iterator[OwnWarehouse]:
    own = OwnWarehouse(session_dir / "appended_warehouse")
    must_run("database", "start", **own.environment)
    with pytest.MonkeyPatch.context() as environment:
        for name, value in shell_environment(**own.environment).items():
            environment.setenv(name, value)
        yield own
    must_run("database", "stop", **own.environment)


@pytest.fixture(scope="module")
def bank(session_dir: Path, own: OwnWarehouse) -> Bank:
    sample = session_dir / "appended_sample"
    must_run(
        *("ingestion", "sample", "--clients", "60", "--seed", "11"),
        *("--out", str(sample)),
    )
    tables = read_tables(sample)
    bank = Bank(tables)
    for name in ("landed", "first", "second"):
        write_tables(getattr(bank, name), tables, session_dir / f"appended_{name}")
    must_run(
        "ingestion", "load", str(session_dir / "appended_landed"), **own.environment
    )
    return bank


@pytest.fixture(scope="module")
def query(own: OwnWarehouse) -> Iterator[Query]:
    with closing(own.connect()) as connection:
        yield query_of(connection)


@pytest.fixture(scope="module")
def build(bank: Bank, session_dir: Path) -> Builder:
    builder = Builder(session_dir)
    assert builder("build", *TABLES_ONLY), builder.said
    return builder


Append = Callable[[str], str]


@dataclass
class InPlace:
    """What was seen before, during and after the build of two appended batches."""

    before: Checksums
    broken: Checksums
    after: Checksums
    read: tuple[Rows, Rows]
    read_whole: list[str]
    facts: Rows


@pytest.fixture(scope="module")
def append(session_dir: Path, own: OwnWarehouse) -> Append:
    def run(name: str) -> str:
        batch = str(session_dir / f"appended_{name}")
        return must_run("ingestion", "load", "--append", batch, **own.environment)

    return run


@pytest.fixture(scope="module")
def built_in_place(
    build: Builder, bank: Bank, own: OwnWarehouse, query: Query, append: Append
) -> InPlace:
    """Append, break off, append, and build in place while somebody reads."""
    before = checksums(query)
    append("first")
    append("first")
    card = "alter table marts.fct_card_month"
    query(f"{card} add constraint broken check (month > 0) not valid")
    assert not build("build", *BUT_SEEDS, clients="appended")
    assert 'violates check constraint "broken"' in build.said
    assert "Failing row contains" not in build.said
    query(f"{card} drop constraint broken")
    broken = checksums(query)
    append("second")
    with closing(own.connect("auditor")) as connection:
        reader = query_of(connection)
        reader("begin isolation level repeatable read")
        read = reader(SEEN)
        query("select pg_stat_force_next_flush()")
        scans: dict[str, int] = dict(query(READ_WHOLE))
        with pytest.MonkeyPatch.context() as environment:
            # Small tables are read whole unless that is made to cost.
            environment.setenv("PGOPTIONS", "-c enable_seqscan=off")
            assert build("build", *BUT_SEEDS, clients="appended"), build.said
        read_whole = [
            table for table, count in query(READ_WHOLE) if count != scans.get(table)
        ]
        again = reader(SEEN)
    facts = query(FACTS.format(bank=bank))
    return InPlace(before, broken, checksums(query), (read, again), read_whole, facts)


def test_appended_clients_are_built_as_a_full_build_builds_them(
    built_in_place: InPlace, build: Builder, query: Query
) -> None:
    assert build("build", *BUT_SEEDS), build.said
    assert checksums(query) == built_in_place.after


def test_every_kind_of_row_of_a_batch_arrives(
    built_in_place: InPlace, bank: Bank
) -> None:
    changed = {
        table
        for table, before in built_in_place.before.items()
        if built_in_place.after[table] != before
    }
    untouched = built_in_place.before.keys() - changed
    built = ("marts.dim_", "marts.fct_", "features.feat_")
    assert not [table for table in untouched if table.startswith(built)]
    for row in built_in_place.facts:
        assert row[0] == row[1], row


def test_a_run_that_broke_off_left_each_table_before_or_after(
    built_in_place: InPlace,
) -> None:
    broken, before = built_in_place.broken, built_in_place.before
    assert broken["marts.fct_card_month"] == before["marts.fct_card_month"]
    assert broken["features.client_features"] == before["features.client_features"]
    assert broken["marts.dim_client"] != before["marts.dim_client"]


def test_a_reader_is_neither_held_up_nor_disturbed(built_in_place: InPlace) -> None:
    first, second = built_in_place.read
    assert first == second


def test_no_large_table_is_read_whole(built_in_place: InPlace) -> None:
    assert built_in_place.read_whole == []


def test_nothing_of_the_run_stays_behind(built_in_place: InPlace, query: Query) -> None:
    assert not query("select 1 from pg_class where relname like 'affected%'")
    modes = """
        select build_mode, count(distinct table_name) from ops.build_log group by 1
    """
    assert set(query(modes)) == {("appended", 25), ("full", 25)}


def refused(build: Builder, model: str) -> str:
    assert not build("run", "--select", model, clients="appended")
    assert "Build in full: dbt build --project-dir dbt_project" in build.said
    return build.said


def test_a_table_that_is_not_there_is_refused(build: Builder, query: Query) -> None:
    query("alter table features.feat_card rename to feat_away")
    said = refused(build, "feat_card")
    query("alter table features.feat_away rename to feat_card")
    assert "features.feat_card is not there" in said


def test_a_run_ends_when_another_has_begun(
    build: Builder, own: OwnWarehouse, query: Query
) -> None:
    waiting = "select 1 from pg_locks where relation = 'marts.dim_client'::regclass"
    built = "select count(*) from ops.build_log"
    before = query(built)[0][0]
    with ThreadPoolExecutor() as threads, closing(own.connect()) as connection:
        other = query_of(connection)
        other("begin; lock table marts.dim_client in exclusive mode")
        selected = ("run", "--select", "dim_client", "feat_application")
        run = threads.submit(build, *selected, clients="appended")
        wait_until(lambda: bool(query(f"{waiting} and not granted")), "the run")
        query("update staging.affected_run set invocation_id = 'another'")
        other("commit")
        assert not run.result()
    assert "Another run of dbt for appended clients began" in build.said
    assert query(built) == [(before + 1,)]


def test_clients_are_all_or_appended(build: Builder) -> None:
    assert not build("run", "--select", "feat_card", clients="append")
    assert "The variable clients is append; it takes all or appended" in build.said


def test_a_table_that_another_reads_is_refused_when_it_is_not_there(
    build: Builder, query: Query
) -> None:
    query("alter table marts.fct_card_month rename to fct_away")
    said = refused(build, "feat_card")
    query("alter table marts.fct_away rename to fct_card_month")
    assert "marts.fct_card_month is not there" in said


def test_a_table_that_nothing_selected_reads_may_be_absent(
    build: Builder, query: Query
) -> None:
    query("alter table marts.fct_installment_payment rename to fct_away")
    assert build("run", "--select", "feat_card", clients="appended"), build.said
    query("alter table marts.fct_away rename to fct_installment_payment")


def test_tests_alone_see_all_rows(build: Builder, query: Query) -> None:
    selected = ("test", "--select", "payments_add_up_to_installments")
    add = "update marts.fct_installment_payment set paid_amount = paid_amount + {}"
    assert build(*selected, clients="appended"), build.said
    query(add.format(1))
    assert not build(*selected, clients="appended")
    query(add.format(-1))


def test_a_table_with_other_columns_is_refused(build: Builder, query: Query) -> None:
    query("alter table features.feat_card add column by_hand integer")
    said = refused(build, "feat_card")
    query("alter table features.feat_card drop column by_hand")
    assert "features.feat_card has other columns than its model gives now" in said


def test_a_table_whose_model_or_view_has_changed_is_refused(
    build: Builder, query: Query
) -> None:
    """The columns are the same: only what computes them is another."""
    model = build.project / "models/features/feat_card.sql"
    text = model.read_text()
    build.write(model, text.replace("where month <= 0", "where month <= -1"))
    assert model.read_text() != text
    said = refused(build, "feat_card")
    build.write(model, text)
    assert "features.feat_card was built by another SQL than its model gives" in said

    view = "stg_home_credit__card_months"
    [(definition,)] = query(f"select pg_get_viewdef('staging.{view}')")
    narrower = f"select * from ({definition.rstrip(';')}) as months where month < 0"
    query(f"create or replace view staging.{view} as {narrower}")
    said = refused(build, "fct_card_month")
    assert "marts.fct_card_month was built by another SQL" in said
    assert build("run", "--select", view), build.said
    assert build("run", "--select", "feat_card", clients="appended"), build.said


def test_a_table_from_before_the_last_load_is_refused(
    build: Builder, own: OwnWarehouse
) -> None:
    with closing(own.connect("loader")) as connection:
        query_of(connection)("""
            with loaded as (
                insert into ops.load_log
                    (table_name, row_count, started_at, finished_at)
                values ('bureau', 0, now(), now())
                returning load_id
            )
            insert into ops.completed_load (last_load_id, source_name)
            select load_id, 'none' from loaded
        """)
    said = refused(build, "feat_card")
    assert "feat_card was built before the landing tables were replaced" in said
