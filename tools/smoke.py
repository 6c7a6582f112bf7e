"""Try a deployed release: ready, guarded, a decision with reasons, a dashboard.

The key comes by SCORING_API_KEY. Runs on the standard library, from any machine.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

SECONDS = 30
SECONDS_TO_START = 300
DECISIONS = {"grant", "review", "refuse"}


class SmokeError(Exception):
    """What was deployed does not do what it should; the message says what."""


def ask(url: str, key: str | None = None) -> tuple[int, str]:
    """Return the status and the body of an answer, whatever the status."""
    headers = {"x-functions-key": key} if key else {}
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError as error:
        raise SmokeError(f"{url} does not answer: {error}") from error


def wait_until_ready(function: str, seconds: float) -> None:
    """Wait until the function is ready, as one that starts from nothing is late."""
    give_up = time.monotonic() + seconds
    while True:
        try:
            status, body = ask(f"{function}/api/v1/health/ready")
            said = f"answered {status}: {body[:300]}"
            if status == 200:
                return
        except SmokeError as error:
            said = str(error)
        if time.monotonic() > give_up:
            raise SmokeError(f"the function is not ready after {seconds:.0f} s; {said}")
        time.sleep(1)


def check_guard(function: str, client: int) -> None:
    """Refuse a function that tells anything without a key."""
    status, _ = ask(f"{function}/api/v1/clients/{client}/score")
    if status != 401:
        raise SmokeError(f"without a key the function answers {status}, not 401")


def check_score(function: str, client: int, key: str) -> str:
    """Have a client decided on; say how, and by which model."""
    status, body = ask(f"{function}/api/v1/clients/{client}/score?lang=fr", key)
    if status != 200:
        raise SmokeError(f"client {client} is answered with {status}: {body[:300]}")
    answer: dict[str, Any] = json.loads(body)
    if answer["decision"] not in DECISIONS or not answer["reasons"]:
        raise SmokeError(f"client {client} has no decision with reasons")
    return f"{answer['decision']} by model {answer['model_version']}"


def check_dashboard(dashboard: str) -> str:
    """Ask for the dashboard's page, or the one to sign in at."""
    status, body = ask(f"{dashboard}/bokeh_app")
    if status != 200 or "<html" not in body:
        raise SmokeError(f"the dashboard answers {status}")
    return "shown"


def main() -> int:
    """Try one after the other; the first that fails ends the run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--function", required=True, help="https://…, no slash at the end"
    )
    parser.add_argument("--dashboard", required=True, help="https://…")
    parser.add_argument("--client", type=int, required=True)
    parser.add_argument(
        "--wait", type=float, default=SECONDS_TO_START, metavar="SECONDS"
    )
    given = parser.parse_args()
    key = os.environ.get("SCORING_API_KEY")
    if not key:
        print("smoke: SCORING_API_KEY is not set", file=sys.stderr)
        return 2
    steps: dict[str, Callable[[], str | None]] = {
        "ready": lambda: wait_until_ready(given.function, given.wait),
        "closed without a key": lambda: check_guard(given.function, given.client),
        "score": lambda: check_score(given.function, given.client, key),
        "dashboard": lambda: check_dashboard(given.dashboard),
    }
    for name, step in steps.items():
        try:
            print(f"{name}: {step() or 'yes'}")
        except SmokeError as error:
            print(f"smoke: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
