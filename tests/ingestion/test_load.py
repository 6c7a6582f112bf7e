from __future__ import annotations

import os
import re
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from psycopg2 import extensions

from database import connect
from ingestion import (
    LANDING_TABLES,
    LandingTableError,
    find_source,
    load_source,
)
from ingestion.source import SAMPLE_MARKER
from tests.ingestion.packing import (
    count,
    digest,
    gzipped,
    loader_connection,
    query,
    zipped,
)
from tests.running import ROOT, run_module

MEMORY_PROBE = """
import runpy, sys
sys.argv[0] = "ingestion"
try:
    runpy.run_module("ingestion", run_name="__main__")
except SystemExit as end:
    assert not end.code, end.code
for line in open("/proc/self/status"):
    if line.startswith("VmHWM"):
        print("peak", line.split()[1])
"""


def load(path: Path, connection: extensions.connection) -> dict[str, str]:
    loads = load_source(find_source(path), loader_connection)
    return {load.table.name: load.status for load in loads}


def statuses(status: str, **others: str) -> dict[str, str]:
    return {table.name: others.get(table.name, status) for table in LANDING_TABLES}


def line_count(path: Path) -> int:
    return path.read_bytes().count(b"\n") - 1


def test_every_row_of_every_file_lands(
    folder: Path, connection: extensions.connection
) -> None:
    assert load(folder, connection) == statuses("loaded")
    for table in LANDING_TABLES:
        assert count(connection, table.name) == line_count(folder / table.file_name)


def test_values_land_as_they_are_written(
    folder: Path, connection: extensions.connection
) -> None:
    load(folder, connection)
    with (folder / "previous_application.csv").open() as lines:
        header, first = next(lines).strip().split(","), next(lines)
    loan_id = first.split(",")[header.index("SK_ID_PREV")]
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "select sk_id_curr, name_contract_type, amt_credit, amt_annuity "
            "from raw.previous_application where sk_id_prev = %s",
            (loan_id,),
        )
        row = cursor.fetchone()
    fields = first.split(",")
    assert row is not None
    assert row[0] == int(fields[1])
    assert row[1] == fields[2]
    assert row[2] == float(fields[header.index("AMT_CREDIT")])
    assert row[3] == (float(fields[3]) if fields[3] else None)


def test_the_tables_have_the_declared_columns(
    folder: Path, connection: extensions.connection
) -> None:
    load(folder, connection)
    for table in LANDING_TABLES:
        found = query(
            connection,
            "select column_name, data_type from information_schema.columns "
            f"where table_schema = 'raw' and table_name = '{table.name}' "
            "order by ordinal_position",
        )
        assert found == [(column.name, column.type) for column in table.columns]


def test_the_same_files_again_change_nothing_in_any_packing(
    folder: Path, tmp_path: Path, connection: extensions.connection
) -> None:
    load(folder, connection)
    before = query(connection, "select max(load_id) from ops.load_log")
    stored = query(connection, "select pg_relation_filenode('raw.bureau')")
    archive = zipped(folder, tmp_path / "data.zip", "inside/")
    assert load(folder, connection) == statuses("unchanged")
    assert load(archive, connection) == statuses("unchanged")
    for path in sorted(folder.glob("*.csv")):
        gzipped(path)
    assert load(folder, connection) == statuses("unchanged")
    assert query(connection, "select max(load_id) from ops.load_log") == before
    assert query(connection, "select pg_relation_filenode('raw.bureau')") == stored


def test_a_changed_file_replaces_its_table_only(
    folder: Path, connection: extensions.connection
) -> None:
    load(folder, connection)
    path = folder / "bureau_balance.csv"
    text = path.read_text()
    path.write_text(text.replace(",0\n", ",1\n"))
    assert load(folder, connection) == statuses("unchanged", bureau_balance="replaced")
    assert query(
        connection, "select count(*) from raw.bureau_balance where status = '0'"
    ) == [(0,)]
    assert count(connection, "bureau_balance") == line_count(path)


