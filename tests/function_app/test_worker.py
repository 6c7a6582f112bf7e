from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import google.protobuf
import pytest

from tests.function_app.small_bank import FIRST_CLIENT, KEY, SmallBank
from tests.running import ROOT
from tools.package_function import bare_python

# The worker declares Python 3.13 and runs on 3.11; its lock is installed beside the
# environment, never into it. It takes protobuf from its host.
WORKER = Path(os.environ.get("FUNCTIONS_WORKER_DIR") or Path(sys.prefix) / "worker")

SCORE = f"https://bank.example/api/v1/clients/{FIRST_CLIENT}/score"
KEYED = {"x-functions-key": KEY, "x-request-id": "from-the-host"}


def protobuf_alone(folder: Path) -> Path:
    """Return a folder that holds protobuf and no other package."""
    alone = folder / "protobuf"
    if not alone.exists():
        (alone / "google").mkdir(parents=True)
        (alone / "google" / "protobuf").symlink_to(
            Path(google.protobuf.__file__).parent
        )
        upb = Path(google.__path__[0]) / "_upb"
        (alone / "google" / "_upb").symlink_to(upb)
    return alone


def ask_worker(
    deployed: Path,
    bank: SmallBank,
    *batches: list[dict[str, Any]],
    **settings: str,
) -> tuple[dict[str, Any], str]:
    """Return what the worker answered, and its log."""
    assert WORKER.is_dir(), (
        f"The Functions worker is not in {WORKER}: run `make setup`."
    )
    variables = {
        **{k: v for k, v in os.environ.items() if not k.startswith("PG")},
        **bank.environment,
        "PYTHON_SCRIPT_FILE_NAME": "scoring_entrypoint.py",
        **settings,
    }
    if "MODEL_DIR" not in settings:
        del variables["MODEL_DIR"]
    program = ROOT / "tests" / "function_app" / "worker_process.py"
    finished = subprocess.run(
        [*bare_python(), program, deployed, WORKER, protobuf_alone(deployed.parent)],
        # The host starts workers in its own folder.
        cwd="/",
        env=variables,
        input=json.dumps(batches),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout), finished.stderr


@pytest.fixture(scope="module")
def conversation(deployed: Path, small_bank: SmallBank) -> dict[str, Any]:
    first_calls_at_once = [{"url": SCORE, "headers": KEYED}] * 4
    later_calls = [
        {"url": f"{SCORE}?lang=en&explain=false", "headers": KEYED},
        {"url": SCORE},
        {"url": SCORE.replace(str(FIRST_CLIENT), "abc"), "headers": KEYED},
        {"url": "https://bank.example/elsewhere", "headers": KEYED},
        {"url": SCORE, "headers": KEYED, "method": "POST", "body": "{}"},
        {"url": "https://bank.example/api/v1/health/ready"},
        {"url": "https://bank.example/api/v1/health/live"},
    ]
    answered, _ = ask_worker(deployed, small_bank, first_calls_at_once, later_calls)
    return answered


@pytest.fixture(scope="module")
def morning(
    deployed: Path, small_bank: SmallBank, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, Any], Path]:
    """The timer's call: what the worker answered, and where it wrote."""
    folder = tmp_path_factory.mktemp("reports")
    answered, _ = ask_worker(deployed, small_bank, [{}], SCORING_DRIFT_DIR=str(folder))
    return answered, folder


def test_the_worker_indexes_one_anonymous_catch_all_http_trigger(
    conversation: dict[str, Any], deployed: Path
) -> None:
    trigger, output = conversation["bindings"]["scoring"]
    assert Path(conversation["package"]).is_relative_to(deployed)
    assert trigger["type"] == "httpTrigger"
    assert trigger["route"] == "/{*route}"
    assert trigger["authLevel"] == "ANONYMOUS"
    assert {"GET", "POST"} <= set(trigger["methods"])
    assert output["type"] == "http"


