"""Assemble `dist/function`, the folder that Azure runs and the container copies.

By an allow-list: a file that is not named here is not deployed. With the function's own
locked packages in it, and everything compiled, so that nothing is fetched or compiled
where it runs: a worker starts from a folder that it cannot write to, and would compile
anew at every start.
"""

from __future__ import annotations

import argparse
import compileall
import ctypes.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from py_compile import PycInvalidationMode

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist" / "function"
CHAMPION = ROOT / "models" / "champion"

# Where the Functions host looks for packages that it need not install.
SITE_PACKAGES = Path(".python_packages") / "lib" / "site-packages"
OPENMP = Path("native") / "libgomp.so.1"

# Their own tests are a tenth of the package, and half of what would be compiled.
WITH_TESTS = ("numpy", "scipy")

FILES = ("host.json", "scoring_entrypoint.py", "requirements.txt")
MODULES = {
    "database": (
        "__init__",
        "account",
        "connection",
        "errors",
        "files",
        "passfile",
        "roles",
        "settings",
        "warehouse",
    ),
    "function_app": ("**/*",),
    "scoring": ("**/*",),
}
MODEL = (
    "model.txt",
    "manifest.json",
    "golden.json",
    "population.json",
    "checksums.json",
)


class PackagingError(Exception):
    """The package cannot be made; the message says why and what to do."""


def package(target: Path, model: Path) -> None:
    """Make the folder anew, with its packages, and try it.

    Raises
    ------
    PackagingError
        If something is missing, a package cannot be installed, or the function cannot
        be imported from the folder alone.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=target.parent) as scratch:
        made = Path(scratch) / "function"
        assemble(made, model)
        install(made)
        bring_openmp(made)
        compile_all(made)
        try_alone(made)
        shutil.rmtree(target, ignore_errors=True)
        made.rename(target)


def assemble(target: Path, model: Path) -> None:
    """Copy what is on the list into a folder that does not exist yet."""
    if not (model / MODEL[0]).is_file():
        raise PackagingError(
            f"There is no model in {model}. Train one: python -m training run"
        )
    target.mkdir(parents=True)
    for name in FILES:
        shutil.copy(ROOT / name, target / name)
    for room, patterns in MODULES.items():
        for pattern in patterns:
            for source in sorted((ROOT / room).glob(f"{pattern}.py")):
                _copy(source, target / source.relative_to(ROOT))
    for name in MODEL:
        if (model / name).is_file():
            _copy(model / name, target / "models" / "champion" / name)


def install(folder: Path) -> None:
    """Install the function's lock into the folder, wheels only, hashes checked."""
    command = [
        *(sys.executable, "-m", "pip", "install", "--quiet"),
        *("--disable-pip-version-check", "--no-input", "--no-compile"),
        *("--require-hashes", "--no-deps", "--only-binary", ":all:"),
        *("--target", str(folder / SITE_PACKAGES)),
        *("--requirement", str(folder / "requirements.txt")),
    ]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    if finished.returncode:
        reason = finished.stderr.strip().splitlines()[-1:] or ["pip gave no reason"]
        raise PackagingError(f"The function's lock does not install: {reason[0]}")
    # Programs of the packages start with this machine's path, and none is used.
    shutil.rmtree(folder / SITE_PACKAGES / "bin", ignore_errors=True)
    for room in WITH_TESTS:
        for tests in sorted((folder / SITE_PACKAGES / room).rglob("tests")):
            shutil.rmtree(tests, ignore_errors=True)


def bring_openmp(folder: Path) -> None:
    """Copy the OpenMP runtime, which LightGBM's wheel expects of the machine."""
    found = _loaded_path(ctypes.util.find_library("gomp"))
    if found is None:
        raise PackagingError(
            "LightGBM needs the OpenMP runtime libgomp.so.1. "
            "On Debian: apt-get install libgomp1"
        )
    _copy(found, folder / OPENMP)


def compile_all(folder: Path) -> None:
    """Compile every module for this Python, never to be checked against its source."""
    compileall.compile_dir(
        folder,
        quiet=2,
        stripdir=str(folder),
        invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
        workers=len(os.sched_getaffinity(0)),
    )


def try_alone(folder: Path) -> None:
    """Import the function with nothing but the folder on the path."""
    code = (
        "import sys; sys.path[:0] = sys.argv[1:]; "
        "import function_app.azure, function_app.drift"
    )
    finished = subprocess.run(
        [*bare_python(), "-c", code, str(folder), str(folder / SITE_PACKAGES)],
        cwd="/",
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode:
        reason = finished.stderr.strip().splitlines()[-1]
        raise PackagingError(f"The package does not import by itself: {reason}")


def bare_python() -> list[str]:
    """Return the interpreter without environment, site packages or user's own."""
    base = Path(sys.executable).resolve()
    return [str(base), "-I", "-S"]


def megabytes(folder: Path) -> float:
    """Return what the files of a folder add up to."""
    return sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()) / 1e6


def _loaded_path(library: str | None) -> Path | None:
    """Return the file that the loader takes for a library's name."""
    if library is None:
        return None
    ctypes.CDLL(library)
    pattern = rf"\s(/\S*/{re.escape(library)}\S*)$"
    found = re.search(pattern, Path("/proc/self/maps").read_text(), re.MULTILINE)
    return Path(found[1]) if found else None


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, target)


def main() -> int:
    """Make the package and say what is in it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=CHAMPION)
    parser.add_argument("--out", type=Path, default=DIST)
    options = parser.parse_args()
    try:
        package(options.out, options.model)
    except PackagingError as error:
        print(f"package: {error}", file=sys.stderr)
        return 1
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    print(
        f"{options.out}: {megabytes(options.out):.0f} MB, for Python {python}, "
        f"model {options.model.resolve().name}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
