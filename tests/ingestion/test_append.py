from __future__ import annotations

import csv
import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import closing
from itertools import islice
from pathlib import Path
from threading import Event

import pytest
from psycopg2 import extensions

from database import connect
from ingestion import (
    LANDING_TABLES,
    CopyError,
    LandingTable,
    LandingTableError,
    LoadListener,
    SourceError,
    TableLoad,
    append_source,
    find_batch,
    find_source,
    load_source,
)
from tests.ingestion.packing import (
    count,
    digest,
    loader_connection,
    query,
    replace_field,
    replace_line,
    zipped,
)
from tests.running import ROOT, run_module, wait_until

SHIFT = 5_000_000
KEYS = ("SK_ID_CURR", "SK_ID_PREV", "SK_ID_BUREAU")


class Lines(LoadListener):
    def __init__(self) -> None:
        self.lines: list[str] = []

    def noted(self, line: str) -> None:
        self.lines.append(line)


def append(path: Path, listener: LoadListener | None = None) -> tuple[TableLoad, ...]:
    return append_source(find_batch(path), loader_connection, listener)


def write_batch(source: Path, target: Path, *files: str, clients: int = 5) -> Path:
    """Write the first clients' rows of some files as those of new clients."""
    target.mkdir()
    with (source / "application_train.csv").open() as lines:
        chosen = {row["SK_ID_CURR"] for row in islice(csv.DictReader(lines), clients)}
    with (source / "bureau.csv").open() as lines:
        credits = {
            x["SK_ID_BUREAU"]
            for x in csv.DictReader(lines)
            if x["SK_ID_CURR"] in chosen
        }
    for name in files or [table.file_name for table in LANDING_TABLES]:
        with (source / name).open() as lines, (target / name).open("w") as kept:
            reader = csv.DictReader(lines)
            assert reader.fieldnames
            writer = csv.DictWriter(kept, reader.fieldnames, lineterminator="\n")
            writer.writeheader()
            for row in reader:
                if row.get("SK_ID_CURR") in chosen or (
                    "SK_ID_CURR" not in row and row["SK_ID_BUREAU"] in credits
                ):
                    shifted = {key: int(row[key]) + SHIFT for key in KEYS if key in row}
                    writer.writerow({**row, **shifted})
    return target


