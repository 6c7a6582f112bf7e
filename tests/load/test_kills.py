from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from database.warehouse import Warehouse
from tests.function_app.small_bank import SmallBank
from tests.load.conftest import Serve, ServedBank
from tests.load.harness import Load, assert_chain_holds
from tests.running import wait_until

pytestmark = pytest.mark.load


def crash_database(bank: SmallBank) -> None:
    """End it as a failing machine does: what was not durable is gone."""
    file = Warehouse.at(bank.warehouse).data / "postmaster.pid"
    pid = int(file.read_text().split()[0])
    os.kill(pid, signal.SIGQUIT)
    wait_until(lambda: not Path(f"/proc/{pid}").exists(), "the database to end")


def test_no_answer_is_lost_or_logged_twice_when_the_database_crashes(
    bank: SmallBank, served_bank: ServedBank
) -> None:
    with Load(served_bank.base_url) as load:
        load.run()
        try:
            crash_database(bank)
            wait_until(lambda: load.refusals[503] > 0, "callers to be refused")
        finally:
            bank.start()
        load.run()
    assert set(load.refusals) == {503}
    assert not load.broken
    load.assert_logged_once(bank)
    assert_chain_holds(bank)


def test_no_answer_is_lost_or_logged_twice_when_the_function_is_killed(
    bank: SmallBank, serve: Serve
) -> None:
    with serve() as served, Load(served.base_url) as load:
        load.run()
        served.process.kill()
        wait_until(lambda: load.broken.total() > 0, "callers to lose it")
    assert not load.refusals
    load.assert_logged_once(bank)
    assert_chain_holds(bank)
