"""Make `.venv` from the hashed lock, and say what else the machine lacks.

Runs on the standard library alone, before anything is installed:
`python3 tools/environment.py` makes or refreshes the environment,
`--browser` also checks that Chromium is there, `--spark` makes `.venv/spark` as well,
in which the dbt project runs on Spark.
"""

from __future__ import annotations

import argparse
import ctypes.util
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
LOCK = ROOT / "requirements" / "dev.txt"
WORKER_LOCK = ROOT / "requirements" / "functions_worker.txt"
STAMP = ENVIRONMENT / "installed-lock.sha256"
SPARK_ENVIRONMENT = ENVIRONMENT / "spark"
SPARK_LOCK = ROOT / "requirements" / "spark.txt"
SPARK_STAMP = SPARK_ENVIRONMENT / "installed-lock.sha256"
# Python compiles what is imported; of all packages together that is a small part.
PIP_INSTALL = ("-m", "pip", "install", "--quiet", "--no-compile")
INSTALLERS = 2
OLDEST_PYTHON = (3, 11)
OLDEST_JAVA = 17


class SetupError(Exception):
    """The machine lacks something; the message says what provides it."""


def check_python() -> None:
    """Refuse a Python that is too old or cannot make environments."""
    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(str(part) for part in sys.version_info[:3])
        raise SetupError(
            f"Python 3.11 or later is needed; {sys.executable} is {found}. "
            "Name another one: make PYTHON=python3.12 …"
        )
    if not all(map(importlib.util.find_spec, ("ensurepip", "venv"))):
        raise SetupError(
            "This Python cannot make virtual environments. "
            "On Debian: apt-get install python3-venv"
        )


def check_libgomp() -> None:
    """Refuse a machine without the OpenMP runtime that LightGBM loads."""
    if sys.platform == "linux" and ctypes.util.find_library("gomp") is None:
        raise SetupError(
            "LightGBM needs the OpenMP runtime libgomp.so.1. "
            "On Debian: apt-get install libgomp1"
        )


def check_browser() -> None:
    """Refuse a machine without Chromium, which the browser tests drive."""
    if not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))):
        raise SetupError(
            "The browser tests need Chromium. On Debian: apt-get install chromium"
        )


def check_java() -> None:
    """Refuse a machine without the Java that Spark runs on."""
    version = java_version()
    if version is None or version < OLDEST_JAVA:
        raise SetupError(
            f"Spark needs Java {OLDEST_JAVA} or later, and this machine has "
            f"{version or 'none'}. On Debian: apt-get install default-jre-headless"
        )


def java_version() -> int | None:
    """Return the first number of the version of Java that Spark would start."""
    home = os.environ.get("JAVA_HOME")
    program = str(Path(home) / "bin" / "java") if home else "java"
    try:
        told = subprocess.run(
            [program, "-version"], capture_output=True, text=True, check=False
        )
    except OSError:
        return None
    version = re.search(r'version "(\d+)', told.stderr)
    return int(version[1]) if version else None


def fingerprint(*paths: Path) -> str:
    """Return what an environment depends on, as one hash."""
    digest = hashlib.sha256(sys.version.encode())
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def is_installed(stamp: Path, wanted: str) -> bool:
    """Tell whether an environment was made from what is wanted now."""
    return stamp.exists() and stamp.read_text() == wanted


def packages_of(lock: Path) -> list[str]:
    """Return the entries of a lock, each with the lines of its hashes."""
    return re.findall(r"^[A-Za-z0-9].*\n(?:[ #].*\n)*", lock.read_text(), re.MULTILINE)


def run(*command: str) -> None:
    """Run one installation step; its own error output is shown as it comes."""
    quiet = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    try:
        subprocess.run(command, cwd=ROOT, env=quiet, check=True)
    except subprocess.CalledProcessError as error:
        raise SetupError(
            f"`{' '.join(command)}` failed (exit code {error.returncode}); "
            "its message stands above. Nothing else was changed: run it again."
        ) from error


def install_lock(lock: Path, *pip: str) -> None:
    """Install every package of a lock, some at a time: pip unpacks on one core.

    A lock is complete, so that nothing has to be resolved.
    """
    packages = packages_of(lock)
    with TemporaryDirectory() as folder, ThreadPoolExecutor() as pool:
        parts = [Path(folder) / f"{number}.txt" for number in range(INSTALLERS)]
        for number, part in enumerate(parts):
            part.write_text("".join(packages[number::INSTALLERS]))
        exactly = (*pip, "--no-deps", "--require-hashes", "--requirement")
        list(pool.map(lambda part: run(*exactly, str(part)), parts))


def install_functions_worker(*pip: str) -> None:
    """Put the Functions host's own loader beside the environment, for its test.

    It declares Python 3.13, the one that it ships with in Azure, but runs on 3.11;
    in a folder of its own it cannot disturb the packages of the lock.
    """
    target = ("--target", str(ENVIRONMENT / "worker"), "--upgrade")
    as_it_is = ("--no-deps", "--ignore-requires-python", "--require-hashes")
    run(*pip, *target, *as_it_is, "--requirement", str(WORKER_LOCK))


def install() -> None:
    """Bring the environment to the lock; do nothing where it is there already."""
    wanted = fingerprint(LOCK, WORKER_LOCK, ROOT / "pyproject.toml")
    if is_installed(STAMP, wanted):
        return
    started = time.monotonic()
    print(
        f"Environment: installing {len(packages_of(LOCK))} locked packages into .venv "
        "(a minute or two) …",
        flush=True,
    )
    run(sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT))
    pip = (str(ENVIRONMENT / "bin" / "python"), *PIP_INSTALL)
    install_lock(LOCK, *pip)
    run(*pip, "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    install_functions_worker(*pip)
    STAMP.write_text(wanted)
    print(f"Environment: ready after {time.monotonic() - started:.0f} s")


def install_spark() -> None:
    """Bring `.venv/spark` to its lock; do nothing where it is there already."""
    wanted = fingerprint(SPARK_LOCK)
    if is_installed(SPARK_STAMP, wanted):
        return
    started = time.monotonic()
    print(
        f"Spark: installing {len(packages_of(SPARK_LOCK))} locked packages into "
        ".venv/spark (630 MB) …",
        flush=True,
    )
    run(sys.executable, "-m", "venv", "--clear", str(SPARK_ENVIRONMENT))
    pip = (str(SPARK_ENVIRONMENT / "bin" / "python"), *PIP_INSTALL)
    install_lock(SPARK_LOCK, *pip)
    SPARK_STAMP.write_text(wanted)
    print(f"Spark: ready after {time.monotonic() - started:.0f} s")


def main() -> int:
    """Check the machine, then install."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--browser", action="store_true", help="check for Chromium")
    parser.add_argument("--spark", action="store_true", help="make .venv/spark too")
    needed = parser.parse_args()
    try:
        check_python()
        check_libgomp()
        if needed.browser:
            check_browser()
        if needed.spark:
            check_java()
        install()
        if needed.spark:
            install_spark()
    except SetupError as error:
        print(f"setup: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
