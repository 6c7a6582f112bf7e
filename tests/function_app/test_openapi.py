from __future__ import annotations

import re
from uuid import uuid4

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, assume, given, settings
from jsonschema import Draft202012Validator
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from function_app import FunctionSettings
from function_app.app import create_app
from function_app.schemas.batch import (
    CLIENT_PROBLEM_EXAMPLE,
    SCORES_EXAMPLE,
    ClientProblem,
    ScoresAnswer,
)
from function_app.schemas.explanation import EXPLANATION_EXAMPLE, ExplanationAnswer
from function_app.schemas.health import READY_EXAMPLE, ReadyAnswer
from function_app.schemas.model import MODEL_EXAMPLE, ModelAnswer
from function_app.schemas.review import REVIEW_EXAMPLE, ReviewAnswer
from function_app.schemas.score import SCORE_EXAMPLE, ScoreAnswer
from function_app.schemas.simulation import (
    ADVICES_EXAMPLE,
    REQUEST_EXAMPLE,
    SIMULATION_EXAMPLE,
    AdviceAnswer,
    RequestAnswer,
    SimulationAnswer,
)

SECRET = "a-key-that-only-this-file-knows"

PROBLEMS = {"401", "404", "422", "429", "500", "503"}
CALLS = {
    ("get", "/api/v1/clients/{client_id}/score"): {"200", *PROBLEMS},
    ("post", "/api/v1/scores"): {"200", "413", *PROBLEMS} - {"404"},
    ("get", "/api/v1/clients/{client_id}/advice"): {"200", *PROBLEMS},
    ("post", "/api/v1/clients/{client_id}/simulations"): {"200", "413", *PROBLEMS},
    ("get", "/api/v1/clients/{client_id}/request"): {"200", *PROBLEMS},
    ("get", "/api/v1/clients/{client_id}/reviews"): {"200", *(PROBLEMS - {"404"})},
    ("get", "/api/v1/decisions/{decision_id}"): {"200", *PROBLEMS},
    ("get", "/api/v1/decisions/{decision_id}/explanation"): {"200", "409", *PROBLEMS},
    ("post", "/api/v1/decisions/{decision_id}/reviews"): {"201", "413", *PROBLEMS},
    ("get", "/api/v1/model"): {"200", "401", "429", "500", "503"},
    ("get", "/api/v1/drift"): {"200", *PROBLEMS},
    ("get", "/api/v1/metrics"): {"200", "401", "429", "500"},
    ("get", "/api/v1/health/live"): {"200"},
    ("get", "/api/v1/health/ready"): {"200", "503"},
}


@pytest.fixture(scope="module")
def document() -> dict:
    app = create_app(FunctionSettings(scoring_api_key=SECRET))
    return app.openapi()


def references(part: object) -> list[str]:
    if isinstance(part, dict):
        own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
        return own + [r for value in part.values() for r in references(value)]
    if isinstance(part, list):
        return [r for value in part for r in references(value)]
    return []


def test_the_document_lists_every_call_with_every_status(document: dict) -> None:
    listed = {
        (method, path): set(operation["responses"])
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }
    assert listed == CALLS


def test_every_problem_is_documented_as_a_problem_document(document: dict) -> None:
    for method, path in CALLS:
        responses = document["paths"][path][method]["responses"]
        for status, response in responses.items():
            if status > "201":
                assert list(response["content"]) == ["application/problem+json"]


def test_every_reference_leads_to_a_valid_schema(document: dict) -> None:
    schemas = document["components"]["schemas"]
    for reference in references(document):
        assert reference.removeprefix("#/components/schemas/") in schemas
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)


def test_calls_that_need_the_key_say_so_and_health_does_not(document: dict) -> None:
    for method, path in CALLS:
        operation = document["paths"][path][method]
        assert ("security" in operation) == ("/health/" not in path)


def test_every_field_of_an_answer_is_described(document: dict) -> None:
    for name in (
        *("ScoreAnswer", "Reason", "Contribution", "DecisionAnswer", "Problem"),
        *("SimulationAnswer", "Overrides", "AdviceAnswer", "Advice", "Outcome"),
        *("Change", "ReviewRequest", "ReviewAnswer"),
        *("ScoresRequest", "ScoresAnswer", "ClientProblem"),
    ):
        for field, schema in document["components"]["schemas"][name][
            "properties"
        ].items():
            assert schema.get("description"), f"{name}.{field}"


def test_examples_are_answers_that_could_be_given() -> None:
    for model, example in (
        (ScoreAnswer, SCORE_EXAMPLE),
        (ModelAnswer, MODEL_EXAMPLE),
        (ReadyAnswer, READY_EXAMPLE),
        (SimulationAnswer, SIMULATION_EXAMPLE),
        (AdviceAnswer, ADVICES_EXAMPLE),
        (RequestAnswer, REQUEST_EXAMPLE),
        (ExplanationAnswer, EXPLANATION_EXAMPLE),
        (ReviewAnswer, REVIEW_EXAMPLE),
        (ScoresAnswer, SCORES_EXAMPLE),
        (ClientProblem, CLIENT_PROBLEM_EXAMPLE),
    ):
        assert model.model_validate(example).model_fields_set


def test_the_page_and_the_document_are_served_without_a_key(api: httpx.Client) -> None:
    page = httpx.get(f"{api.base_url}/api/docs")
    assert page.status_code == 200
    assert "/api/openapi.json" in page.text
    assert httpx.get(f"{api.base_url}/api/openapi.json").json()["openapi"] >= "3.1"


def test_the_page_loads_nothing_from_elsewhere_and_explains_each_problem(
    api: httpx.Client,
) -> None:
    page = httpx.get(f"{api.base_url}/api/docs")
    problem = api.get("/api/v1/clients/1/score").json()
    assert re.findall(r"(?:src|href)=.https?:", page.text) == []
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert f'id="{problem["type"].partition("#")[2]}"' in page.text


def test_the_documentation_can_be_switched_off() -> None:
    without = FunctionSettings(scoring_api_key=SECRET, scoring_docs_enabled=False)
    paths = {getattr(route, "path", "") for route in create_app(without).routes}
    assert not {path for path in paths if "docs" in path or "openapi" in path}


@pytest.mark.load
@pytest.mark.parametrize(
    ("method", "path", "mode"),
    [(*call, GenerationMode.POSITIVE) for call in CALLS]
    + [
        (*call, GenerationMode.NEGATIVE)
        for call in CALLS
        if "{" in call[1] or call[0] == "post"
    ],
)
def test_generated_requests_get_documented_answers_and_no_5xx(
    api: httpx.Client, method: str, path: str, mode: GenerationMode
) -> None:
    served = schemathesis.openapi.from_url(f"{api.base_url}/api/openapi.json")
    headers = {"x-functions-key": api.headers["x-functions-key"]}

    @given(case=served[path][method.upper()].as_strategy(generation_mode=mode))
    @settings(
        max_examples=20,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def call(case: schemathesis.Case) -> None:
        if "Idempotency-Key" in case.headers and mode is GenerationMode.POSITIVE:
            # What is valid under a key of its own is refused under another's.
            case.headers["Idempotency-Key"] = uuid4().hex
        # A value that leaves no trace in an address violates nothing.
        assume(all(value not in (None, [], {}) for value in case.query.values()))
        # No schema tells which overrides contradict each other.
        excluded = [positive_data_acceptance] if path.endswith("simulations") else []
        case.call_and_validate(headers=headers, excluded_checks=excluded)

    call()
