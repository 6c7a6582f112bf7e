"""What README and guide tell a caller to type."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.function_app.conftest import Server
from tests.function_app.small_bank import FIRST_CLIENT, KEY
from tests.running import ROOT

BLOCKS = re.findall(
    r"^```(sh|python)\n(.*?)^```$",
    (ROOT / "README.md").read_text()
    + (ROOT / "docs" / "integrator-guide.md").read_text(),
    re.MULTILINE | re.DOTALL,
)
EXAMPLES = [(kind, text) for kind, text in BLOCKS if "/api/v1/" in text]


def test_there_are_examples_for_a_shell_and_for_a_program() -> None:
    assert {kind for kind, _ in EXAMPLES} == {"sh", "python"}


@pytest.mark.parametrize(("kind", "text"), EXAMPLES)
def test_an_example_works_as_it_stands(
    kind: str, text: str, small_server: Server, tmp_path: Path
) -> None:
    """But for where the function answers, its key, and whom it knows."""
    key = tmp_path / "key"
    key.write_text(KEY)
    for written, here in (
        ("http://127.0.0.1:7071", str(small_server.client.base_url)),
        (".warehouse/scoring_api_key", str(key)),
        ("100002", str(FIRST_CLIENT)),
        (".venv/bin/python", sys.executable),
    ):
        text = text.replace(written, here)
    program = ["bash", "-e", "-c"] if kind == "sh" else [sys.executable, "-c"]
    finished = subprocess.run(
        [*program, text],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert finished.returncode == 0, finished.stderr
    assert "problem" not in finished.stdout
    assert re.search(r"grant|review|refuse", finished.stdout)
