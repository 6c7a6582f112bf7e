from __future__ import annotations

import contextlib
import json
import socket
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from database.ports import free_port
from tests.function_app.conftest import Server
from tests.function_app.small_bank import FIRST_CLIENT, SmallBank
from tests.function_app.test_logs import lines_of_request
from tests.function_app.test_problems import check_problem
from tests.running import server, wait_until

OLD, NEW, HASTY = "the-old-key-of-the-desk", "the-new-key-of-the-desk", "h" * 16
WATCHER = "the-key-of-who-watches"
SCORE = f"/api/v1/clients/{FIRST_CLIENT}/score"
CONCURRENCY = 2


@pytest.fixture(scope="module")
def guarded(
    small_bank: SmallBank, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A server with several keys and narrow limits."""
    base_url = f"http://127.0.0.1:{free_port()}"
    log: Path = tmp_path_factory.mktemp("guarded") / "function_app.log"
    settings = small_bank.environment | {
        "SCORING_API_KEY": "",
        "SCORING_API_KEYS": f"desk={OLD} desk={NEW} hasty={HASTY}",
        "SCORING_METRICS_KEY": WATCHER,
        "SCORING_RATE_LIMIT": "20",
        "SCORING_CONCURRENCY": str(CONCURRENCY),
        "SCORING_MAX_BODY_BYTES": "1024",
    }
    port = base_url.rpartition(":")[2]
    command = [sys.executable, "-m", "function_app", "--port", port]
    with (
        server(command, f"{base_url}/api/v1/health/ready", log, **settings),
        httpx.Client(base_url=base_url, headers={"x-functions-key": NEW}) as client,
    ):
        yield Server(client, log)


def test_both_keys_of_a_caller_open_and_its_name_is_logged(guarded: Server) -> None:
    for key in (OLD, NEW):
        headers = {"x-functions-key": key, "x-request-id": key[4:11]}
        assert guarded.client.get(SCORE, headers=headers).status_code == 200
        (line,) = lines_of_request(guarded.log, key[4:11], 1)
        assert line["caller"] == "desk"


def test_the_metrics_key_opens_the_metrics_and_nothing_else(guarded: Server) -> None:
    watcher = {"x-functions-key": WATCHER}
    check_problem(guarded.client.get(SCORE, headers=watcher), 401, "unauthorized")
    check_problem(guarded.client.get("/api/v1/metrics"), 401, "unauthorized")
    assert guarded.client.get("/api/v1/metrics", headers=watcher).status_code == 200


def test_a_hasty_caller_is_told_to_wait_and_the_others_are_not(guarded: Server) -> None:
    hasty = {"x-functions-key": HASTY}
    answers = [guarded.client.get("/api/v1/model", headers=hasty) for _ in range(60)]
    refused = [answer for answer in answers if answer.status_code != 200]
    assert refused
    check_problem(refused[-1], 429, "rate-limited")
    assert refused[-1].headers["retry-after"] == "1"
    assert guarded.client.get("/api/v1/model").status_code == 200


def test_a_call_too_many_is_503_at_once_and_whoever_watches_is_answered(
    guarded: Server, small_bank: SmallBank
) -> None:
    with (
        small_bank.connection("administrator") as blocker,
        ThreadPoolExecutor(CONCURRENCY) as callers,
    ):
        blocker.autocommit = False
        cursor = blocker.cursor()
        cursor.execute("lock table features.client_features in access exclusive mode")
        held = [callers.submit(guarded.client.get, SCORE) for _ in range(CONCURRENCY)]
        wait_until(lambda: under_way(guarded) == CONCURRENCY, "calls that wait")
        refused = guarded.client.get(SCORE)
        assert guarded.client.get("/api/v1/health/live").status_code == 200
        blocker.rollback()
    check_problem(refused, 503, "busy")
    assert refused.headers["retry-after"] == "1"
    assert refused.elapsed.total_seconds() < 1
    assert [call.result().status_code for call in held] == [200] * CONCURRENCY
    wait_until(lambda: under_way(guarded) == 0, "the places to be free again")


def under_way(guarded: Server) -> float:
    text = guarded.client.get(
        "/api/v1/metrics", headers={"x-functions-key": WATCHER}
    ).text
    (line,) = [
        line for line in text.splitlines() if line.startswith("scoring_requests_under")
    ]
    return float(line.split()[1])


def test_what_is_too_large_is_refused_unread(guarded: Server) -> None:
    client = guarded.client
    check_problem(client.post(SCORE, content=bytes(1_025)), 413, "body-too-large")
    check_problem(client.get(SCORE + "?" + "q" * 2_049), 414, "address-too-long")
    assert client.get(SCORE).status_code == 200


def bytes_taken(guarded: Server, beginning: bytes) -> int:
    """Send a message that never ends, and return how much of it went."""
    url = guarded.client.base_url
    sent = 0
    with socket.create_connection((url.host, url.port or 80), timeout=20) as line:
        line.sendall(beginning)
        # Where the other side has closed, sending fails.
        with contextlib.suppress(ConnectionError):
            while sent < 100_000_000:
                sent += line.send(b"x" * 65_536)
    return sent


@pytest.mark.parametrize(
    "beginning",
    [
        b"GET /api/v1/health/live HTTP/1.1\r\nHost: x\r\nX-Endless: ",
        b"GET /",
        b"POST /api/v1/scores HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
        b"\r\n2\r\n{}\r\n0\r\nX-Endless: ",
    ],
    ids=["header", "address", "trailer"],
)
def test_a_message_without_end_is_not_kept(guarded: Server, beginning: bytes) -> None:
    assert bytes_taken(guarded, beginning) < 10_000_000
    assert guarded.client.get("/api/v1/health/live").status_code == 200


def test_a_body_in_many_small_pieces_is_read(guarded: Server) -> None:
    body = json.dumps({"client_ids": [FIRST_CLIENT]}).encode().ljust(500)
    answer = guarded.client.post(
        "/api/v1/scores",
        content=(bytes([one]) for one in body),
        headers={"x-functions-key": NEW, "content-type": "application/json"},
    )
    assert answer.status_code == 200


@pytest.mark.parametrize("chunk_size", [100_000, 1_000], ids=["whole", "chunks"])
def test_the_bound_of_heads_is_none_of_bodies(
    small_server: Server, chunk_size: int
) -> None:
    body = json.dumps({"client_ids": [FIRST_CLIENT]}).encode().ljust(100_000)
    pieces = [body[at : at + chunk_size] for at in range(0, len(body), chunk_size)]
    answer = small_server.client.post(
        "/api/v1/scores",
        content=body if len(pieces) == 1 else iter(pieces),
        headers={"content-type": "application/json"},
    )
    assert answer.status_code == 200


def test_no_page_of_another_site_is_let_in(guarded: Server) -> None:
    origin = {"origin": "https://elsewhere.example"}
    asked = origin | {"access-control-request-method": "GET"}
    for answer in (
        guarded.client.get(SCORE, headers=origin),
        guarded.client.options(SCORE, headers=asked),
    ):
        assert not [h for h in answer.headers if h.startswith("access-control-")]
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["strict-transport-security"].startswith("max-age=")
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert "server" not in answer.headers
