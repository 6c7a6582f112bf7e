"""What was acknowledged survives kill -9 of the server; nothing half-done does."""

import csv
import os
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import psycopg2

from .conftest import REPOSITORY, House, MakeHouse
from .test_server import wait_for

LOADED = re.compile(r"^(\w+): loaded from \S+, ([\d,]+) rows", re.MULTILINE)
DECIDE = """
    insert into ops.decision_log (
        decision_id, client_id, model_version, decision, probability, points, rating,
        threshold, language, inputs, response
    )
    values (
        gen_random_uuid(), %s, 'v1', 'grant', 0.02, 640, 'A', 0.09, 'fr', '{}', '{}'
    )
"""


class Decider(threading.Thread):
    """Logs one decision after another, each committed, until the server is gone."""

    def __init__(self, house: House) -> None:
        super().__init__()
        self._house = house
        self.acknowledged = 0

    def run(self) -> None:
        try:
            with closing(self._house.connect("scorer")) as connection:
                for number in range(1, 10_000_000):
                    with connection, connection.cursor() as cursor:
                        cursor.execute(DECIDE, [number])
                    self.acknowledged = number
        except psycopg2.Error:
            return


def wait_until_copying(house: House, rows: int) -> None:
    """Wait until more rows have been copied into a table than any other table has.

    The table itself is seen by nobody before it is committed.
    """
    query = f"select 1 from pg_stat_progress_copy where tuples_processed > {rows}"
    deadline = time.monotonic() + 60
    with closing(house.connect("administrator")) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        while True:
            cursor.execute(query)
            if cursor.fetchone():
                return
            assert time.monotonic() < deadline


def write_large(source: Path, target: Path, copies: int) -> None:
    """Lengthen a CSV file, so that its load takes long enough to be interrupted."""
    header, _, rows = source.read_bytes().partition(b"\n")
    with target.open("wb") as file:
        file.write(header + b"\n")
        for _ in range(copies):
            file.write(rows)


def data_rows(path: Path) -> int:
    with path.open(newline="") as file:
        return sum(1 for _ in csv.reader(file)) - 1


def test_kill_9_amid_a_load_and_decisions_loses_nothing_acknowledged(
    own_house: House, sample_dir: Path, tmp_path: Path
) -> None:
    files = {path.stem.lower(): path for path in sample_dir.glob("*.csv")}
    for name, path in files.items():
        if name == "bureau_balance":
            write_large(path, tmp_path / path.name, 20)
        else:
            (tmp_path / path.name).symlink_to(path)
    decider = Decider(own_house)
    decider.start()
    load = subprocess.Popen(
        [sys.executable, "-m", "ingestion", "load", str(tmp_path)],
        cwd=REPOSITORY,
        env=own_house.environment(COLUMNS="200"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    wait_until_copying(own_house, max(map(data_rows, files.values())))
    os.kill(own_house.pid, signal.SIGKILL)
    output, _ = load.communicate(timeout=60)
    decider.join()
    assert load.returncode != 0
    assert decider.acknowledged > 0
    assert "recovering" in own_house.done("start")

    ((logged, last),) = own_house.query(  # type: ignore[misc]
        "auditor", "select count(*), max(client_id) from ops.decision_log"
    )
    # One more may have been committed whose acknowledgement was lost on the way.
    assert logged == last
    assert decider.acknowledged <= logged <= decider.acknowledged + 1

    acknowledged = {
        table: int(rows.replace(",", "")) for table, rows in LOADED.findall(output)
    }
    assert "bureau_balance" not in acknowledged
    log = dict(
        own_house.query("auditor", "select table_name, row_count from ops.load_log")  # type: ignore[arg-type]
    )
    for table, path in files.items():
        ((exists,),) = own_house.query(
            "administrator", f"select to_regclass('raw.{table}') is not null"
        )
        rows = 0
        if exists:
            ((rows,),) = own_house.query(  # type: ignore[assignment]
                "administrator", f"select count(*) from raw.{table}"
            )
        assert rows == log.get(table, 0)
        assert rows in {0, data_rows(path)}
        if table in acknowledged:
            assert rows == acknowledged[table]
    # The same command again brings the rest.
    finished = subprocess.run(
        load.args,
        cwd=REPOSITORY,
        env=own_house.environment(),
        capture_output=True,
        text=True,
    )
    assert finished.returncode == 0, finished.stdout
    rows = own_house.query("administrator", "select count(*) from raw.bureau_balance")
    assert rows == [(data_rows(tmp_path / files["bureau_balance"].name),)]


def test_a_backup_amid_decisions_is_of_one_moment(make_house: MakeHouse) -> None:
    """Base with log, dump and checksums agree, though rows are added all the time."""
    house = make_house()
    house.done("start")
    # A drill that was killed has left its folder and the server's archive in it.
    killed = house.launch("drill")
    wait_for(lambda: any(house.directory.glob("drill-*/base/*")))
    killed.kill()
    killed.communicate()
    decider = Decider(house)
    decider.start()
    try:
        said = house.done("drill")
        still_writing = decider.acknowledged
        assert still_writing > 0
        assert re.search(r"restored, \d+ tables identical", said)
        assert not list(house.directory.glob("drill-*"))
        assert not (house.directory / "server/archiver").exists()
    finally:
        house.done("stop")
        decider.join()
    assert decider.acknowledged >= still_writing
