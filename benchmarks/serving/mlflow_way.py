"""`mlflow models serve` with the same pipeline, from an environment of its own.

The project does not depend on mlflow: the environment is made the first time, inside
the project's own as that of Spark is, and can be removed at any time.
"""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
import sys
from pathlib import Path

from benchmarks.errors import BenchmarkError

_ROOT = Path(__file__).resolve().parents[2]
_ENVIRONMENT = _ROOT / ".venv" / "mlflow"
_MLFLOW = "mlflow>=3,<4"
# The pipeline is unpickled by the libraries that pickled it.
_SAME = ("lightgbm", "scikit-learn")

_SAVE = """
import sys, joblib, mlflow.sklearn
pickled, folder = sys.argv[1:]
mlflow.sklearn.save_model(
    joblib.load(pickled), folder, serialization_format="cloudpickle",
    pip_requirements=["mlflow"],
)
"""


def save_for_mlflow(pipeline: Path, folder: Path) -> None:
    """Write a pickled pipeline as an MLflow model, making the environment if need be.

    Parameters
    ----------
    pipeline : Path
        File of the pickled pipeline.
    folder : Path
        New folder.
    """
    python = _ENVIRONMENT / "bin" / "python"
    if not (_ENVIRONMENT / "bin" / "mlflow").exists():
        _run([sys.executable, "-m", "venv", str(_ENVIRONMENT)])
        same = [f"{name}=={importlib.metadata.version(name)}" for name in _SAME]
        _run([str(python), "-m", "pip", "install", "--quiet", _MLFLOW, *same])
    _run([str(python), "-c", _SAVE, str(pipeline), str(folder)])


def mlflow_server(folder: Path, workers: int) -> list[str]:
    """Return the command that serves an MLflow model."""
    return [
        *(str(_ENVIRONMENT / "bin" / "mlflow"), "models", "serve"),
        *("--model-uri", str(folder), "--env-manager", "local"),
        *("--port", "{port}", "--workers", str(workers)),
    ]


def mlflow_environment() -> dict[str, str]:
    """Return the variables of its processes; they import the pickled class."""
    programs = f"{_ENVIRONMENT / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return os.environ | {
        "PATH": programs,
        "PYTHONPATH": str(_ROOT),
        "OMP_NUM_THREADS": "1",
        "MLFLOW_DISABLE_TELEMETRY": "true",
    }


def _run(command: list[str]) -> None:
    finished = subprocess.run(
        command,
        cwd=_ROOT,
        env=mlflow_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode:
        reason = finished.stderr.strip().rpartition("\n")[2]
        raise BenchmarkError(f"mlflow cannot be measured: {reason}")
