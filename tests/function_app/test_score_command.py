from __future__ import annotations

import subprocess

import pytest

from database.ports import free_port
from tests.function_app.conftest import Server
from tests.function_app.small_bank import FIRST_CLIENT, KEY
from tests.running import run_module


def asked(
    server: Server, *arguments: str, **changes: str
) -> subprocess.CompletedProcess[str]:
    variables = {"SCORING_URL": str(server.client.base_url), "SCORING_API_KEY": KEY}
    # Wide, so that no sentence is broken into lines.
    wide = {"COLUMNS": "300", **variables, **changes}
    return run_module("function_app", "score", *arguments, **wide)


def test_the_command_shows_decision_reasons_and_identifier(
    small_server: Server,
) -> None:
    shown = asked(small_server, str(FIRST_CLIENT), "--lang", "en")
    assert shown.returncode == 0, shown.stderr
    path = f"/api/v1/clients/{FIRST_CLIENT}/score"
    answer = small_server.client.get(path, params={"lang": "en"}).json()
    assert answer["reasons"]
    for reason in answer["reasons"]:
        assert reason["sentence"] in shown.stdout
        assert f"{reason['contribution']:+.0f}" in shown.stdout
    assert f"{answer['points']} points" in shown.stdout
    assert f"{answer['probability']:.1%}" in shown.stdout


def test_the_command_speaks_french_and_leaves_reasons_out_when_told(
    small_server: Server,
) -> None:
    shown = asked(small_server, str(FIRST_CLIENT), "--no-explain")
    assert "probabilité de défaut" in shown.stdout
    assert "Raison" not in shown.stdout


@pytest.mark.parametrize(
    ("client", "changes", "line"),
    [
        ("1", {}, "function_app: 404: No client has this number."),
        (str(FIRST_CLIENT), {"SCORING_API_KEY": "x" * 20}, "function_app: 401: "),
        (
            str(FIRST_CLIENT),
            {"SCORING_URL": f"http://127.0.0.1:{free_port()}"},
            "function_app: No scoring function answers at http://127.0.0.1:",
        ),
    ],
    ids=["unknown client", "wrong key", "nothing there"],
)
def test_a_refusal_is_one_line(
    small_server: Server, client: str, changes: dict[str, str], line: str
) -> None:
    refused = asked(small_server, client, **changes)
    assert refused.returncode == 1
    assert refused.stderr.startswith(line)
    assert refused.stderr.count("\n") == 1
