from __future__ import annotations

import httpx
import psycopg2
import pytest

from tests.function_app.test_problems import check_problem

Connection = psycopg2.extensions.connection


def simulate(
    api: httpx.Client, client_id: int, overrides: dict[str, object], **options: str
) -> httpx.Response:
    return api.post(
        f"/api/v1/clients/{client_id}/simulations",
        json={"overrides": overrides},
        params=options,
    )


def logged(connection: Connection) -> int:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from ops.decision_log")
        (count,) = cursor.fetchone()
        return int(count)


def test_without_overrides_it_is_the_score_to_the_last_digit(
    api: httpx.Client, client_ids: list[int]
) -> None:
    for client_id in client_ids[:5]:
        score = api.get(f"/api/v1/clients/{client_id}/score").json()
        simulated = simulate(api, client_id, {}).json()
        assert simulated["is_simulation"] is True
        assert simulated["changes"] == []
        not_shared = {"decision_id", "scored_at"}
        assert {n: simulated[n] for n in score.keys() - not_shared} == {
            n: v for n, v in score.items() if n not in not_shared
        }
        assert simulated["current"]["probability"] == score["probability"]


def test_a_simulation_and_advice_log_no_decision(
    api: httpx.Client, client_id: int, warehouse_connection: Connection
) -> None:
    before = logged(warehouse_connection)
    assert simulate(api, client_id, {"income_amount": 100_000}).status_code == 200
    assert api.get(f"/api/v1/clients/{client_id}/advice").status_code == 200
    assert logged(warehouse_connection) == before


def test_the_term_sets_the_annuity_and_changes_tell_both_values(
    api: httpx.Client, client_id: int
) -> None:
    overrides = {"credit_amount": 240_000, "term_months": 24}
    answer = simulate(api, client_id, overrides, explain="false").json()
    after = {change["field"]: change["after"] for change in answer["changes"]}
    assert after == {"credit_amount": 240_000, "annuity_amount": 10_000}


def test_every_override_that_cannot_be_used_is_named_with_its_bound(
    api: httpx.Client, client_id: int
) -> None:
    overrides = {
        "credit_amount": 5,
        "income_amount": "4",
        "has_realty": None,
        "credit_amont": 1,
    }
    problem = check_problem(simulate(api, client_id, overrides), 422, "invalid-input")
    faults = {e["field"]: e["message"] for e in problem["errors"]}  # type: ignore[attr-defined]
    assert faults.keys() == {f"overrides.{name}" for name in overrides}
    assert "10000" in faults["overrides.credit_amount"]
    assert "not an input" in faults["overrides.credit_amont"]


@pytest.mark.parametrize(
    ("overrides", "faulty"),
    [
        (
            {"annuity_amount": 20_000, "term_months": 24, "employment_years": 60},
            {"annuity_amount", "term_months", "employment_years"},
        ),
        (
            {"credit_amount": 900_000, "annuity_amount": 1_000},
            {"credit_amount", "annuity_amount"},
        ),
        ({"contract_type": "Revolving loans", "term_months": 24}, {"term_months"}),
    ],
    ids=["twice the term", "endless", "no term"],
)
def test_contradictions_are_named_at_once(
    api: httpx.Client,
    client_id: int,
    overrides: dict[str, object],
    faulty: set[str],
) -> None:
    problem = check_problem(simulate(api, client_id, overrides), 422, "invalid-input")
    fields = {error["field"] for error in problem["errors"]}  # type: ignore[attr-defined]
    assert fields == {f"overrides.{name}" for name in faulty}


@pytest.mark.parametrize("text", ["{", "[]", '{"overrides": {"credit_amount": 1e999}}'])
def test_a_body_that_is_no_request_is_422(
    api: httpx.Client, client_id: int, text: str
) -> None:
    response = api.post(
        f"/api/v1/clients/{client_id}/simulations",
        content=text,
        headers={"content-type": "application/json"},
    )
    check_problem(response, 422, "invalid-input")


def test_an_unknown_client_has_neither_simulation_nor_advice(
    api: httpx.Client,
) -> None:
    for unknown in (1, 2**53 - 1):
        check_problem(simulate(api, unknown, {}), 404, "unknown-client")
        response = api.get(f"/api/v1/clients/{unknown}/advice")
        check_problem(response, 404, "unknown-client")


def test_advice_leads_where_it_says_and_a_granted_request_needs_none(
    api: httpx.Client, client_ids: list[int]
) -> None:
    rank = {"refuse": 0, "review": 1, "grant": 2}
    tried = 0
    for client_id in client_ids:
        answer = api.get(
            f"/api/v1/clients/{client_id}/advice", params={"lang": "en"}
        ).json()
        current = answer["current"]["decision"]
        tried += answer["tried"]
        if current == "grant":
            assert answer["advice"] == []
        for advice in answer["advice"]:
            simulated = simulate(
                api, client_id, advice["overrides"], explain="false"
            ).json()
            assert simulated["decision"] == advice["decision"]
            assert simulated["probability"] == advice["probability"]
            assert rank[advice["decision"]] > rank[current]
            assert "the decision would be" in advice["sentence"]
    assert tried > 0


def test_reviews_are_kept_beside_the_decision_and_never_replace_each_other(
    api: httpx.Client, client_id: int
) -> None:
    score = api.get(f"/api/v1/clients/{client_id}/score").json()
    address = f"/api/v1/decisions/{score['decision_id']}"
    assert api.get(address).json()["reviews"] == []
    added = [
        api.post(
            f"{address}/reviews",
            json={"decision": decision, "motive": motive, "advisor": "A. Martin"},
        )
        for decision, motive in (("refuse", "Pièces absentes"), ("grant", "Reçues"))
    ]
    read = api.get(address).json()
    assert [review.status_code for review in added] == [201, 201]
    assert read["reviews"] == [review.json() for review in added]
    assert read["answer"] == score


def test_a_review_without_motive_or_of_no_decision_is_refused(
    api: httpx.Client, client_id: int
) -> None:
    score = api.get(f"/api/v1/clients/{client_id}/score").json()
    empty = {"decision": "review", "motive": " \n", "advisor": "a\x00"}
    address = f"/api/v1/decisions/{score['decision_id']}/reviews"
    problem = check_problem(api.post(address, json=empty), 422, "invalid-input")
    fields = [error["field"] for error in problem["errors"]]  # type: ignore[attr-defined]
    assert fields == ["decision", "motive", "advisor"]
    response = api.post(
        "/api/v1/decisions/00000000-0000-4000-8000-000000000000/reviews",
        json={"decision": "grant", "motive": "m", "advisor": "a"},
    )
    check_problem(response, 404, "unknown-decision")
