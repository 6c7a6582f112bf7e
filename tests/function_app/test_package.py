from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.running import ROOT
from tools.package_function import (
    OPENMP,
    SITE_PACKAGES,
    bare_python,
    megabytes,
)

NEVER_DEPLOYED = (
    "bokeh",
    "hyperopt",
    "imblearn",
    "pandas",
    "pip",
    "pytest",
    "shap",
    "sklearn",
    "uvicorn",
)


def test_the_package_holds_what_is_wanted_and_nothing_else(deployed: Path) -> None:
    assert {path.name for path in deployed.iterdir()} == {
        ".python_packages",
        "__pycache__",
        "database",
        "function_app",
        "host.json",
        "models",
        "native",
        "requirements.txt",
        "scoring",
        "scoring_entrypoint.py",
    }
    house = [
        path.relative_to(deployed)
        for path in deployed.rglob("*")
        if path.is_file() and not path.is_relative_to(deployed / SITE_PACKAGES)
    ]
    assert {path.suffix for path in house} <= {".json", ".py", ".pyc", ".txt", ".1"}
    assert not [path for path in house if "report" in path.parts]
    assert not (deployed / "database" / "server.py").exists()
    packages = {path.name for path in (deployed / SITE_PACKAGES).iterdir()}
    assert packages.isdisjoint(NEVER_DEPLOYED)


def test_the_package_is_small_enough_to_start_soon(deployed: Path) -> None:
    assert megabytes(deployed) < 240


def test_every_module_is_compiled_and_names_no_folder_of_the_build(
    deployed: Path,
) -> None:
    sources = list((deployed / "function_app").rglob("*.py"))
    for source in sources:
        compiled = source.parent / "__pycache__"
        tag = sys.implementation.cache_tag
        content = (compiled / f"{source.stem}.{tag}.pyc").read_bytes()
        assert str(deployed.parent).encode() not in content
    numpy = deployed / SITE_PACKAGES / "numpy" / "__pycache__"
    assert list(numpy.glob("__init__.*.pyc"))


def test_the_openmp_runtime_that_was_brought_serves_where_the_machine_has_none(
    deployed: Path,
) -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path\n"
        "from native import load_openmp\n"
        "assert 'libgomp' not in Path('/proc/self/maps').read_text()\n"
        "assert not load_openmp(Path('/nowhere'), 'libnowhere.so')\n"
        "assert load_openmp(Path(sys.argv[2]), 'libnowhere.so')\n"
        "assert sys.argv[2] in Path('/proc/self/maps').read_text()\n"
    )
    native = deployed / "function_app" / "model"
    subprocess.run(
        [*bare_python(), "-c", code, native, deployed / OPENMP],
        check=True,
    )


def test_a_package_without_a_model_is_refused_in_one_line(tmp_path: Path) -> None:
    tool = ROOT / "tools" / "package_function.py"
    finished = subprocess.run(
        [sys.executable, tool, "--model", tmp_path, "--out", tmp_path / "out"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 1
    assert finished.stderr.count("\n") == 1
    assert "python -m training run" in finished.stderr
    assert list(tmp_path.iterdir()) == []