@pytest.fixture(scope="session")
def batch_of_5(sample_of_200: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_batch(sample_of_200, tmp_path_factory.mktemp("batch") / "of_5")


@pytest.fixture
def batch(batch_of_5: Path, tmp_path: Path) -> Path:
    """Give a copy of the batch that the test may spoil."""
    return Path(shutil.copytree(batch_of_5, tmp_path / "batch"))


@pytest.fixture
def loaded(
    sample_of_200: Path, connection: extensions.connection
) -> extensions.connection:
    load_source(find_source(sample_of_200), loader_connection)
    return connection


def counts(connection: extensions.connection) -> dict[str, int]:
    return {table.name: count(connection, table.name) for table in LANDING_TABLES}


def line_count(path: Path) -> int:
    return path.read_bytes().count(b"\n") - 1


def values(connection: extensions.connection, statement: str) -> set[object]:
    return {row[0] for row in query(connection, statement)}


def column(path: Path, name: str) -> set[int]:
    with path.open() as lines:
        return {int(row[name]) for row in csv.DictReader(lines)}


def test_every_row_of_the_batch_is_added_to_what_was_there(
    loaded: extensions.connection, batch: Path
) -> None:
    before = counts(loaded)
    loads = append(batch)
    assert {one.status for one in loads} == {"appended"}
    assert sum(one.row_count for one in loads) > 100
    assert counts(loaded) == {
        table.name: before[table.name] + line_count(batch / table.file_name)
        for table in LANDING_TABLES
    }


def test_appended_values_are_what_a_load_would_have_brought(
    loaded: extensions.connection, sample_of_200: Path, batch: Path, tmp_path: Path
) -> None:
    append(batch)
    appended = [digest(loaded, table.name) for table in LANDING_TABLES]
    whole = tmp_path / "whole"
    whole.mkdir()
    for table in LANDING_TABLES:
        rows = (batch / table.file_name).read_bytes().partition(b"\n")[2]
        first = (sample_of_200 / table.file_name).read_bytes()
        (whole / table.file_name).write_bytes(first + rows)
    load_source(find_source(whole), loader_connection)
    assert [digest(loaded, table.name) for table in LANDING_TABLES] == appended


def test_the_same_batch_again_changes_nothing_in_any_packing(
    loaded: extensions.connection, batch: Path, tmp_path: Path
) -> None:
    append(batch)
    before = counts(loaded), query(loaded, "select max(load_id) from ops.load_log")
    for again in (batch, zipped(batch, tmp_path / "batch.zip")):
        assert {one.status for one in append(again)} == {"unchanged"}
    log = query(loaded, "select max(load_id) from ops.load_log")
    assert (counts(loaded), log) == before


def test_the_loaded_source_itself_is_not_appended_again(
    loaded: extensions.connection, sample_of_200: Path
) -> None:
    before = counts(loaded)
    assert {one.status for one in append(sample_of_200)} == {"unchanged"}
    assert counts(loaded) == before


def test_a_batch_of_which_a_file_is_there_already_is_refused(
    loaded: extensions.connection, batch: Path
) -> None:
    append(batch)
    before = counts(loaded)
    rows = (batch / "application_train.csv").read_text().replace(",", ",", 1)
    (batch / "application_train.csv").write_text(rows + rows.splitlines()[1] + "\n")
    with pytest.raises(SourceError, match=r"hold .*bureau\.csv.* already"):
        append(batch)
    assert counts(loaded) == before


def test_a_batch_may_hold_any_of_the_files_with_an_application(
    loaded: extensions.connection, sample_of_200: Path, tmp_path: Path
) -> None:
    path = write_batch(
        sample_of_200, tmp_path / "few", "application_train.csv", "bureau.csv"
    )
    before = counts(loaded)
    append(path)
    changed = {name for name, rows in counts(loaded).items() if rows != before[name]}
    assert changed == {"application_train", "bureau"}


def test_a_batch_without_an_application_file_is_refused(
    loaded: extensions.connection, batch: Path
) -> None:
    (batch / "application_train.csv").unlink()
    (batch / "application_test.csv").unlink()
    with pytest.raises(SourceError, match="has no application file"):
        append(batch)


def test_a_batch_is_all_or_nothing(loaded: extensions.connection, batch: Path) -> None:
    before = counts(loaded)
    log = query(loaded, "select max(load_id) from ops.load_log")
    replace_field(batch / "installments_payments.csv", 3, "AMT_PAYMENT", "secret-77")
    with pytest.raises(CopyError) as caught:
        append(batch)
    message = str(caught.value)
    assert message.startswith("installments_payments.csv, line 3, column AMT_PAYMENT: ")
    assert "secret-77" not in message
    assert counts(loaded) == before
    assert query(loaded, "select max(load_id) from ops.load_log") == log
    assert query(
        loaded,
        "select count(*) from pg_class where relname ~ '_idx$' "
        "and relnamespace = 'raw'::regnamespace",
    ) == [(0,)]


def test_a_failed_batch_can_simply_be_run_again(
    loaded: extensions.connection, batch: Path, batch_of_5: Path
) -> None:
    replace_line(batch / "installments_payments.csv", 2, "x")
    with pytest.raises(CopyError):
        append(batch)
    assert {one.status for one in append(batch_of_5)} == {"appended"}


def test_whom_a_batch_concerns_is_kept(
    loaded: extensions.connection, batch: Path
) -> None:
    known = query(loaded, "select sk_id_bureau, sk_id_curr from raw.bureau limit 1")
    ((credit, client),) = known
    path = batch / "bureau_balance.csv"
    path.write_text(path.read_text() + f"{credit},-90,0\n99999999,-90,0\n")
    append(batch)
    ((batch_id,),) = query(loaded, "select max(batch_id) from ops.appended_batch")
    of_batch = f"where batch_id = {batch_id}"
    expected = set().union(
        *(
            column(batch / table.file_name, "SK_ID_CURR")
            for table in LANDING_TABLES
            if "SK_ID_CURR" in table.header
        )
    )
    clients = values(loaded, f"select client_id from ops.appended_client {of_batch}")
    assert clients == expected | {client}
    assert len(clients) == 6
    credits = f"select bureau_credit_id from ops.appended_bureau_credit {of_batch}"
    assert values(loaded, credits) == column(path, "SK_ID_BUREAU")
    assert values(loaded, f"select table_name from ops.load_log {of_batch}") == {
        table.name for table in LANDING_TABLES
    }


def test_clients_who_have_an_application_already_are_counted(
    loaded: extensions.connection, sample_of_200: Path, batch: Path
) -> None:
    path = batch / "application_train.csv"
    known = (sample_of_200 / path.name).read_text().splitlines()[1:4]
    path.write_text(path.read_text() + "".join(f"{line}\n" for line in known))
    told = Lines()
    append(batch, told)
    assert any(
        "application_train.csv: 3 of its clients have an application" in line
        for line in told.lines
    )


def test_a_repeated_application_comes_after_the_first_wherever_there_is_room(
    loaded: extensions.connection, sample_of_200: Path, batch: Path
) -> None:
    path = batch / "application_train.csv"
    last = (sample_of_200 / path.name).read_text().splitlines()[-1]
    client = last.split(",")[0]
    path.write_text(path.read_text() + f"{last}\n")
    places = f"select ctid from raw.application_train where sk_id_curr = {client}"
    ((first,),) = query(loaded, places)
    query(loaded, "delete from raw.application_train where ctid < '(1,0)'")
    loaded.autocommit = True
    with loaded.cursor() as cursor:
        cursor.execute("vacuum raw.application_train")
    append(batch)
    assert query(loaded, f"{places} order by ctid limit 1") == [(first,)]
    assert len(query(loaded, places)) == 2


def test_the_first_batch_indexes_the_keys_and_replacing_a_table_drops_its_own(
    loaded: extensions.connection, sample_of_200: Path, batch: Path, tmp_path: Path
) -> None:
    indexed = (
        "select tablename || ' ' || substring(indexdef from '[(](.*)[)]') "
        "from pg_indexes where schemaname = 'raw'"
    )
    told = Lines()
    append(batch, told)
    assert any("13 indexes" in line for line in told.lines)
    assert values(loaded, indexed) == {
        f"{table.name} {column.name}"
        for table in LANDING_TABLES
        for column in table.columns
        if column.published_name in KEYS
    }
    second = write_batch(
        sample_of_200, tmp_path / "second", "application_test.csv", clients=0
    )
    told = Lines()
    append(second, told)
    assert told.lines == []
    load_source(find_source(sample_of_200), loader_connection, told)
    assert any("bureau: " in x and "2 indexes" in x for x in told.lines)
    assert not {
        index for index in values(loaded, indexed) if str(index).startswith("bureau")
    }


def test_a_load_says_how_many_appended_rows_it_removes_and_removes_them(
    loaded: extensions.connection, sample_of_200: Path, batch: Path
) -> None:
    before = counts(loaded)
    append(batch)
    added = line_count(batch / "bureau.csv")
    told = Lines()
    load_source(find_source(sample_of_200), loader_connection, told)
    assert any(
        line.startswith(f"bureau: {added:,} appended rows") for line in told.lines
    )
    assert counts(loaded) == before
    assert {one.status for one in append(batch)} == {"appended"}


def test_nothing_is_appended_before_a_whole_source_is_loaded(
    connection: extensions.connection, sample_of_200: Path, batch: Path
) -> None:
    with pytest.raises(LandingTableError, match="not of one whole source"):
        append(batch)


class InstalmentsFirst(LoadListener):
    """Holds the applications up until the instalments are committed."""

    def __init__(self) -> None:
        self._are_committed = Event()

    def started(self, table: LandingTable, stage: str, size: int | None) -> None:
        if table.name == "application_test":
            assert self._are_committed.wait(60)

    def finished(self, load: TableLoad) -> None:
        if load.table.name == "installments_payments":
            self._are_committed.set()


def test_nothing_is_appended_after_a_load_that_broke_off(
    loaded: extensions.connection, sample_of_200: Path, batch: Path, folder: Path
) -> None:
    path = folder / "installments_payments.csv"
    path.write_text(path.read_text() + path.read_text().splitlines()[1] + "\n")
    replace_line(folder / "application_test.csv", 2, "x")
    with pytest.raises(CopyError):
        load_source(find_source(folder), loader_connection, InstalmentsFirst())
    with pytest.raises(LandingTableError, match="the last load broke off"):
        append(batch)
    load_source(find_source(sample_of_200), loader_connection)
    assert {one.status for one in append(batch)} == {"appended"}


def test_ctrl_c_leaves_nothing_of_a_batch(
    loaded: extensions.connection, batch: Path
) -> None:
    before = counts(loaded)
    query(
        loaded,
        "create function raw.interfere() returns trigger language plpgsql as "
        "'begin perform pg_sleep(60); return new; end'",
    )
    query(
        loaded,
        "create trigger interfere before insert on raw.bureau "
        "for each row execute function raw.interfere()",
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "ingestion", "load", "--append", str(batch)],
        cwd=ROOT,
        env=os.environ,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        with closing(connect("loader")) as watcher:
            query(watcher, "set role none")
            wait_until(lambda: is_asleep(watcher), "the batch to be under way")
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    finally:
        process.kill()
        process.communicate()
        query(loaded, "drop function raw.interfere cascade")
    assert process.returncode == 1
    assert "Error: Interrupted." in errors
    assert counts(loaded) == before


def is_asleep(watcher: extensions.connection) -> bool:
    waits = "select count(*) > 0 from pg_stat_activity where wait_event = 'PgSleep'"
    return query(watcher, waits) == [(True,)]


def test_the_command_appends_and_then_says_that_nothing_changed(
    loaded: extensions.connection, batch: Path
) -> None:
    first = run_module("ingestion", "load", "--append", str(batch))
    assert first.returncode == 0, first.stderr
    assert re.search(r"bureau: \d+ rows appended from bureau\.csv", first.stderr)
    again = run_module("ingestion", "load", "--append", str(batch))
    assert again.stderr.count("unchanged") == 8
