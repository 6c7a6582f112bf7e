"""The report as one document, ready for JSON."""

from collections.abc import Mapping
from typing import Any

from scoring import Manifest
from training.evaluation.summary import Evaluation

PROTOCOL = (
    "About a fifth of the labelled clients is held out and read once, at the end. "
    "Every other figure comes from out-of-fold scores of the rest, by a stratified "
    "cross-validation repeated with several seeds; a figure is the mean over them. The "
    "number of trees and the calibration line of a fold are chosen inside its training "
    "part; where models or calibrations are compared (candidates, search, selection, "
    "constraints, mitigations, calibration_methods), each side takes the line of the "
    "other folds' margins instead, so figures of one model differ a little between "
    "sections. Intervals are 95% percentiles of a bootstrap of clients, all seeds of a "
    "client together; they do not hold the chance of another training. The shipped "
    "trees learn from all labelled clients by the same recipe, calibrated by the line "
    "of all out-of-fold margins."
)


def report_document(
    manifest: Manifest, evaluation: Evaluation, further_figures: Mapping[str, Any]
) -> dict[str, Any]:
    """Gather what is known of a model.

    Parameters
    ----------
    manifest : Manifest
    evaluation : Evaluation
    further_figures : mapping
        The further sections, by name.

    Returns
    -------
    dict
        Metrics, curves, bands, sections and provenance, without any row of a client.
    """
    described = manifest.to_dict()
    kept = (
        "version",
        "created_at",
        "git_revision",
        "library_versions",
        "data_fingerprint",
        "training",
        "cost_matrix",
        "threshold",
        "review_band",
        "points",
        "ratings",
        "calibrator",
        "metrics",
    )
    return (
        {name: described[name] for name in kept}
        | {"protocol": PROTOCOL, "feature_count": len(manifest.features)}
        | evaluation.figures
        | dict(further_figures)
    )
