"""``python -m training export | export-mlflow``."""

from pathlib import Path
from typing import Annotated

import typer

from training.commands.arguments import MODELS, RUNS, ModelsDir, RunsDir
from training.commands.errors import one_line_errors
from training.errors import RegistryError
from training.registry.versions import ModelRegistry

Version = Annotated[
    str | None, typer.Argument(help="Name of a model version; the champion's if none.")
]


def export(
    version: Version = None,
    joblib: Annotated[
        bool, typer.Option("--joblib", help="A pickle, which runs code when read.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="File to write, models/<version>.skops if none.")
    ] = None,
    models_dir: ModelsDir = MODELS,
) -> None:
    """Write a version as a scikit-learn classifier, for notebooks; serving has none."""
    with one_line_errors():
        registry = ModelRegistry(models_dir)
        chosen = _chosen(registry, version)
        # scikit-learn and skops take a while to load.
        from training.registry.export import TRUSTED, Format, write_estimator

        form: Format = "joblib" if joblib else "skops"
        target = out or models_dir / f"{chosen}.{form}"
        write_estimator(models_dir / chosen, target, form)
    print(f"{target} scores the golden rows as {chosen} does. To read it:")
    if joblib:
        print(f"  joblib.load({str(target)!r})   # only what you wrote yourself")
    else:
        print(f"  skops.io.load({str(target)!r}, trusted={TRUSTED!r})")


def export_mlflow(
    version: Version = None,
    experiment: Annotated[
        str, typer.Option(help="MLflow's experiment.")
    ] = "credit-scoring",
    models_dir: ModelsDir = MODELS,
    runs_dir: RunsDir = RUNS,
) -> None:
    """Log a version to MLflow, where it is installed."""
    with one_line_errors():
        chosen = _chosen(ModelRegistry(models_dir), version)
        from training.registry.mlflow_export import track_in_mlflow

        run_id = track_in_mlflow(models_dir / chosen, runs_dir / chosen, experiment)
    print(f"{chosen} is run {run_id} of MLflow's experiment {experiment}.")


def _chosen(registry: ModelRegistry, version: str | None) -> str:
    if version is not None:
        return registry.verified(version)
    champion = registry.champion_version()
    if champion is None:
        raise RegistryError(
            f"{registry.models_dir} has no champion; name a version, as "
            "`python -m training list` does."
        )
    return champion
