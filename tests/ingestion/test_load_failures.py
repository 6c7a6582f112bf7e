from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import pytest
from psycopg2 import extensions

from database import connect
from ingestion import (
    CopyError,
    IngestionError,
    LandingTableError,
    LoadListener,
    SourceError,
    TableLoad,
    find_source,
    load_source,
)
from tests.ingestion.packing import (
    count,
    digest,
    gzipped,
    loader_connection,
    query,
    replace_field,
    replace_line,
    zipped,
)
from tests.running import ROOT, run_module, wait_until

SMALLEST_FILE = "application_test.csv"
"""Loaded last."""


def failure(
    path: Path,
    kind: type[BaseException] = CopyError,
    listener: LoadListener | None = None,
    role: str = "loader",
) -> str:
    with pytest.raises(kind) as caught:
        load_source(find_source(path), partial(connect, role), listener)
    return str(caught.value)


def test_a_truncated_csv_loads_nothing_of_it_and_keeps_what_was_there(
    folder: Path, connection: extensions.connection
) -> None:
    load_source(find_source(folder), loader_connection)
    before = digest(connection, "bureau")
    log = query(connection, "select max(load_id) from ops.load_log")
    path = folder / "bureau.csv"
    path.write_bytes(path.read_bytes()[:-40])
    message = failure(folder, IngestionError)
    assert "bureau.csv" in message
    assert digest(connection, "bureau") == before
    assert query(connection, "select max(load_id) from ops.load_log") == log


def test_a_row_with_too_few_columns_is_named_by_line_and_column(
    folder: Path, connection: extensions.connection
) -> None:
    replace_line(folder / "bureau_balance.csv", 7, "5000001,-3")
    message = failure(folder)
    assert message.startswith("bureau_balance.csv, line 7: the row has too few columns")
    assert "run the load again" in message


def test_a_row_with_too_many_columns_is_named(
    folder: Path, connection: extensions.connection
) -> None:
    replace_line(folder / "bureau_balance.csv", 7, "5000001,-3,0,9")
    assert "line 7: the row has too many columns" in failure(folder)


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("DAYS_CREDIT", "secret-77", "the value is not a whole number"),
        ("DAYS_CREDIT", "-98765432109", "too large or too small for a whole number"),
        ("AMT_CREDIT_SUM", "1e9999", "too large or too small for a number"),
        ("AMT_CREDIT_SUM", "secret-77", "the value is not a number"),
    ],
)
def test_a_wrong_value_is_placed_and_explained_but_never_shown(
    folder: Path,
    connection: extensions.connection,
    column: str,
    value: str,
    reason: str,
) -> None:
    replace_field(folder / "bureau.csv", 5, column, value)
    message = failure(folder)
    assert message.startswith(f"bureau.csv, line 5, column {column}: ")
    assert reason in message
    assert value not in message


def test_the_cause_with_the_clients_row_is_not_chained(
    folder: Path, connection: extensions.connection
) -> None:
    replace_field(folder / "bureau.csv", 5, "DAYS_CREDIT", "secret-77")
    with pytest.raises(CopyError) as caught:
        load_source(find_source(folder), loader_connection)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_text_that_is_not_utf_8_is_refused(
    folder: Path, connection: extensions.connection
) -> None:
    path = folder / "bureau.csv"
    path.write_bytes(path.read_bytes().replace(b"Closed", b"Clos\xe9", 1))
    message = failure(folder)
    assert re.match(r"bureau\.csv, line \d+: the text is not UTF-8", message)


def test_an_unclosed_quotation_mark_is_refused(
    folder: Path, connection: extensions.connection
) -> None:
    path = folder / "bureau_balance.csv"
    path.write_text(path.read_text() + '5000001,-3,"0\n')
    assert "a quotation mark is opened" in failure(folder)


def test_a_cut_gzip_loads_nothing_of_it(
    folder: Path, connection: extensions.connection
) -> None:
    packed = gzipped(folder / "bureau.csv")
    packed.write_bytes(packed.read_bytes()[:-50])
    message = failure(folder, SourceError)
    assert "bureau.csv.gz is damaged or cut" in message
    assert query(connection, "select to_regclass('raw.bureau')") == [(None,)]


