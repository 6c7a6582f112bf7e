"""One training run, from the feature table to a judged artefact."""

import hashlib
import json
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from lightgbm.basic import LightGBMError
from psycopg2 import extensions

from scoring import ArtefactError, Manifest, to_json, write_artefact
from training.data.feature_table import FeatureTable, read_feature_table
from training.data.fingerprint import code_fingerprint, library_versions
from training.environment import environment, git_revision
from training.errors import ParametersError, TrainingError
from training.evaluation.importance import with_importance
from training.evaluation.summary import evaluate
from training.evaluation.suspicion import is_too_good, too_good_message
from training.evaluation.typical import with_typical_values
from training.learners import TrainedTrees
from training.learners.cross_validation import refuse_too_few_rows
from training.options import TrainingOptions
from training.progress import Progress
from training.registry.promotion import take_place
from training.registry.runs import OUT_OF_FOLD_FILE, OutOfFoldRows, write_run
from training.registry.versions import ModelRegistry
from training.report.all_sections import figures_of
from training.report.document import report_document
from training.report.evaluation_sections import training_evidence, training_population
from training.report.model_card import model_card
from training.report.page import render_report
from training.report.result import RunResult
from training.runs.golden import golden_rows
from training.runs.held_out import read_held_out
from training.validation.development import Development
from training.validation.nested_calibration import nested_log_odds
from training.validation.protocol import repeated_out_of_fold


@dataclass(frozen=True)
class Described:
    """What a run says of itself.

    Attributes
    ----------
    manifest : Manifest
    document : dict
        The report's; empty where it could not be made.
    files : dict of str to bytes
        The report, by path within the model's folder.
    flaw : Exception or None
        Why there is no report.
    """

    manifest: Manifest
    document: dict[str, Any]
    files: dict[str, bytes]
    flaw: Exception | None = None


def run_training(
    connection: extensions.connection,
    registry: ModelRegistry,
    runs_dir: Path,
    options: TrainingOptions,
    progress: Progress,
    *,
    promote: bool = True,
) -> str:
    """Train, evaluate, write artefact and run, and let the better one be champion.

    Parameters
    ----------
    connection : connection
        Of the role ``trainer``, outside any transaction.
    registry : ModelRegistry
    runs_dir : Path
        Of the run's own folder and the count of held-out readings.
    options : TrainingOptions
    progress : Progress
    promote : bool, default=True
        Whether the new version may become the champion, where it is not worse.

    Returns
    -------
    str
        The new version.

    Raises
    ------
    TrainingError
        If the data cannot be trained on or the artefact cannot be written. Also if the
        report cannot be made: the model is kept then, but not made the champion.
    """
    with progress.step("Reading the feature table") as step:
        table = read_feature_table(connection)
        step.detail = (
            f"{len(table.matrix):,} clients, {table.is_default.size:,} labelled "
            f"({table.is_default.mean():.1%} default), {len(table.features)} features"
        )
    result = train(table, runs_dir, options, progress)
    auc = result.evaluation.metrics["auc"].value
    if is_too_good(auc):
        progress.say(too_good_message(auc))
    described = _described(result, progress)
    version = described.manifest.version
    with progress.step("Writing artefact, report and run") as step:
        folder = _written(result, described, registry)
        write_run(runs_dir, version, _run_files(result, described))
        step.detail = str(folder)
    if described.flaw is not None:
        raise TrainingError(
            f"The model is kept in {folder}, but its report could not be made "
            f"({type(described.flaw).__name__}: {described.flaw}; where, tells "
            "report/failure.txt). It is not the champion: without a report nobody has "
            f"judged it. To use it all the same: python -m training promote {version}"
        ) from described.flaw
    if promote:
        take_place(registry, runs_dir, version, progress)
    return version


def train(
    table: FeatureTable, runs_dir: Path, options: TrainingOptions, progress: Progress
) -> RunResult:
    """Cross-validate on the development part, evaluate, train on all labelled clients.

    The final number of trees is the mean of those that the folds chose for
    themselves.
    """
    part = Development.of(table, options.recipe)
    refuse_too_few_rows(part.is_default, options.folds)
    seeds = f"{len(options.seeds)} times " if len(options.seeds) > 1 else ""
    with progress.step(f"Cross-validating {seeds}{options.folds} folds") as step:
        try:
            repeats = repeated_out_of_fold(
                part.trees,
                part.matrix,
                part.is_default,
                options.folds,
                options.seeds,
                part.workers,
            )
        except LightGBMError as error:
            raise ParametersError(
                f"LightGBM refuses the parameters: {error}"
            ) from error
        rounds = [_rounds_of(one) for found in repeats for one in found.predictors]
        step.detail = f"{min(rounds)} to {max(rounds)} trees"
    with progress.step("Calibrating and evaluating") as step:
        evaluation = evaluate(
            np.stack([found.margins for found in repeats]),
            np.stack([found.fold for found in repeats]),
            part.is_default,
            np.stack([nested_log_odds(found, part.is_default) for found in repeats]),
            options.cost_matrix,
            options.seed,
        )
        auc, cost = evaluation.metrics["auc"], evaluation.metrics["cost_per_client"]
        step.detail = (
            f"AUC {auc.value:.3f} [{auc.low:.3f}, {auc.high:.3f}], "
            f"cost {cost.value:.3f} per client [{cost.low:.3f}, {cost.high:.3f}]"
        )
    with progress.step("Training the final model") as step:
        final_rounds = max(1, round(float(np.mean(rounds))))
        trees = part.trees.fit_rounds(
            table.labelled, table.is_default, options.seed, final_rounds
        )
        step.detail = f"{final_rounds} trees on {table.is_default.size:,} clients"
    return RunResult(
        part=part,
        options=options,
        runs_dir=runs_dir,
        recipe=replace(
            part.trees.recipe(part.recipe.origin), constraints=part.recipe.constraints
        ),
        repeats=repeats,
        evaluation=evaluation,
        trees=trees,
    )


