from __future__ import annotations

import os
import subprocess
import sys

from tests.running import ROOT


def audit(*options: str) -> subprocess.CompletedProcess[str]:
    """Audit on a machine from which no index can be reached."""
    nowhere = {"HTTPS_PROXY": "http://127.0.0.1:9", "NO_PROXY": "", "no_proxy": ""}
    return subprocess.run(
        [sys.executable, "tools/audit.py", *options],
        cwd=ROOT,
        env={**os.environ, **nowhere},
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_audit_that_could_not_ask_does_not_pass_as_one() -> None:
    finished = audit()
    assert (finished.returncode, finished.stderr) == (3, "")
    assert "requirements.txt: not audited" in finished.stdout
    assert audit("--unless-unreachable").returncode == 0
