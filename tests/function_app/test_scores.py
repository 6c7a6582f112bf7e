from __future__ import annotations

import re

import httpx
import psycopg2

SCORE_FIELDS = [
    "client_id",
    "probability",
    "points",
    "rating",
    "decision",
    "threshold",
    "model_version",
    "base_points",
    "contributions",
    "reasons",
    "language",
    "decision_id",
    "scored_at",
]


def test_a_known_client_gets_a_decision_with_every_field(
    api: httpx.Client, client_id: int
) -> None:
    response = api.get(f"/api/v1/clients/{client_id}/score")
    answer = response.json()
    assert response.status_code == 200
    assert list(answer) == SCORE_FIELDS
    assert answer["client_id"] == client_id
    assert answer["decision"] in ("grant", "review", "refuse")
    assert answer["scored_at"].endswith("Z")


def test_contributions_add_up_to_the_points(
    api: httpx.Client, client_ids: list[int]
) -> None:
    for client_id in client_ids[:10]:
        answer = api.get(f"/api/v1/clients/{client_id}/score").json()
        total = answer["base_points"]
        total += sum(part["points"] for part in answer["contributions"])
        assert round(total) == answer["points"]


def test_reasons_tell_their_theme_with_the_sign_of_its_contribution(
    api: httpx.Client, client_ids: list[int]
) -> None:
    for client_id in client_ids[:10]:
        answer = api.get(f"/api/v1/clients/{client_id}/score").json()
        of_theme = {part["theme"]: part["points"] for part in answer["contributions"]}
        against = [r for r in answer["reasons"] if r["direction"] == "against"]
        in_favour = [r for r in answer["reasons"] if r["direction"] == "in_favour"]
        assert len(against) <= 4
        assert len(in_favour) <= 2
        assert all(r["contribution"] < 0 for r in against)
        assert all(r["contribution"] > 0 for r in in_favour)
        for reason in answer["reasons"]:
            assert reason["contribution"] == of_theme[reason["theme"]]


def test_reasons_are_french_by_default_and_english_on_request(
    api: httpx.Client, client_id: int
) -> None:
    address = f"/api/v1/clients/{client_id}/score"
    default, french, english = (
        api.get(address),
        api.get(address, params={"lang": "fr"}),
        api.get(address, params={"lang": "en"}),
    )

    def sentences(response: httpx.Response) -> list[str]:
        return [reason["sentence"] for reason in response.json()["reasons"]]

    assert sentences(default) == sentences(french)
    assert all("Le thème" in sentence for sentence in sentences(french))
    assert all("The theme" in sentence for sentence in sentences(english))
    assert french.headers["content-language"] == "fr"
    assert english.headers["content-language"] == english.json()["language"] == "en"


def test_the_language_changes_no_number(api: httpx.Client, client_id: int) -> None:
    address = f"/api/v1/clients/{client_id}/score"
    french, english = (
        api.get(address, params={"lang": language}).json() for language in ("fr", "en")
    )
    for field in ("probability", "points", "rating", "decision", "base_points"):
        assert french[field] == english[field]


def test_without_explanation_the_decision_is_the_same_and_has_no_reasons(
    api: httpx.Client, client_id: int
) -> None:
    address = f"/api/v1/clients/{client_id}/score"
    explained = api.get(address).json()
    plain = api.get(address, params={"explain": "false"}).json()
    assert explained["reasons"] or explained["contributions"]
    assert plain["reasons"] == plain["contributions"] == []
    for field in ("probability", "points", "rating", "decision", "threshold"):
        assert plain[field] == explained[field]


def test_the_row_is_in_the_log_when_the_answer_arrives(
    api: httpx.Client,
    client_ids: list[int],
    warehouse_connection: psycopg2.extensions.connection,
) -> None:
    feature_count = len(api.get("/api/v1/model").json()["features"])
    for client_id in client_ids[:5]:
        response = api.get(f"/api/v1/clients/{client_id}/score")
        with warehouse_connection.cursor() as cursor:
            cursor.execute(
                "select client_id, decision, points, rating, model_version, language, "
                "caller, request_id, response, ops.named_inputs(inputs) "
                "from ops.decision_log "
                "where decision_id = %s",
                (response.json()["decision_id"],),
            )
            (*columns, logged_answer, inputs) = cursor.fetchone()
        answer = response.json()
        assert columns == [
            client_id,
            answer["decision"],
            answer["points"],
            answer["rating"],
            answer["model_version"],
            "fr",
            "default",
            response.headers["x-request-id"],
        ]
        assert logged_answer == answer
        assert len(inputs) == feature_count


def test_a_decision_is_read_again_to_the_letter_as_it_was_answered(
    api: httpx.Client, client_id: int
) -> None:
    score = api.get(f"/api/v1/clients/{client_id}/score", params={"lang": "en"})
    read = api.get(f"/api/v1/decisions/{score.json()['decision_id']}")
    model = api.get("/api/v1/model").json()
    assert read.status_code == 200
    assert f',"answer":{score.text},"inputs":' in read.text
    assert read.json()["request_id"] == score.headers["x-request-id"]
    assert read.json()["inputs"].keys() == {f["name"] for f in model["features"]}


def test_each_call_is_a_decision_of_its_own(api: httpx.Client, client_id: int) -> None:
    address = f"/api/v1/clients/{client_id}/score"
    first, second = (api.get(address).json() for _ in range(2))
    assert first.pop("decision_id") != second.pop("decision_id")
    assert first.pop("scored_at") < second.pop("scored_at")
    assert first == second


def test_the_model_tells_its_version_costs_and_features_and_hides_its_calibrator(
    api: httpx.Client, client_id: int
) -> None:
    model = api.get("/api/v1/model").json()
    score = api.get(f"/api/v1/clients/{client_id}/score").json()
    assert model["version"] == score["model_version"]
    assert model["threshold"] == score["threshold"]
    assert model["cost_matrix"]["false_negative_cost"] == 10
    assert all(feature["label_fr"] for feature in model["features"])
    assert "calibrator" not in model


def test_health_needs_no_key(api: httpx.Client) -> None:
    for call, status in (("live", "alive"), ("ready", "ready")):
        response = httpx.get(f"{api.base_url}/api/v1/health/{call}")
        assert response.status_code == 200
        assert response.json()["status"] == status


def test_answers_may_be_neither_cached_nor_sniffed(
    api: httpx.Client, client_id: int
) -> None:
    headers = api.get(f"/api/v1/clients/{client_id}/score").headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert "server" not in headers


def test_a_fit_request_id_is_kept_and_an_unfit_one_replaced(api: httpx.Client) -> None:
    def request_id(presented: str) -> str:
        headers = {"x-request-id": presented.encode()}
        answered = api.get("/api/v1/health/live", headers=headers)
        return str(answered.headers["x-request-id"])

    assert request_id("loan-desk-42.a_b") == "loan-desk-42.a_b"
    for unfit in ("with space", "x" * 65, 'quote"', "é"):
        assert re.fullmatch(r"[0-9a-f]{32}", request_id(unfit))
