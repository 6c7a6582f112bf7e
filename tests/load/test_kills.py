from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from database.warehouse import Warehouse
from scoring import load_model
from tests.function_app.small_bank import SmallBank
from tests.load.conftest import Serve, ServedBank
from tests.load.harness import Load, assert_chain_holds
from tests.running import wait_until
from tests.scoring.synthetic import make_artefact
from training.registry.versions import ModelRegistry

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


def test_no_answer_is_lost_or_logged_twice_when_both_workers_are_killed(
    bank: SmallBank, serve: Serve
) -> None:
    with serve("--workers", "2") as served, Load(served.base_url) as load:
        load.run()
        for line in served.events("worker_started"):
            os.kill(line["process"], signal.SIGKILL)
        wait_until(lambda: len(served.events("worker_started")) == 4, "two others")
        load.run()
    assert load.broken
    assert not load.refusals
    load.assert_logged_once(bank)
    assert_chain_holds(bank)


def test_no_answer_mixes_two_models_or_is_lost_when_the_champion_changes(
    bank: SmallBank, serve: Serve
) -> None:
    first = load_model(bank.champion)
    folder = make_artefact(bank.models, seed=1, clients=600, version="20260202T-next")
    second = load_model(folder)
    registry = ModelRegistry(bank.models)
    with serve("--workers", "2") as served, Load(served.base_url) as load:
        for successor in (second, first, second, first):
            registry.promote(successor.version)
            before = len(load.answers)
            wait_until(
                lambda version=successor.version, before=before: any(
                    answer.model_version == version for answer in load.answers[before:]
                ),
                f"an answer of {successor.version}",
            )
            load.run()
    assert not load.refusals
    assert not load.broken
    load.assert_logged_once(bank)
    assert_chain_holds(bank)
    seen = {(a.client_id, a.model_version, a.probability) for a in load.answers}
    inputs = dict(
        bank.rows("select client_id, ops.named_inputs(inputs) from ops.decision_log")
    )
    models = {model.version: model for model in (first, second)}
    assert {version for _, version, _ in seen} == models.keys()
    for client_id, version, probability in seen:
        own = models[version].score(inputs[client_id], explain=False)
        assert own.probability == probability
