from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from database.ports import free_port
from scoring import load_model, stability_index
from tests.function_app.small_bank import CLIENTS, FIRST_CLIENT, KEY, SmallBank
from tests.running import ROOT, server

Samples = dict[str, dict[tuple[str, ...], float]]

ABSENT_CLIENT = 987_654_321
# Of WebDAV: the parser lets it through, and no call takes it.
UNUSUAL_METHOD = "PROPFIND"


def samples_of(text: str) -> Samples:
    """Return the numbers by name and by the values of their labels."""
    found: Samples = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = tuple(v for k, v in sorted(sample.labels.items()))
            found.setdefault(sample.name, {})[labels] = sample.value
    return found


@pytest.fixture(scope="module")
def watched(
    small_bank: SmallBank, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[list[dict], str]]:
    """The answers of a server of its own about all clients, and its metrics."""
    base_url = f"http://127.0.0.1:{free_port()}"
    log: Path = tmp_path_factory.mktemp("watched") / "function_app.log"
    command = [
        sys.executable,
        "-m",
        "function_app",
        "--port",
        base_url.rpartition(":")[2],
    ]
    with (
        server(
            command,
            f"{base_url}/api/v1/health/live",
            log,
            **small_bank.environment,
        ),
        httpx.Client(base_url=base_url, headers={"x-functions-key": KEY}) as client,
    ):
        fast = {"explain": "false"}
        addresses = [
            f"/api/v1/clients/{FIRST_CLIENT + n}/score" for n in range(CLIENTS)
        ]
        answers = [client.get(a, params=fast).json() for a in addresses]
        client.get(f"/api/v1/clients/{ABSENT_CLIENT}/score")
        client.get(f"/unknown/{ABSENT_CLIENT}")
        client.request(UNUSUAL_METHOD, f"/unknown/{ABSENT_CLIENT}")
        yield answers, client.get("/api/v1/metrics").text


def test_decisions_are_counted_by_kind_and_calls_by_route(
    watched: tuple[list[dict], str],
) -> None:
    answers, text = watched
    samples = samples_of(text)
    kinds = {kind: n for (kind, _), n in samples["scoring_decisions_total"].items()}
    assert kinds == {
        kind: sum(answer["decision"] == kind for answer in answers)
        for kind in {answer["decision"] for answer in answers}
    }
    calls = samples["scoring_request_seconds_count"]
    route = "/api/v1/clients/{client_id}/score"
    assert calls["GET", route, "200"] == CLIENTS
    assert calls["GET", route, "404"] == 1
    assert calls["other", "unmatched", "404"] == 1


def test_drift_is_told_against_the_population_in_the_artefact(
    watched: tuple[list[dict], str], small_bank: SmallBank
) -> None:
    answers, text = watched
    samples = samples_of(text)
    population = load_model(small_bank.champion).population
    assert population is not None
    probabilities = [answer["probability"] for answer in answers]
    expected = stability_index(
        population.score.counts, population.score.count(probabilities)
    )
    found = samples["scoring_score_stability_index"]
    assert found[("index",)] == pytest.approx(expected.index)
    assert found[("index_by_chance",)] == pytest.approx(expected.by_chance)
    missing = missing_shares(small_bank, sorted(population.features))
    now = {n: v for (n,), v in samples["scoring_feature_missing_share"].items()}
    assert now == pytest.approx(missing)
    assert max(missing.values()) > 0
    training = samples["scoring_feature_missing_share_training"]
    assert {name: share for (name,), share in training.items()} == pytest.approx(
        {name: p.missing_share for name, p in population.features.items()}
    )


def missing_shares(bank: SmallBank, names: list[str]) -> dict[str, float]:
    shares = ", ".join(f'avg(("{name}" is null)::int)::float' for name in names)
    (row,) = bank.rows(f"select {shares} from features.client_features")
    return dict(zip(names, row, strict=True))


def test_metrics_hold_no_key_and_no_client(watched: tuple[list[dict], str]) -> None:
    answers, text = watched
    told = [KEY, str(ABSENT_CLIENT), UNUSUAL_METHOD]
    told += [str(answer["client_id"]) for answer in answers]
    told += [answer["decision_id"] for answer in answers]
    # Whole words: a client's digits may stand within another number.
    found = [
        one for one in told if re.search(rf"(?<![\w.]){re.escape(one)}(?!\w)", text)
    ]
    assert found == []


TWO_PROCESSES = """
import os
from function_app.metrics import Metrics

child = os.fork()
metrics = Metrics()
for _ in range(4 if child else 3):
    metrics.request(method="GET", route="/x", status=200, seconds=1)
if not child:
    os._exit(0)
os.waitpid(child, 0)
print(metrics.exposition(None, {}).decode())
"""


def test_the_counts_of_several_processes_are_added_up(tmp_path: Path) -> None:
    finished = subprocess.run(
        [sys.executable, "-c", TWO_PROCESSES],
        cwd=ROOT,
        env={"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    samples = samples_of(finished.stdout)
    assert samples["scoring_request_seconds_count"]["GET", "/x", "200"] == 7