def test_a_table_dropped_or_emptied_by_hand_is_loaded_again(
    folder: Path, connection: extensions.connection
) -> None:
    load(folder, connection)
    query(connection, "drop table raw.bureau")
    query(connection, "truncate raw.bureau_balance")
    again = load(folder, connection)
    assert again == statuses("unchanged", bureau="loaded", bureau_balance="loaded")
    assert count(connection, "bureau") == line_count(folder / "bureau.csv")


def test_an_absent_optional_file_empties_its_table(
    folder: Path, connection: extensions.connection
) -> None:
    load(folder, connection)
    held = count(connection, "credit_card_balance")
    (folder / "credit_card_balance.csv").unlink()
    loads = load_source(find_source(folder), loader_connection)
    absent = next(one for one in loads if one.status == "absent")
    assert absent.table.name == "credit_card_balance"
    assert absent.emptied_row_count == held > 0
    assert count(connection, "credit_card_balance") == 0
    assert query(
        connection,
        "select file_name, sha256, row_count, byte_count from ops.load_log "
        "order by load_id desc limit 1",
    ) == [(None, None, 0, 0)]


def test_an_optional_file_that_stays_absent_is_not_logged_again(
    folder: Path, connection: extensions.connection
) -> None:
    (folder / "bureau.csv").unlink()
    load(folder, connection)
    before = query(connection, "select max(load_id) from ops.load_log")
    assert load(folder, connection)["bureau"] == "absent"
    assert query(connection, "select max(load_id) from ops.load_log") == before


def test_an_optional_file_never_seen_still_has_its_empty_table(
    folder: Path, connection: extensions.connection
) -> None:
    for table in LANDING_TABLES[1:]:
        (folder / table.file_name).unlink()
    load(folder, connection)
    assert [count(connection, table.name) for table in LANDING_TABLES[1:]] == [0] * 7


def test_the_load_log_keeps_file_digest_rows_bytes_and_times(
    folder: Path, connection: extensions.connection
) -> None:
    load(folder, connection)
    path = folder / "bureau.csv"
    file = find_source(folder).files["bureau"]
    assert file.size == path.stat().st_size
    ((name, sha256, rows, size, ordered),) = query(
        connection,
        "select file_name, sha256, row_count, byte_count, finished_at >= started_at "
        "from ops.load_log where table_name = 'bureau' order by load_id desc limit 1",
    )
    assert (name, rows, size, ordered) == (
        "bureau.csv",
        line_count(path),
        path.stat().st_size,
        True,
    )
    assert len(str(sha256)) == 64


@pytest.mark.parametrize("is_invented", [True, False])
def test_the_load_log_keeps_whether_the_clients_are_invented(
    folder: Path, connection: extensions.connection, is_invented: bool
) -> None:
    if not is_invented:
        (folder / SAMPLE_MARKER).unlink()
    load(folder, connection)
    told = query(
        connection,
        "select source_name, is_invented from ops.completed_load "
        "order by last_load_id desc limit 1",
    )
    assert told == [(folder.name, is_invented)]


def test_a_loaded_table_has_fresh_statistics(
    folder: Path, connection: extensions.connection
) -> None:
    load(folder, connection)
    rows = query(
        connection, "select reltuples from pg_class where oid = 'raw.bureau'::regclass"
    )
    assert rows == [(line_count(folder / "bureau.csv"),)]


def test_views_on_the_landing_tables_survive_a_reload(
    folder: Path, connection: extensions.connection
) -> None:
    load(folder, connection)
    with closing(connect("transformer")) as transformer:
        query(
            transformer,
            "create or replace view staging.of_bureau as select * from raw.bureau",
        )
        path = folder / "bureau.csv"
        lines = path.read_text().splitlines(keepends=True)
        path.write_text("".join(lines[:-1]))
        assert load(folder, connection)["bureau"] == "replaced"
        assert query(transformer, "select count(*) from staging.of_bureau") == [
            (len(lines) - 2,)
        ]
        query(transformer, "drop view staging.of_bureau")


