"""Start, stop and survive: the embedded server's life."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import gettempdir

import psycopg2
import pytest

from .conftest import House, MakeHouse, is_alive, remove_with_servers

SERVER_USER_ONLY = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root hands the server to another user"
)


def wait_for(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


@pytest.fixture
def started(own_house: House) -> House:
    if not own_house.is_running:
        own_house.done("start")
    return own_house


@pytest.fixture
def stopped(own_house: House) -> House:
    if own_house.is_running:
        own_house.done("stop")
    return own_house


@pytest.fixture
def bystander(own_house: House) -> Iterator["subprocess.Popen[bytes]"]:
    """A process of the server's own user that is no server."""
    owner = own_house.data.stat().st_uid
    process = subprocess.Popen(
        ["sleep", "300"], user=owner if os.geteuid() == 0 else None
    )
    yield process
    process.kill()
    process.wait()


def test_the_first_start_says_each_step(make_house: MakeHouse) -> None:
    lines = make_house().done("start")
    steps = ["Initialising", "Certificates", "Starting", "Roles", "Running"]
    assert [step for step in steps if step in lines] == steps


def test_a_second_start_keeps_the_server_that_runs(started: House) -> None:
    pid = started.pid
    assert "Already running" in started.done("start")
    assert started.pid == pid


def test_the_server_outlives_its_command_in_a_session_of_its_own(
    started: House,
) -> None:
    assert os.getsid(started.pid) != os.getsid(0)


def test_status_tells_a_running_server_from_a_stopped_one(started: House) -> None:
    running = started.run("status")
    assert running.returncode == 0
    assert f"127.0.0.1:{started.port}" in running.stdout
    assert "PostgreSQL" in running.stdout
    assert "MiB" in running.stdout
    started.done("stop")
    stopped = started.run("status")
    assert stopped.returncode == 3
    assert "Stopped" in stopped.stdout


def test_stop_waits_until_the_server_is_gone(started: House) -> None:
    pid = started.pid
    started.done("stop")
    assert not is_alive(pid)
    assert not (started.data / "postmaster.pid").exists()


def test_a_second_stop_is_no_error(stopped: House) -> None:
    assert "Already stopped" in stopped.done("stop")


def test_stop_ends_a_session_that_is_still_open(started: House) -> None:
    connection = started.connect("loader")
    started.done("stop")
    with pytest.raises(psycopg2.OperationalError):
        connection.cursor().execute("select 1")


def test_the_port_stays_the_same(started: House) -> None:
    port = started.port
    started.done("stop")
    started.done("start")
    assert started.port == port


def test_committed_rows_survive_kill_9_and_others_do_not(started: House) -> None:
    started.query("loader", "drop table if exists raw.kept")
    started.query("loader", "create table raw.kept as select 1 as x")
    unfinished = started.connect("loader")
    unfinished.cursor().execute("insert into raw.kept values (2)")
    os.kill(started.pid, signal.SIGKILL)
    assert "recovering" in started.done("start")
    assert started.query("auditor", "select x from raw.kept") == [(1,)]


def test_a_server_killed_in_the_middle_of_a_query_starts_again(started: House) -> None:
    def work() -> None:
        with contextlib.suppress(psycopg2.Error):
            started.query("loader", "select sum(g) from generate_series(1, 1e9) as g")

    busy = threading.Thread(target=work)
    busy.start()
    active = (
        "select count(*) from pg_stat_activity"
        " where usename = 'loader' and state = 'active'"
    )
    wait_for(lambda: started.query("administrator", active) == [(1,)])
    os.kill(started.pid, signal.SIGKILL)
    started.done("start")
    busy.join()
    assert started.query("auditor", "select 1") == [(1,)]


def test_a_client_that_was_killed_leaves_no_query_running(started: House) -> None:
    long = "select pg_sleep(100)"
    client = started.launch("psql", "--role", "loader", "--", "-c", long)
    active = (
        "select count(*) from pg_stat_activity"
        " where usename = 'loader' and state = 'active'"
    )
    try:
        wait_for(lambda: started.query("administrator", active) == [(1,)])
    finally:
        client.kill()
        client.communicate()
    wait_for(lambda: started.query("administrator", active) == [(0,)], seconds=10)


def test_a_pid_file_whose_number_was_given_to_another_process_is_stale(
    stopped: House, bystander: "subprocess.Popen[bytes]"
) -> None:
    left_behind(stopped, bystander.pid)
    stopped.done("start")
    assert stopped.pid != bystander.pid
    assert bystander.poll() is None


