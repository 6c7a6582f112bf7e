from __future__ import annotations

import httpx
import pytest

from function_app.schemas.overrides import FIELDS
from tests.function_app.test_problems import check_problem

NOBODY = "00000000-0000-4000-8000-000000000000"


def test_a_decision_is_explained_down_to_features_that_add_up(
    api: httpx.Client, client_id: int
) -> None:
    score = api.get(f"/api/v1/clients/{client_id}/score").json()
    address = f"/api/v1/decisions/{score['decision_id']}/explanation"
    told = api.get(address).json()
    assert told["reasons"] == score["reasons"]
    assert [
        {name: part[name] for name in ("theme", "label", "points")}
        for part in told["contributions"]
    ] == score["contributions"]
    for part in told["contributions"]:
        total = sum(one["points"] for one in part["features"])
        assert total == pytest.approx(part["points"], abs=1e-9)
    total = told["base_points"] + sum(p["points"] for p in told["contributions"])
    assert round(total) == told["points"] == score["points"]


def test_an_explanation_is_in_either_language_and_decides_nothing(
    api: httpx.Client, client_id: int
) -> None:
    score = api.get(f"/api/v1/clients/{client_id}/score?lang=fr").json()
    english = api.get(
        f"/api/v1/decisions/{score['decision_id']}/explanation?lang=en"
    ).json()
    anew = api.get(f"/api/v1/clients/{client_id}/score?lang=en").json()
    assert english["reasons"] == anew["reasons"]
    assert english["decision_id"] == score["decision_id"]


def test_no_protected_feature_is_named_in_an_explanation(
    api: httpx.Client, client_id: int
) -> None:
    features = api.get("/api/v1/model").json()["features"]
    protected = {one["name"] for one in features if one["is_protected"]}
    assert protected
    score = api.get(f"/api/v1/clients/{client_id}/score").json()
    told = api.get(f"/api/v1/decisions/{score['decision_id']}/explanation").json()
    named = {f["feature"] for p in told["contributions"] for f in p["features"]}
    assert named == {one["name"] for one in features} - protected | {None}


def test_a_decision_that_is_in_no_log_is_not_explained(api: httpx.Client) -> None:
    response = api.get(f"/api/v1/decisions/{NOBODY}/explanation")
    check_problem(response, 404, "unknown-decision")


def test_themes_tell_how_much_they_count(api: httpx.Client) -> None:
    themes = api.get("/api/v1/model").json()["themes"]
    assert all(theme["importance"] >= 0 for theme in themes.values())
    assert max(theme["importance"] for theme in themes.values()) > 1


def test_every_field_of_a_request_is_told_with_the_bounds_simulations_have(
    api: httpx.Client, client_ids: list[int]
) -> None:
    schema = api.get("/api/openapi.json").json()["components"]["schemas"]["Overrides"]
    kinds = set()
    for client_id in client_ids:
        request = api.get(f"/api/v1/clients/{client_id}/request").json()
        fields = {field["field"]: field for field in request["fields"]}
        is_revolving = fields["contract_type"]["current"] == "Revolving loans"
        kinds.add(is_revolving)
        assert set(FIELDS) - fields.keys() == (
            {"term_months"} if is_revolving else set()
        )
        for name, field in fields.items():
            allowed = schema["properties"][name]
            if field["kind"] == "number":
                assert field["minimum"] == allowed["minimum"]
                assert field["maximum"] == allowed["maximum"]
            elif field["kind"] == "choice":
                assert field["choices"] == allowed["enum"]
    assert False in kinds


def test_the_reviews_of_all_decisions_on_a_client_are_read_at_once(
    api: httpx.Client, client_ids: list[int]
) -> None:
    client_id = client_ids[-1]
    kept = []
    for motive in ("first", "second"):
        score = api.get(f"/api/v1/clients/{client_id}/score?explain=false").json()
        review = {"decision": "grant", "motive": motive, "advisor": "alice"}
        address = f"/api/v1/decisions/{score['decision_id']}/reviews"
        kept.append(api.post(address, json=review).json())
    read = api.get(f"/api/v1/clients/{client_id}/reviews").json()
    assert read == {"client_id": client_id, "reviews": kept[::-1]}


def test_a_review_sent_twice_under_its_key_is_kept_once(
    api: httpx.Client, client_id: int
) -> None:
    score = api.get(f"/api/v1/clients/{client_id}/score?explain=false").json()
    address = f"/api/v1/decisions/{score['decision_id']}"
    review = {"decision": "refuse", "motive": "once", "advisor": "alice"}
    headers = {"Idempotency-Key": "desk-1"}
    first, second = (
        api.post(f"{address}/reviews", json=review, headers=headers) for _ in range(2)
    )
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert api.get(address).json()["reviews"] == [first.json()]
    other = api.post(
        f"{address}/reviews", json={**review, "motive": "other"}, headers=headers
    )
    check_problem(other, 422, "idempotency-key-reused")
