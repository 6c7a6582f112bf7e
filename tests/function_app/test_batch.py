"""Decisions on several clients at once are those that each would get alone."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from function_app.web.rate_limit import RateLimiter
from tests.function_app.conftest import Server
from tests.function_app.small_bank import CLIENTS, FIRST_CLIENT, SmallBank
from tests.function_app.test_limits import Clock, calls_let_through
from tests.function_app.test_problems import check_problem

SCORES = "/api/v1/scores"
ABSENT_CLIENT = 987_654_321
EVERYBODY = [FIRST_CLIENT + (7 * n) % CLIENTS for n in range(CLIENTS)]

OWN = ("decision_id", "scored_at")


def posted(
    client: httpx.Client, client_ids: object, **params: str
) -> list[dict[str, Any]]:
    answer = client.post(SCORES, json={"client_ids": client_ids}, params=params)
    assert answer.status_code == 200, answer.text
    results: list[dict[str, Any]] = answer.json()["results"]
    return results


@pytest.mark.parametrize("explain", ["true", "false"])
def test_each_result_is_what_its_client_gets_alone_in_the_order_asked(
    small_server: Server, explain: str
) -> None:
    client = small_server.client
    params = {"lang": "en", "explain": explain}
    results = posted(client, EVERYBODY, **params)
    for client_id, result in zip(EVERYBODY, results, strict=True):
        alone = client.get(f"/api/v1/clients/{client_id}/score", params=params).json()
        assert {k: v for k, v in result.items() if k not in OWN} == {
            k: v for k, v in alone.items() if k not in OWN
        }


def test_every_decision_of_a_batch_is_logged_as_it_was_answered(
    small_server: Server, small_bank: SmallBank
) -> None:
    headers = {"x-request-id": "a-batch"}
    answer = small_server.client.post(
        SCORES, json={"client_ids": EVERYBODY}, headers=headers
    )
    logged = small_bank.rows(
        "select response::text from ops.decision_log where request_id = %s "
        "order by array_position(%s::bigint[], client_id)",
        "a-batch",
        EVERYBODY,
    )
    assert answer.text == '{"results":[' + ",".join(text for (text,) in logged) + "]}"


def test_an_unknown_client_is_a_problem_of_its_own(small_server: Server) -> None:
    client = small_server.client
    first, missing, last = posted(client, [FIRST_CLIENT, ABSENT_CLIENT, EVERYBODY[1]])
    alone = client.get(f"/api/v1/clients/{ABSENT_CLIENT}/score").json()
    assert missing == {
        "client_id": ABSENT_CLIENT,
        **{name: alone[name] for name in ("type", "title", "status", "detail")},
    }
    assert [first["client_id"], last["client_id"]] == [FIRST_CLIENT, EVERYBODY[1]]
    assert [r["status"] for r in posted(client, [ABSENT_CLIENT])] == [404]


@pytest.mark.parametrize(
    ("client_ids", "field"),
    [
        ([], "client_ids"),
        (list(range(1, 1_002)), "client_ids"),
        ([5, 6, 5], "client_ids"),
        ([5, 0], "client_ids.1"),
        ([2**53], "client_ids.0"),
        (["5"], "client_ids.0"),
        ([True], "client_ids.0"),
        ([1.5], "client_ids.0"),
        ([None], "client_ids.0"),
        (5, "client_ids"),
    ],
)
def test_clients_that_cannot_be_asked_for_are_refused_by_name(
    small_server: Server, client_ids: object, field: str
) -> None:
    answer = small_server.client.post(SCORES, json={"client_ids": client_ids})
    problem = check_problem(answer, 422, "invalid-input")
    (fault,) = problem["errors"]  # type: ignore[misc]
    assert (fault["field"], fault["location"]) == (field, "body")


def test_the_largest_batch_is_answered(small_server: Server) -> None:
    others = range(2**53 - 1, 2**53 - 1 - (1_000 - CLIENTS), -1)
    results = posted(small_server.client, [*EVERYBODY, *others], explain="false")
    assert len(results) == 1_000
    assert sum("probability" in result for result in results) == CLIENTS


def test_batches_and_single_calls_at_once_are_each_answered(
    small_server: Server, small_bank: SmallBank
) -> None:
    def ask(number: int) -> list[str]:
        path = f"/api/v1/clients/{EVERYBODY[number]}/score" if number % 4 else SCORES
        body = None if number % 4 else {"client_ids": EVERYBODY}
        request = small_server.client.build_request(
            "GET" if number % 4 else "POST", path, json=body, params={"explain": False}
        )
        answer = small_server.client.send(request)
        while answer.status_code == 503:  # too busy: nothing was decided
            answer = small_server.client.send(request)
        document = answer.json()
        return [result["decision_id"] for result in document.get("results", [document])]

    with ThreadPoolExecutor(8) as callers:
        answered = [i for ids in callers.map(ask, range(24)) for i in ids]
    ((logged,),) = small_bank.rows(
        "select count(*) from ops.decision_log where decision_id = any(%s::uuid[])",
        answered,
    )
    assert logged == len(set(answered)) == 6 * CLIENTS + 18


def test_each_client_of_a_batch_counts_as_a_call() -> None:
    clock = Clock()
    rates = RateLimiter(10, clock)
    rates.take("desk")
    rates.charge("desk", 24)
    assert calls_let_through(rates, "branch", 100) == 10
    clock.seconds += 1.5
    assert calls_let_through(rates, "desk", 100) == 0
    clock.seconds += 0.1
    assert calls_let_through(rates, "desk", 100) == 1


def test_the_answer_of_a_batch_is_json_to_the_letter(small_server: Server) -> None:
    answer = small_server.client.post(
        SCORES, json={"client_ids": [FIRST_CLIENT, ABSENT_CLIENT]}
    )
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["content-language"] == "fr"
    document = json.loads(answer.text)
    written = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
    assert written == answer.text