def test_a_pid_file_cut_short_is_stale(stopped: House) -> None:
    path = stopped.data / "postmaster.pid"
    path.write_text("")
    shutil.chown(path, stopped.data.stat().st_uid)
    stopped.done("start")
    stopped.done("status")


def test_stop_leaves_a_process_alone_that_only_has_the_number(
    stopped: House, bystander: "subprocess.Popen[bytes]"
) -> None:
    left_behind(stopped, bystander.pid)
    assert "Already stopped" in stopped.done("stop")
    assert bystander.poll() is None


def test_stop_leaves_the_server_of_another_warehouse_alone(
    stopped: House, house: House
) -> None:
    left_behind(stopped, house.pid)
    assert "Already stopped" in stopped.done("stop")
    assert house.query("auditor", "select 1") == [(1,)]
    stopped.done("start")
    assert house.query("auditor", "select 1") == [(1,)]


def left_behind(house: House, pid: int) -> None:
    """Write the pid file of a killed server whose number is now another's."""
    path = house.data / "postmaster.pid"
    path.write_text(f"{pid}\n{house.data}\n1\n{house.port}\n\n127.0.0.1\n\nready\n")
    shutil.chown(path, house.data.stat().st_uid)


def test_a_server_whose_folder_was_renamed_is_still_recognised(
    make_house: MakeHouse,
) -> None:
    house = make_house()
    house.done("start")
    pid = house.pid
    moved = House(house.directory.with_name("moved"))
    house.directory.rename(moved.directory)
    try:
        assert moved.run("status").returncode == 0
        moved.done("stop")
        assert not is_alive(pid)
    finally:
        moved.directory.rename(house.directory)


def test_a_taken_port_is_left_alone_and_another_is_chosen(stopped: House) -> None:
    taken = stopped.port
    with socket.create_server(("127.0.0.1", taken)) as foreign:
        said = stopped.done("start")
        assert f"Port {taken} is taken" in said
        assert stopped.port != taken
        assert stopped.query("auditor", "select 1") == [(1,)]
        with socket.create_connection(("127.0.0.1", taken)):
            foreign.accept()[0].close()
    # The passfile has moved with the port: the old one is in it no more.
    assert f":{taken}:" not in (stopped.directory / "pgpass").read_text()


def test_a_taken_port_that_is_fixed_is_a_clear_error(stopped: House) -> None:
    with socket.create_server(("127.0.0.1", 0)) as foreign:
        port = str(foreign.getsockname()[1])
        result = stopped.run("start", WAREHOUSE_PORT=port)
    assert result.returncode == 1
    assert f"Port {port}" in result.stderr
    assert "WAREHOUSE_PORT" in result.stderr
    assert stopped.run("status").returncode == 3


def test_two_starts_at_once_make_one_server(make_house: MakeHouse) -> None:
    house = make_house()
    commands = [house.launch("start"), house.launch("start")]
    outputs = [command.communicate(timeout=60) for command in commands]
    assert [command.returncode for command in commands] == [0, 0], outputs
    said = "".join(out for out, _ in outputs)
    assert said.count("Initialising") == 1
    assert said.count("Already running") == 1


def test_two_warehouses_run_side_by_side(started: House, house: House) -> None:
    assert started.port != house.port
    cluster = "select system_identifier from pg_control_system()"
    assert started.query("administrator", cluster) != house.query(
        "administrator", cluster
    )


def test_an_interrupted_initialisation_is_done_again(make_house: MakeHouse) -> None:
    house = make_house()
    command = house.launch("start")
    wait_for(lambda: any(house.directory.glob("server/data.initialising-*/base")))
    os.killpg(command.pid, signal.SIGKILL)
    command.communicate()
    assert not house.data.exists()
    assert "interrupted" in house.done("start")
    assert house.query("auditor", "select 1") == [(1,)]
    assert not any(house.directory.glob("server/data.initialising-*"))


def test_lost_passwords_are_made_anew(stopped: House) -> None:
    (stopped.directory / "pgpass").unlink()
    assert "lost" in stopped.done("start")
    assert stopped.query("loader", "select 1") == [(1,)]


def test_a_lost_line_of_the_passfile_is_made_anew(started: House) -> None:
    path = started.directory / "pgpass"
    lines = path.read_text().splitlines()
    path.write_text("".join(f"{x}\n" for x in lines if ":scorer:" not in x))
    started.done("start")
    assert started.query("scorer", "select 1") == [(1,)]


