"""A version in MLflow's tracking, for those who keep their runs there."""

import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from scoring import Manifest, load_model
from training.errors import ExportError
from training.registry.export import write_estimator


def track_in_mlflow(folder: Path, run_folder: Path, experiment: str) -> str:
    """Log a version: parameters, metrics, model folder, run and classifier.

    Clients' rows are left out. Where it goes is MLflow's own setting,
    ``MLFLOW_TRACKING_URI``.

    Parameters
    ----------
    folder : Path
        Of the version.
    run_folder : Path
        Of its run; what is absent there is not logged.
    experiment : str

    Returns
    -------
    str
        MLflow's id of the run.

    Raises
    ------
    ExportError
        If MLflow is not installed, or refuses.
    """
    if find_spec("mlflow") is None:
        raise ExportError(
            "mlflow is not installed, nothing was exported. Install it beside this "
            "project (pip install mlflow) and run the command again."
        )
    import mlflow

    manifest = load_model(folder).manifest
    try:
        mlflow.set_experiment(experiment)
        with mlflow.start_run(run_name=manifest.version) as run:
            mlflow.set_tags(_tags(manifest))
            mlflow.log_params(_parameters(manifest))
            mlflow.log_metrics(dict(_metrics(manifest)))
            for path in sorted(folder.resolve().rglob("*.*")):
                place = path.relative_to(folder.resolve()).parent
                mlflow.log_artifact(str(path), str("model" / place))
            for path in sorted(run_folder.glob("*.json")):
                mlflow.log_artifact(str(path), "run")
            with tempfile.TemporaryDirectory() as scratch:
                classifier = Path(scratch) / "classifier.skops"
                write_estimator(folder, classifier, "skops")
                mlflow.log_artifact(str(classifier))
    except mlflow.exceptions.MlflowException as error:
        raise ExportError(f"MLflow refuses: {str(error).splitlines()[0]}") from error
    return str(run.info.run_id)


def _tags(manifest: Manifest) -> dict[str, str]:
    return {
        "version": manifest.version,
        "data_fingerprint": manifest.data_fingerprint,
        "git_revision": manifest.git_revision or "",
    }


def _parameters(manifest: Manifest) -> dict[str, Any]:
    training = manifest.training
    options = {k: v for k, v in training.get("options", {}).items() if k != "recipe"}
    chosen = training.get("recipe", {}).get("parameters", {})
    return {**options, **chosen, "trees": training.get("trees")}


def _metrics(manifest: Manifest) -> Iterator[tuple[str, float]]:
    held_out = manifest.training.get("held_out") or {}
    named = dict(manifest.metrics) | {
        f"held_out.{name}": value for name, value in held_out.get("metrics", {}).items()
    }
    for name, estimate in named.items():
        yield name, estimate["value"]
        yield f"{name}.low", estimate["low"]
        yield f"{name}.high", estimate["high"]
