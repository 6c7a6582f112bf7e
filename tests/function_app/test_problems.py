from __future__ import annotations

import httpx
import pytest

MAX_CLIENT_ID = 2**53 - 1


def check_problem(
    response: httpx.Response, status: int, name: str
) -> dict[str, object]:
    problem: dict[str, object] = response.json()
    assert response.status_code == problem["status"] == status
    assert response.headers["content-type"] == "application/problem+json"
    assert problem["type"] == f"/api/docs#{name}"
    assert problem["title"]
    assert problem["detail"]
    assert problem["instance"] == response.request.url.path
    assert problem["request_id"] == response.headers["x-request-id"]
    return problem


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-functions-key": ""},
        {"x-functions-key": "another-key-of-some-length"},
        {"x-functions-key": b"\xff\xfe bytes that are no text"},
    ],
    ids=["none", "empty", "another", "no text"],
)
@pytest.mark.parametrize(
    "path", ["/api/v1/clients/abc/score", "/api/v1/decisions/abc", "/api/v1/model"]
)
def test_without_the_key_every_call_is_401_whatever_it_asks(
    api: httpx.Client, path: str, headers: dict[str, str]
) -> None:
    response = httpx.get(f"{api.base_url}{path}", headers=headers)
    check_problem(response, 401, "unauthorized")
    assert "www-authenticate" in response.headers


def test_the_key_in_the_address_is_not_taken(api: httpx.Client) -> None:
    key = api.headers["x-functions-key"]
    response = httpx.get(f"{api.base_url}/api/v1/model", params={"code": key})
    check_problem(response, 401, "unauthorized")


@pytest.mark.parametrize("unknown", [1, 999_999_999, MAX_CLIENT_ID])
def test_an_unknown_client_is_404(api: httpx.Client, unknown: int) -> None:
    response = api.get(f"/api/v1/clients/{unknown}/score")
    check_problem(response, 404, "unknown-client")


def test_an_unknown_decision_is_404(api: httpx.Client) -> None:
    response = api.get("/api/v1/decisions/00000000-0000-4000-8000-000000000000")
    check_problem(response, 404, "unknown-decision")


@pytest.mark.parametrize("path", ["/", "/api", "/api/v1/client", "/api/v1/model/"])
def test_an_unknown_address_is_404(api: httpx.Client, path: str) -> None:
    check_problem(api.get(path), 404, "unknown-address")


def test_another_method_is_405_and_names_the_right_one(api: httpx.Client) -> None:
    response = api.post("/api/v1/model")
    check_problem(response, 405, "method-not-allowed")
    assert response.headers["allow"] == "GET"


@pytest.mark.parametrize(
    "written",
    [
        "abc",
        "0",
        "-1",
        str(MAX_CLIENT_ID + 1),
        str(2**63),
        "9" * 500,
        "1.0",
        "1_0",
        "+1",
        " 1",
        "١٢",
    ],
)
def test_what_is_no_client_number_is_422_naming_it(
    api: httpx.Client, written: str
) -> None:
    response = api.get(f"/api/v1/clients/{written}/score")
    problem = check_problem(response, 422, "invalid-input")
    (error,) = problem["errors"]  # type: ignore[misc]
    assert error["field"] == "client_id"
    assert error["location"] == "path"


@pytest.mark.parametrize(
    ("name", "value"),
    [("lang", "xx"), ("lang", ""), ("explain", "maybe"), ("explian", "false")],
)
def test_an_unusable_option_is_422_naming_it(
    api: httpx.Client, client_id: int, name: str, value: str
) -> None:
    response = api.get(f"/api/v1/clients/{client_id}/score", params={name: value})
    problem = check_problem(response, 422, "invalid-input")
    (error,) = problem["errors"]  # type: ignore[misc]
    assert (error["field"], error["location"]) == (name, "query")


def test_every_fault_of_a_request_is_named_at_once(api: httpx.Client) -> None:
    response = api.get("/api/v1/clients/abc/score", params={"lang": "xx"})
    problem = check_problem(response, 422, "invalid-input")
    fields = [error["field"] for error in problem["errors"]]  # type: ignore[attr-defined]
    assert sorted(fields) == ["client_id", "lang"]


def test_what_is_no_decision_identifier_is_422_naming_it(api: httpx.Client) -> None:
    problem = check_problem(api.get("/api/v1/decisions/abc"), 422, "invalid-input")
    (error,) = problem["errors"]  # type: ignore[misc]
    assert error["field"] == "decision_id"
