"""The report as one document, ready for JSON."""

from collections.abc import Mapping
from typing import Any

from scoring import Manifest
from training.evaluation.summary import Evaluation

PROTOCOL = (
    "Every figure comes from out-of-fold scores of a stratified cross-validation. The "
    "number of trees is chosen inside each training part, the calibration line of a "
    "fold is fitted on the other folds. Intervals are 95% percentiles of a bootstrap "
    "of clients; they do not hold the chance of another training."
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
        ``importance`` and ``stability``.

    Returns
    -------
    dict
        Metrics, thresholds, curves, bands, audit and provenance, without any row of a
        client.
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