def test_a_zip_whose_checksum_fails_loads_nothing_of_that_file(
    folder: Path, tmp_path: Path, connection: extensions.connection
) -> None:
    path = zipped(folder, tmp_path / "data.zip")
    with zipfile.ZipFile(path) as archive:
        member = archive.getinfo("bureau.csv")
        offset = member.header_offset + 30 + len(member.filename)
    content = bytearray(path.read_bytes())
    content[offset + member.compress_size // 2] ^= 0xFF
    path.write_bytes(content)
    message = failure(path, IngestionError)
    assert "bureau.csv" in message
    assert query(connection, "select to_regclass('raw.bureau')") == [(None,)]


def test_tables_before_the_failure_stay(
    folder: Path, connection: extensions.connection
) -> None:
    replace_line(folder / SMALLEST_FILE, 2, "x")
    finished: list[TableLoad] = []

    class Recorder(LoadListener):
        def finished(self, load: TableLoad) -> None:
            finished.append(load)

    failure(folder, CopyError, Recorder())
    assert "bureau_balance" in {one.table.name for one in finished}
    for one in finished:
        assert count(connection, one.table.name) == one.row_count
    assert query(connection, "select to_regclass('raw.application_test')") == [(None,)]


def test_the_first_failure_stops_the_table_beside_it(
    folder: Path, connection: extensions.connection
) -> None:
    load_source(find_source(folder), loader_connection)
    before = digest(connection, "bureau")
    replace_line(folder / "bureau_balance.csv", 2, "x")
    path = folder / "bureau.csv"
    header, rows = path.read_bytes().split(b"\n", 1)
    path.write_bytes(header + b"\n" + 200 * rows)
    with trigger_on_bureau(
        connection, "perform pg_sleep(60);", "new.sk_id_bureau % 2 = 0"
    ):
        started = time.monotonic()
        assert "bureau_balance.csv, line 2" in failure(folder)
    assert time.monotonic() - started < 30
    assert digest(connection, "bureau") == before


def test_a_failed_load_can_simply_be_run_again(
    folder: Path, sample_of_200: Path, connection: extensions.connection
) -> None:
    replace_line(folder / SMALLEST_FILE, 2, "x")
    failure(folder)
    loads = load_source(find_source(sample_of_200), loader_connection)
    assert {one.status for one in loads} == {"unchanged", "loaded"}


def test_an_interrupt_in_the_middle_of_a_table_keeps_its_old_rows(
    folder: Path, connection: extensions.connection
) -> None:
    load_source(find_source(folder), loader_connection)
    before = digest(connection, "bureau_balance")
    path = folder / "bureau_balance.csv"
    path.write_text(path.read_text() + "5000001,-3,0\n")

    class Interrupter(LoadListener):
        def advanced(self, table, byte_count: int, row_count: int) -> None:
            if table.name == "bureau_balance":
                raise KeyboardInterrupt

    failure(folder, KeyboardInterrupt, Interrupter())
    assert digest(connection, "bureau_balance") == before


@contextmanager
def trigger_on_bureau(
    connection: extensions.connection, body: str, when: str = "true"
) -> Iterator[None]:
    """Let the server itself run `body` for rows of raw.bureau."""
    query(
        connection,
        "create function raw.interfere() returns trigger language plpgsql as "
        f"$body$ begin {body} return new; end $body$",
    )
    query(
        connection,
        "create trigger interfere before insert on raw.bureau "
        f"for each row when ({when}) execute function raw.interfere()",
    )
    yield
    query(connection, "drop function raw.interfere cascade")


def test_a_full_disk_of_the_server_is_explained(
    folder: Path, connection: extensions.connection
) -> None:
    load_source(find_source(folder), loader_connection)
    before = digest(connection, "bureau")
    path = folder / "bureau.csv"
    path.write_text(path.read_text() + path.read_text().splitlines()[1] + "\n")
    with trigger_on_bureau(
        connection,
        "raise exception 'could not extend file' using errcode = 'disk_full';",
    ):
        message = failure(folder, LandingTableError)
    assert "bureau.csv: the server's disk is full. Free space" in message
    assert digest(connection, "bureau") == before


def test_a_lost_connection_is_explained(
    folder: Path, connection: extensions.connection
) -> None:
    load_source(find_source(folder), loader_connection)
    path = folder / "bureau.csv"
    path.write_text(path.read_text() + path.read_text().splitlines()[1] + "\n")

    class Terminator(LoadListener):
        def started(self, table, stage, size) -> None:
            if table.name == "bureau":
                with closing(own_sessions_watcher()) as other:
                    query(
                        other,
                        "select pg_terminate_backend(pid) from pg_locks where "
                        "relation = 'raw.bureau'::regclass and granted",
                    )

    message = failure(folder, IngestionError, Terminator())
    assert "bureau.csv: the connection to the server was lost" in message
    assert "python -m database start" in message


def own_sessions_watcher() -> extensions.connection:
    """Connect as the login role itself, which alone may see and end its sessions."""
    connection = connect("loader")
    query(connection, "set role none")
    return connection


def test_a_role_without_the_right_is_told_which_to_use(
    folder: Path, landing: Path
) -> None:
    message = failure(folder, LandingTableError, role="transformer")
    assert "Connect with the role `loader`" in message


def error_line(finished: subprocess.CompletedProcess[str]) -> str:
    """Return the one line that a failed command ends with."""
    assert finished.returncode == 1, finished.stdout + finished.stderr
    assert "Traceback" not in finished.stderr
    errors = [
        line for line in finished.stderr.splitlines() if line.startswith("Error: ")
    ]
    assert len(errors) == 1
    return errors[0]


def status_shown(finished: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """Return the status of every table in the printed summary."""
    return {
        line.split("│")[1].strip(): line.split("│")[5].strip()
        for line in finished.stdout.splitlines()
        if line.startswith("│")
    }


def test_the_command_ends_a_failure_in_one_line_and_a_summary(
    folder: Path, landing: Path
) -> None:
    replace_line(folder / SMALLEST_FILE, 2, "x")
    finished = run_module("ingestion", "load", str(folder), COLUMNS="120")
    assert f"{SMALLEST_FILE}, line 2" in error_line(finished)
    rows = status_shown(finished)
    assert rows["bureau_balance"] == "loaded"
    assert rows["application_test"] == "not finished, left as it was"
    assert "Changed before the failure: " in finished.stderr
    assert "load again, to the end" in finished.stderr


def test_the_summary_of_an_early_failure_names_the_tables_not_reached(
    folder: Path, landing: Path
) -> None:
    replace_line(folder / "installments_payments.csv", 2, "x")
    finished = run_module("ingestion", "load", str(folder), COLUMNS="120")
    rows = status_shown(finished)
    assert rows["installments_payments"] == "not finished, left as it was"
    assert rows["application_test"] == "not reached, left as it was"


def test_the_command_refuses_a_missing_source_in_one_line(landing: Path) -> None:
    finished = run_module("ingestion", "load", "/no/such/folder")
    assert "/no/such/folder does not exist" in error_line(finished)


def test_the_command_says_when_the_server_is_away(
    folder: Path, tmp_path: Path, landing: Path
) -> None:
    finished = run_module(
        "ingestion", "load", str(folder), WAREHOUSE_DIR=str(tmp_path / "none")
    )
    assert "python -m database start" in error_line(finished)


def test_ctrl_c_ends_the_command_in_one_line_with_nothing_half_loaded(
    folder: Path, connection: extensions.connection
) -> None:
    load_source(find_source(folder), loader_connection)
    before = digest(connection, "bureau")
    path = folder / "bureau.csv"
    header, rows = path.read_bytes().split(b"\n", 1)
    path.write_bytes(header + b"\n" + 200 * rows)
    with trigger_on_bureau(
        connection, "perform pg_sleep(0.02);", "new.sk_id_bureau % 200 = 0"
    ):
        process = subprocess.Popen(
            [sys.executable, "-m", "ingestion", "load", str(folder)],
            cwd=ROOT,
            env=os.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            with closing(own_sessions_watcher()) as watcher:
                wait_until(lambda: is_copying(watcher), "the load to be under way")
            process.send_signal(signal.SIGINT)
            output, errors = process.communicate(timeout=60)
        finally:
            process.kill()
            process.communicate()
        assert process.returncode == 1, output + errors
        assert "Error: Interrupted." in errors
        assert "Traceback" not in errors
        assert digest(connection, "bureau") == before


def is_copying(watcher: extensions.connection) -> bool:
    """Tell whether the server has taken rows of a load that is not yet through."""
    rows = query(watcher, "select bytes_processed > 0 from pg_stat_progress_copy")
    return rows == [(True,)]