def test_a_start_that_fails_shows_the_end_of_the_log(stopped: House) -> None:
    automatic = stopped.data / "postgresql.auto.conf"
    before = automatic.read_text()
    automatic.write_text("shared_buffers = '1PB'\n")
    try:
        result = stopped.run("start")
    finally:
        automatic.write_text(before)
    assert result.returncode == 1
    assert "shared_buffers" in result.stderr
    assert str(stopped.directory / "server" / "log") in result.stderr


def test_data_of_another_version_are_refused(stopped: House) -> None:
    version = stopped.data / "PG_VERSION"
    before = version.read_text()
    version.write_text("14\n")
    try:
        result = stopped.run("start")
    finally:
        version.write_text(before)
    assert result.returncode == 1
    assert "made by PostgreSQL 14" in result.stderr


def test_the_data_have_checksums_and_durability(started: House) -> None:
    names = ["data_checksums", "fsync", "full_page_writes", "synchronous_commit"]
    for name in names:
        assert started.query("auditor", f"show {name}") == [("on",)]


def test_a_full_disk_is_a_clear_error(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", os.fspath(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("a small disk can only be mounted by root")
    house = House(disk / "warehouse")
    try:
        # The server's user must reach the small disk, or the data go elsewhere.
        own = [path for path in disk.parents if Path(gettempdir()) in path.parents]
        for folder in [disk, *own]:
            folder.chmod(folder.stat().st_mode | 0o011)
        result = house.run("start")
        assert result.returncode == 1
        assert "No space left on device" in result.stderr
        assert not house.data.exists()
    finally:
        remove_with_servers(house.directory)
        subprocess.run(["umount", os.fspath(disk)], check=True)


@SERVER_USER_ONLY
def test_root_hands_the_server_to_another_user(started: House) -> None:
    assert started.data.stat().st_uid != 0
    assert Path(f"/proc/{started.pid}").stat().st_uid == started.data.stat().st_uid


@pytest.fixture(scope="module")
def closed_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A warehouse below a folder that the server's user cannot pass through."""
    closed = tmp_path_factory.mktemp("closed")
    closed.chmod(0o700)
    house = House(closed / "warehouse")
    assert "cannot reach" in house.done("start")
    place = (house.directory / "server").resolve()
    yield house
    for folder in place.parent.glob(f"{place.name}*"):
        remove_with_servers(folder)


@SERVER_USER_ONLY
def test_data_that_cannot_be_reached_in_the_checkout_go_elsewhere(
    closed_house: House,
) -> None:
    place = (closed_house.directory / "server").resolve()
    assert not place.is_relative_to(closed_house.directory)
    assert closed_house.query("auditor", "select 1") == [(1,)]
    assert any((closed_house.directory / "log").iterdir())
    closed_house.done("stop")
    closed_house.done("start")
    assert (closed_house.directory / "server").resolve() == place


@SERVER_USER_ONLY
def test_what_a_deleted_warehouse_left_elsewhere_is_kept(closed_house: House) -> None:
    link = closed_house.directory / "server"
    place = link.resolve()
    link.unlink()
    refused = closed_house.run("start")
    assert refused.returncode == 1
    assert "still runs" in refused.stderr
    link.symlink_to(place)
    closed_house.done("stop")
    link.unlink()
    assert "are kept in" in closed_house.done("start")
    assert len(list(place.parent.glob(f"{place.name}-*/data/PG_VERSION"))) == 1


def test_remove_deletes_the_data_and_where_they_lie_elsewhere_too(
    make_house: MakeHouse,
) -> None:
    house = make_house()
    house.done("start")
    house.done("stop")
    place = house.directory.with_name("elsewhere")
    (house.directory / "server").rename(place)
    (house.directory / "server").symlink_to(place)
    house.done("start")
    pid = house.pid
    house.done("remove", "--yes")
    assert not is_alive(pid)
    assert not place.exists()
    assert not house.directory.exists()


def test_remove_leaves_a_folder_alone_that_is_no_warehouse(tmp_path: Path) -> None:
    kept = tmp_path / "thesis.txt"
    kept.write_text("ten years of work")
    result = House(tmp_path).run("remove", "--yes")
    assert result.returncode == 1
    assert "is no warehouse" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_remove_asks_for_confirmation(started: House) -> None:
    result = started.run("remove")
    assert result.returncode == 1
    assert "--yes" in result.stderr
    assert started.run("status").returncode == 0
