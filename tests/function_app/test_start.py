from __future__ import annotations

import gc
import socket
import subprocess
import sys
import traceback
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Event

import pytest
import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr, ValidationError

from database.ports import free_port
from function_app import FunctionSettings, load_settings
from function_app.errors import AddressUnusableError, ConnectionRoomError, SettingsError
from function_app.serving.connection_room import require_room
from function_app.serving.graceful import GracefulServer
from function_app.serving.server import listening_socket
from tests.function_app.small_bank import KEY, SmallBank, environment
from tests.running import ROOT, run_module


def the_one_line(finished: subprocess.CompletedProcess[str]) -> str:
    """Return the message of a start that was refused."""
    assert KEY not in finished.stdout + finished.stderr
    assert finished.returncode == 1
    (line,) = finished.stderr.strip().splitlines()
    assert line.startswith("function_app: ")
    return line


def test_a_port_in_use_is_refused_in_one_line(small_bank: SmallBank) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        finished = run_module("function_app", "--port", port, **small_bank.environment)
    assert f"Port {port}" in the_one_line(finished)


def test_a_missing_key_is_refused_in_one_line(small_bank: SmallBank) -> None:
    variables = small_bank.environment | {"SCORING_API_KEY": ""}
    finished = run_module("function_app", "--port", "0", **variables)
    assert "SCORING_API_KEY: is required" in the_one_line(finished)


@pytest.mark.parametrize("key", ["too short", "é" * 20, "with spaces in the key"])
def test_a_weak_key_is_refused_and_not_repeated(key: str) -> None:
    with (
        environment(SCORING_API_KEY=key),
        pytest.raises(SettingsError, match="SCORING_API_KEY") as refusal,
    ):
        load_settings()
    assert key not in "".join(traceback.format_exception(refusal.value))
    with pytest.raises(ValidationError) as refusal_of_the_class:
        FunctionSettings(scoring_api_key=SecretStr(key))
    assert key not in str(refusal_of_the_class.value)


def test_settings_never_show_the_key() -> None:
    with environment(SCORING_API_KEY=KEY):
        settings = load_settings()
    assert KEY not in f"{settings!r} {settings} {settings.model_dump_json()}"


@pytest.mark.parametrize("size", ["0", "101", "many"])
def test_a_setting_out_of_range_is_refused_naming_it(size: str) -> None:
    with (
        environment(SCORING_API_KEY=KEY, SCORING_POOL_SIZE=size),
        pytest.raises(SettingsError, match="SCORING_POOL_SIZE"),
    ):
        load_settings()


def test_a_missing_artefact_is_refused_saying_how_to_get_one(
    small_bank: SmallBank, tmp_path: Path
) -> None:
    variables = small_bank.environment | {"MODEL_DIR": str(tmp_path / "none")}
    port = str(free_port())
    line = the_one_line(run_module("function_app", "--port", port, **variables))
    assert "python -m training run" in line


def test_an_altered_artefact_is_refused(small_bank: SmallBank, tmp_path: Path) -> None:
    folder = tmp_path / "altered"
    folder.mkdir()
    for file in small_bank.champion.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    (folder / "model.txt").write_bytes((folder / "model.txt").read_bytes() + b"\n")
    variables = small_bank.environment | {"MODEL_DIR": str(folder)}
    finished = run_module("function_app", "--port", str(free_port()), **variables)
    assert "model.txt" in the_one_line(finished)


def test_more_connections_than_the_database_leaves_are_refused_saying_what_to_change(
    small_bank: SmallBank,
) -> None:
    variables = small_bank.environment | {"SCORING_POOL_SIZE": "99"}
    port = str(free_port())
    finished = run_module("function_app", "--port", port, **variables)
    assert finished.returncode == 1
    line = finished.stderr.strip().splitlines()[-1]
    assert line.startswith("function_app: 1 process may open 100 database connections")
    assert "SCORING_POOL_SIZE" in line


def test_connections_are_counted_over_all_processes(small_bank: SmallBank) -> None:
    with environment(**small_bank.environment, SCORING_POOL_SIZE="6"):
        settings = load_settings()
        require_room(settings, 2)
        with pytest.raises(ConnectionRoomError, match="28 together"):
            require_room(settings, 4)


def test_a_database_that_is_away_is_no_reason_not_to_start() -> None:
    nowhere = {"PGHOST": "127.0.0.1", "PGPORT": str(free_port()), "PGUSER": "scorer"}
    with environment(**nowhere, SCORING_API_KEY=KEY):
        require_room(load_settings(), 60)


def test_answers_do_not_wait_for_acknowledgements() -> None:
    with (
        listening_socket("127.0.0.1", 0) as listener,
        socket.create_connection(listener.getsockname()),
        listener.accept()[0] as accepted,
    ):
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_what_a_server_loads_at_its_start_is_no_work_for_the_garbage_collector() -> (
    None
):
    loaded: list[object] = []

    @asynccontextmanager
    async def load(app: FastAPI) -> AsyncIterator[None]:
        loaded.append(["a model"])
        yield

    def look_and_stop() -> None:
        walked_over.append(any(known is loaded[0] for known in gc.get_objects()))
        server.should_exit = True

    walked_over: list[bool] = []
    config = uvicorn.Config(FastAPI(lifespan=load), log_config=None)
    server = GracefulServer(config, Event(), 0, look_and_stop)
    try:
        with ThreadPoolExecutor() as pool, listening_socket("127.0.0.1", 0) as listener:
            pool.submit(server.run, sockets=[listener]).result()
    finally:
        gc.unfreeze()
    assert walked_over == [False]


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(AddressUnusableError, match=r"192\.0\.2\.1"):
        listening_socket("192.0.2.1", 0)


def test_importing_the_package_reads_no_settings_and_connects_nowhere() -> None:
    code = "import function_app, function_app.azure, function_app.serving.server"
    finished = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=ROOT,
        env={"PATH": "", "PGHOST": "256.256.256.256", "SCORING_API_KEY": "x"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (finished.returncode, finished.stderr) == (0, "")
