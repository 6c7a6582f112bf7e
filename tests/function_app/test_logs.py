from __future__ import annotations

import json
from pathlib import Path

import httpx

from tests.function_app.conftest import Server
from tests.function_app.small_bank import FIRST_CLIENT, KEY, SmallBank
from tests.running import wait_until

ABSENT_CLIENT = 987_654_321


def lines_of(log: Path) -> list[dict[str, object]]:
    # A line without its end is still being written.
    lines = log.read_text().splitlines(keepends=True)
    return [json.loads(line) for line in lines if line.endswith("\n")]


def lines_of_request(log: Path, request_id: str, count: int) -> list[dict[str, object]]:
    """Return a request's lines; the last is written when its answer has left."""

    def found() -> list[dict[str, object]]:
        return [line for line in lines_of(log) if line.get("request_id") == request_id]

    wait_until(lambda: len(found()) >= count, "the log to have the request")
    return found()


def test_every_request_is_one_line_of_json_with_its_identifier(
    small_server: Server,
) -> None:
    path = f"/api/v1/clients/{FIRST_CLIENT}/score"
    response = small_server.client.get(path, headers={"x-request-id": "desk-7"})
    assert response.status_code == 200
    (line,) = lines_of_request(small_server.log, "desk-7", 1)
    assert line.pop("timestamp")
    assert line.pop("milliseconds")
    assert line == {
        "level": "INFO",
        "event": "request",
        "request_id": "desk-7",
        "method": "GET",
        "route": "/api/v1/clients/{client_id}/score",
        "status": 200,
        "caller": "default",
    }


def test_logs_hold_no_key_no_client_number_and_no_value(
    small_server: Server, small_bank: SmallBank
) -> None:
    client = small_server.client
    wrong_key = "a-wrong-key-of-a-curious-caller"
    address = f"/api/v1/clients/{FIRST_CLIENT}/score"
    score = client.get(address, params={"lang": "en"}).json()
    client.get(address, headers={"x-functions-key": wrong_key})
    client.get(f"/api/v1/clients/{ABSENT_CLIENT}/score")
    client.get(
        f"/api/v1/clients/{ABSENT_CLIENT}abc/score", params={"lang": "zz-secret"}
    )
    client.get(f"/unknown/{ABSENT_CLIENT}")
    client.post(address, content=str(ABSENT_CLIENT))
    idempotency_key = f"for-client-{ABSENT_CLIENT}-of-a-branch"
    told = {"Idempotency-Key": idempotency_key}
    client.get(address, headers=told)
    client.get(address, params={"lang": "en"}, headers=told)
    asked = {"client_ids": [FIRST_CLIENT, ABSENT_CLIENT]}
    refused = client.post("/api/v1/scores", json=asked, headers=told)
    batch = client.post("/api/v1/scores", json=asked)
    client.post("/api/v1/scores", json={"client_ids": [ABSENT_CLIENT] * 2})
    assert (refused.status_code, batch.status_code) == (422, 200)
    review = {"decision": "grant", "motive": "a-told-motive", "advisor": "A. Martin"}
    client.post(f"/api/v1/decisions/{score['decision_id']}/reviews", json=review)
    client.post(
        address.replace("score", "simulations"),
        json={"overrides": {"credit_amount": 123_456_789}},
    )
    client.get(address.replace("score", "advice"))
    inputs = client.get(f"/api/v1/decisions/{score['decision_id']}").json()["inputs"]
    last = provoke_an_unforeseen_error(client, small_bank)

    lines_of_request(small_server.log, last.headers["x-request-id"], 2)
    log = small_server.log.read_text()
    assert len(lines_of(small_server.log)) >= 17
    forbidden = [KEY, wrong_key, str(FIRST_CLIENT), str(ABSENT_CLIENT), "zz-secret"]
    forbidden += [idempotency_key, "123456789", review["motive"], review["advisor"]]
    forbidden += [score["decision_id"], str(score["probability"])]
    forbidden.append(batch.json()["results"][0]["decision_id"])
    forbidden += [reason["sentence"] for reason in score["reasons"]]
    forbidden += [
        str(value)
        for value in inputs.values()
        if value is not None and len(str(value)) > 5
    ]
    assert [word for word in forbidden if word in log] == []


def provoke_an_unforeseen_error(
    client: httpx.Client, bank: SmallBank
) -> httpx.Response:
    """Let PostgreSQL raise an error whose message quotes the client's row."""
    with bank.connection("administrator") as administrator:
        cursor = administrator.cursor()
        cursor.execute(
            "alter table ops.decision_log add constraint provoked "
            "check (language <> 'fr') not valid"
        )
        try:
            response = client.get(f"/api/v1/clients/{FIRST_CLIENT}/score")
        finally:
            cursor.execute("alter table ops.decision_log drop constraint provoked")
    problem = response.json()
    assert response.status_code == problem["status"] == 500
    assert problem["type"].endswith("#internal-error")
    assert response.headers["content-type"] == "application/problem+json"
    for leak in ("provoked", "psycopg2", "Check", "Traceback", "ops."):
        assert leak not in response.text
    return response


def test_an_unforeseen_error_is_logged_with_its_type_and_places(
    small_server: Server, small_bank: SmallBank
) -> None:
    response = provoke_an_unforeseen_error(small_server.client, small_bank)
    request_id = response.headers["x-request-id"]
    line, _ = lines_of_request(small_server.log, request_id, 2)
    assert line["event"] == "unforeseen_error"
    assert line["error"] == "CheckViolation"
    assert any("decision_log.py" in place for place in line["places"])  # type: ignore[attr-defined]