def test_a_table_with_other_columns_is_rebuilt(
    folder: Path, connection: extensions.connection
) -> None:
    query(connection, "create table raw.bureau (sk_id_curr text)")
    load(folder, connection)
    assert count(connection, "bureau") == line_count(folder / "bureau.csv")


def test_a_table_with_other_columns_and_a_view_is_refused_with_the_way_out(
    folder: Path, connection: extensions.connection
) -> None:
    query(connection, "create table raw.bureau (sk_id_curr text)")
    with closing(connect("transformer")) as transformer:
        query(transformer, "create view staging.on_it as select * from raw.bureau")
        query(transformer, "create view staging.on_that as table staging.on_it")
        with pytest.raises(LandingTableError) as caught:
            load(folder, connection)
        message = str(caught.value)
        assert "raw.bureau has other columns" in message
        assert "depend on it: view staging.on_it, view staging.on_that. " in message
        way_out = re.search(r"--role transformer -- -c '(.+?)'", message)
        assert way_out is not None
        query(transformer, way_out[1])
    assert load(folder, connection)["bureau"] == "loaded"


def test_a_missing_load_log_is_named_with_the_way_out(
    folder: Path, connection: extensions.connection
) -> None:
    with closing(connect("administrator")) as administrator:
        query(administrator, "alter table ops.load_log rename to away")
        try:
            with pytest.raises(LandingTableError) as caught:
                load(folder, connection)
        finally:
            query(administrator, "alter table ops.away rename to load_log")
    assert '"ops.load_log" does not exist' in str(caught.value)
    assert "python -m database bootstrap" in str(caught.value)


def test_a_second_load_at_the_same_time_is_refused(
    folder: Path, connection: extensions.connection
) -> None:
    with closing(connect("loader")) as other:
        query(other, "select pg_advisory_lock(1818324580)")
        with pytest.raises(LandingTableError, match="Another load is running"):
            load(folder, connection)
    assert load(folder, connection) == statuses("loaded")


def test_loading_one_table_twice_gives_the_same_rows(
    folder: Path, connection: extensions.connection
) -> None:
    load(folder, connection)
    before = digest(connection, "installments_payments")
    query(connection, "truncate raw.installments_payments")
    load(folder, connection)
    assert digest(connection, "installments_payments") == before


def test_the_command_says_what_it_did_and_then_that_nothing_changed(
    folder: Path, landing: Path
) -> None:
    (folder / "notes.txt").write_text("mine")
    (folder / "bureau.csv").unlink()
    first = run_module("ingestion", "load", str(folder))
    assert first.returncode == 0, first.stderr
    assert "notes.txt: ignored" in first.stderr
    assert "bureau: absent, the source has no bureau.csv" in first.stderr
    assert "Landing tables" in first.stdout
    again = run_module("ingestion", "load", str(folder))
    assert "bureau_balance: unchanged" in again.stderr
    assert again.stdout.count("unchanged") == 7


def peak_memory(folder: Path) -> int:
    """Return the peak resident kibibytes of a process that loads the folder."""
    done = subprocess.run(
        [sys.executable, "-c", MEMORY_PROBE, "load", str(folder)],
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout.rsplit("peak", 1)[1])


def test_memory_does_not_grow_with_the_file(folder: Path, landing: Path) -> None:
    path = folder / "bureau_balance.csv"
    header, rows = path.read_bytes().split(b"\n", 1)
    small = peak_memory(folder)
    with path.open("wb") as file:
        file.write(header + b"\n")
        for _ in range(40_000_000 // len(rows)):
            file.write(rows)
    assert path.stat().st_size > 38_000_000
    assert peak_memory(folder) < 1.1 * small