def test_first_calls_at_once_each_get_their_own_logged_decision(
    conversation: dict[str, Any], small_bank: SmallBank
) -> None:
    responses = conversation["responses"][0]
    answers = [json.loads(response["body"]) for response in responses]
    assert [response["status"] for response in responses] == [200] * 4
    assert responses[0]["headers"]["x-request-id"] == "from-the-host"
    assert responses[0]["headers"]["content-type"] == "application/json"
    assert all(answer["reasons"] for answer in answers)
    identifiers = sorted(answer["decision_id"] for answer in answers)
    logged = small_bank.rows(
        "select decision_id::text from ops.decision_log "
        "where decision_id = any(%s::uuid[])",
        identifiers,
    )
    assert sorted(row[0] for row in logged) == identifiers
    assert len(set(identifiers)) == 4


def test_the_query_reaches_the_application(conversation: dict[str, Any]) -> None:
    answer = json.loads(conversation["responses"][1][0]["body"])
    assert answer["language"] == "en"
    assert answer["reasons"] == []


def test_problems_and_health_pass_through_the_worker(
    conversation: dict[str, Any],
) -> None:
    _, *problems, ready, live = conversation["responses"][1]
    assert [problem["status"] for problem in problems] == [401, 422, 404, 405]
    for problem in problems:
        assert problem["headers"]["content-type"] == "application/problem+json"
        assert json.loads(problem["body"])["status"] == problem["status"]
    assert (ready["status"], live["status"]) == (200, 200)


def test_every_morning_a_timer_reports_the_day_before(
    morning: tuple[dict[str, Any], Path],
) -> None:
    answered, folder = morning
    (trigger,) = answered["bindings"]["drift"]
    assert (trigger["type"], trigger["schedule"]) == ("timerTrigger", "0 0 4 * * *")
    assert answered["responses"] == [[{"done": True}]]
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    report = json.loads((folder / f"drift-{yesterday}.json").read_text())
    assert report["since"] == f"{yesterday}T00:00:00+00:00"


def test_a_report_that_fails_is_told_to_the_host_without_its_cause(
    deployed: Path, small_bank: SmallBank
) -> None:
    answered, log = ask_worker(
        deployed, small_bank, [{}], SCORING_DRIFT_DIR="/proc/nowhere"
    )
    (failed,) = answered["responses"][0]
    message = "DriftUnavailableError: The drift report failed; see the log."
    assert failed["failure"] == message
    assert log.count('"drift_report_failed"') == 1


def test_without_its_artefact_the_function_answers_503_and_stays_up(
    deployed: Path, small_bank: SmallBank
) -> None:
    answered, log = ask_worker(
        deployed,
        small_bank,
        [
            {"url": SCORE, "headers": KEYED},
            {"url": "https://bank.example/api/v1/health/ready"},
            {"url": "https://bank.example/api/v1/health/live"},
        ],
        MODEL_DIR="models/none",
    )
    score, ready, live = answered["responses"][0]
    assert (score["status"], ready["status"], live["status"]) == (503, 503, 200)
    assert json.loads(score["body"])["type"].endswith("#artefact-unavailable")
    assert log.count('"artefact_refused"') == 1


def test_a_missing_key_is_reported_to_the_host_in_words(
    deployed: Path, small_bank: SmallBank
) -> None:
    answered, _ = ask_worker(deployed, small_bank, SCORING_API_KEY="")
    assert "SCORING_API_KEY: is required" in answered["failure"]


def test_the_settings_example_names_every_setting_and_holds_no_secret() -> None:
    example = json.loads((ROOT / "local.settings.json.example").read_text())["Values"]
    from function_app import FunctionSettings

    assert {name.upper() for name in FunctionSettings.model_fields} <= set(example)
    assert example["PYTHON_SCRIPT_FILE_NAME"] == "scoring_entrypoint.py"
    assert example["SCORING_API_KEY"] == ""


def test_the_host_adds_no_prefix_to_routes_and_logs_no_addresses() -> None:
    host = json.loads((ROOT / "host.json").read_text())
    assert host["extensions"]["http"]["routePrefix"] == ""
    assert host["logging"]["logLevel"]["Host.Results"] == "None"
