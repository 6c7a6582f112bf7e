"""One training run, from the feature table to a promoted artefact."""

import hashlib
import json
import os
import subprocess
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psycopg2 import extensions

from scoring import ArtefactError, Manifest, write_artefact
from training.cross_validation import OutOfFold, out_of_fold, refuse_too_few_rows
from training.errors import TrainingError
from training.evaluation.importance import importance
from training.evaluation.stability import population_stability
from training.evaluation.summary import Evaluation, evaluate
from training.feature_table import FeatureTable, read_feature_table
from training.fingerprint import code_fingerprint, library_versions
from training.golden import golden_rows
from training.learners import BoostedTrees, TrainedTrees
from training.options import TrainingOptions
from training.progress import Progress
from training.registry import ModelRegistry
from training.report.document import report_document
from training.report.page import render_report
from training.typical import with_typical_values


@dataclass(frozen=True)
class TrainedModel:
    """The outcome of the learning itself, before anything is written.

    Attributes
    ----------
    trees : TrainedTrees
        Trained on all labelled clients.
    held_out : OutOfFold
    evaluation : Evaluation
    """

    trees: TrainedTrees
    held_out: OutOfFold
    evaluation: Evaluation


def run_training(
    connection: extensions.connection,
    registry: ModelRegistry,
    options: TrainingOptions,
    progress: Progress,
    *,
    promote: bool = True,
) -> str:
    """Train, evaluate, write the artefact and, if asked, make it the champion.

    Parameters
    ----------
    connection : connection
        Of the role ``trainer``, outside any transaction.
    registry : ModelRegistry
    options : TrainingOptions
    progress : Progress
    promote : bool, default=True

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
    trained = train(table, options, progress)
    manifest = _manifest(table, trained, options)
    flaw: Exception | None = None
    with progress.step("Importance, stability and report") as step:
        try:
            figures = _further_figures(table, trained, options)
            report = _report(report_document(manifest, trained.evaluation, figures))
        except Exception as error:  # whatever it is, the model must not be lost
            flaw = error
            report = {"report/failure.txt": traceback.format_exc().encode()}
            step.detail = "failed"
        else:
            first = figures["importance"]["themes"][0]["label_en"]
            step.detail = f"first theme: {first}"
    with progress.step("Writing artefact and report") as step:
        try:
            folder = write_artefact(
                registry.models_dir,
                manifest,
                trained.trees.booster.model_to_string(),
                golden_rows(manifest.features, table.labelled, options.seed),
                attachments=report,
            )
        except ArtefactError as error:
            raise TrainingError(f"The artefact was not written: {error}") from error
        step.detail = str(folder)
    if flaw is not None:
        raise TrainingError(
            f"The model is kept in {folder}, but its report could not be made "
            f"({type(flaw).__name__}: {flaw}; where, tells report/failure.txt). It is "
            "not the champion: without a report nobody has judged it. To use it all "
            f"the same: python -m training promote {manifest.version}"
        ) from flaw
    if promote:
        registry.promote(manifest.version)
        progress.say(f"{manifest.version} is the champion.")
    return manifest.version


def train(
    table: FeatureTable, options: TrainingOptions, progress: Progress
) -> TrainedModel:
    """Cross-validate, evaluate, and train the final trees on all labelled clients.

    The final number of trees is the mean of those that the folds chose for
    themselves.
    """
    refuse_too_few_rows(table.is_default, options.folds)
    rows, processors = table.is_default.size, len(os.sched_getaffinity(0))
    learner = BoostedTrees.suited_to(rows, table.categorical_positions, processors)
    with progress.step(f"Cross-validating, {options.folds} folds") as step:
        held_out = out_of_fold(
            learner,
            table.labelled,
            table.is_default,
            options.folds,
            options.seed,
            # As many fits at a time as there are processors left for them.
            workers=max(1, processors // learner.threads),
        )
        rounds = [_rounds_of(predictor) for predictor in held_out.predictors]
        step.detail = f"trees per fold: {', '.join(map(str, rounds))}"
    with progress.step("Calibrating and evaluating") as step:
        evaluation = evaluate(
            held_out.margins,
            held_out.fold,
            table.is_default,
            table.genders,
            table.ages,
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
        trees = learner.fit_rounds(
            table.labelled, table.is_default, options.seed, final_rounds
        )
        step.detail = f"{final_rounds} trees on {table.is_default.size:,} clients"
    return TrainedModel(trees, held_out, evaluation)


def _rounds_of(predictor: object) -> int:
    assert isinstance(predictor, TrainedTrees)
    return predictor.rounds


def _further_figures(
    table: FeatureTable, trained: TrainedModel, options: TrainingOptions
) -> dict[str, Any]:
    evaluation = trained.evaluation
    unlabelled = _unlabelled_probability(table, trained)
    return {
        "importance": importance(
            trained.trees.booster,
            table.labelled,
            table.features,
            table.themes,
            evaluation.scale,
            evaluation.slope,
            options.seed,
        ),
        "stability": population_stability(evaluation.probability, unlabelled),
    }


def _unlabelled_probability(
    table: FeatureTable, trained: TrainedModel
) -> NDArray[np.float64]:
    if len(table.unlabelled) == 0:
        return np.empty(0)
    margins = trained.trees.margins(table.unlabelled)
    return trained.evaluation.calibrator.probability(margins)


def _manifest(
    table: FeatureTable, trained: TrainedModel, options: TrainingOptions
) -> Manifest:
    evaluation = trained.evaluation
    now = datetime.now(UTC)
    code = code_fingerprint()
    is_granted = evaluation.probability < evaluation.rule.threshold
    return Manifest(
        version=_version_name(now, table.fingerprint, code, options),
        created_at=now.isoformat(timespec="seconds").replace("+00:00", "Z"),
        git_revision=_git_revision(),
        library_versions=library_versions(),
        data_fingerprint=table.fingerprint,
        training={
            "rows": {
                "labelled": int(table.is_default.size),
                "defaults": int(table.is_default.sum()),
                "unlabelled": len(table.unlabelled),
            },
            "trees": trained.trees.rounds,
            "options": options.to_dict(),
            "code_fingerprint": code,
        },
        features=with_typical_values(table.features, table.labelled, is_granted),
        themes=table.themes,
        cost_matrix=options.cost_matrix,
        decision_rule=evaluation.rule,
        scale=evaluation.scale,
        ratings=evaluation.ratings,
        calibrator=evaluation.calibrator,
        base_value=trained.trees.average_margin(table.labelled[:1]),
        metrics={
            name: estimate.to_dict() for name, estimate in evaluation.metrics.items()
        },
    )


def _version_name(now: datetime, data: str, code: str, options: TrainingOptions) -> str:
    """Name a version by its time, which sorts, and by what it was made from."""
    content = json.dumps([data, code, options.to_dict()])
    digest = hashlib.sha256(content.encode()).hexdigest()
    return f"{now:%Y%m%dT%H%M%SZ}-{digest[:8]}"


def _git_revision() -> str | None:
    try:
        found = subprocess.run(
            ["git", "rev-parse", "--verify", "HEAD"],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return None
    return found.stdout.strip() or None if found.returncode == 0 else None


def _report(document: Mapping[str, Any]) -> dict[str, bytes]:
    text = json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False)
    return {
        "report/report.json": f"{text}\n".encode(),
        "report/report.html": render_report(document).encode(),
    }