def _rounds_of(predictor: object) -> int:
    assert isinstance(predictor, TrainedTrees)
    return predictor.rounds


def _described(result: RunResult, progress: Progress) -> Described:
    """Make the report; whatever goes wrong in it, the model must not be lost."""
    manifest = _manifest(result)
    try:
        with progress.step("Sections of the report") as step:
            figures = figures_of(result)
            first = figures["importance"]["themes"][0]["label_en"]
            step.detail = f"first theme: {first}"
        with progress.step("Reading the held-out part") as step:
            held_out = read_held_out(result, manifest.version)
            step.detail = _told(held_out)
        manifest = replace(
            manifest,
            training={**manifest.training, "held_out": held_out},
            themes=with_importance(manifest.themes, figures["importance"]["themes"]),
            evidence=training_evidence(result, figures["fairness"]),
        )
        figures["held_out"] = held_out
        with progress.step("Report and model card"):
            document = report_document(manifest, result.evaluation, figures)
            return Described(manifest, document, _report(document))
    except Exception as error:
        files = {"report/failure.txt": traceback.format_exc().encode()}
        return Described(manifest, {}, files, error)


def _told(held_out: Mapping[str, Any] | None) -> str:
    if held_out is None:
        return "too few clients in it"
    auc = held_out["metrics"]["auc"]
    return (
        f"AUC {auc['value']:.3f} [{auc['low']:.3f}, {auc['high']:.3f}] on "
        f"{held_out['clients']:,} clients, reading no. {held_out['readings']}"
    )


def _written(result: RunResult, described: Described, registry: ModelRegistry) -> Path:
    manifest = described.manifest
    try:
        return write_artefact(
            registry.models_dir,
            manifest,
            result.trees.booster.model_to_string(),
            golden_rows(manifest.features, result.table.labelled, result.options.seed),
            population=training_population(result),
            attachments=described.files,
        )
    except ArtefactError as error:
        raise TrainingError(f"The artefact was not written: {error}") from error


def _manifest(result: RunResult) -> Manifest:
    table, options, evaluation = result.table, result.options, result.evaluation
    now = datetime.now(UTC)
    code = code_fingerprint()
    return Manifest(
        version=_version_name(now, table.fingerprint, code, options),
        created_at=now.isoformat(timespec="seconds").replace("+00:00", "Z"),
        git_revision=git_revision(),
        library_versions=library_versions(),
        data_fingerprint=table.fingerprint,
        training={
            "origin": table.origin.to_dict(),
            "rows": {
                "labelled": int(table.is_default.size),
                "defaults": int(table.is_default.sum()),
                "unlabelled": len(table.unlabelled),
                "development": int(result.part.mask.sum()),
                "held_out": int((~result.part.mask).sum()),
            },
            "trees": result.trees.rounds,
            "options": options.to_dict(),
            "recipe": result.recipe.to_dict(),
            "code_fingerprint": code,
        },
        features=with_typical_values(
            table.features, result.matrix, evaluation.is_granted
        ),
        themes=table.themes,
        cost_matrix=options.cost_matrix,
        decision_rule=evaluation.rule,
        scale=evaluation.scale,
        ratings=evaluation.ratings,
        calibrator=evaluation.calibrator,
        base_value=result.trees.average_margin(table.labelled[:1]),
        metrics={
            name: estimate.to_dict() for name, estimate in evaluation.metrics.items()
        },
    )


def _version_name(now: datetime, data: str, code: str, options: TrainingOptions) -> str:
    """Name a version by its time, which sorts, and by what it was made from."""
    content = json.dumps([data, code, options.to_dict()])
    digest = hashlib.sha256(content.encode()).hexdigest()
    return f"{now:%Y%m%dT%H%M%SZ}-{digest[:8]}"


def _report(document: Mapping[str, Any]) -> dict[str, bytes]:
    return {
        "report/report.json": to_json(document),
        "report/report.html": render_report(document).encode(),
        "report/model_card.md": model_card(document).encode(),
    }


def _run_files(result: RunResult, described: Described) -> dict[str, bytes]:
    manifest = described.manifest
    training = manifest.training
    rows = OutOfFoldRows(
        client_ids=result.client_ids,
        is_default=result.is_default,
        probability=result.evaluation.probability,
        fold=np.stack([found.fold for found in result.repeats]),
    )
    told = {
        "version": manifest.version,
        "created_at": manifest.created_at,
        "data_fingerprint": manifest.data_fingerprint,
        "code_fingerprint": training["code_fingerprint"],
        "options": training["options"],
        "rows": training["rows"],
    }
    files = {
        "run.json": to_json(told),
        "parameters.json": to_json(training["recipe"] | {"trees": training["trees"]}),
        "metrics.json": to_json(
            {"out_of_fold": manifest.metrics, "held_out": training.get("held_out")}
        ),
        "environment.json": to_json(environment()),
        OUT_OF_FOLD_FILE: rows.to_bytes(),
    }
    return files | {
        path.removeprefix("report/"): content
        for path, content in described.files.items()
    }
