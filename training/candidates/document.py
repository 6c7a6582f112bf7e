"""All candidates in one document, ready for JSON."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from scoring import CostMatrix
from training.candidates.figures import (
    Replicates,
    raw_probability,
    recalibrated_probability,
)
from training.candidates.measurement import Measurement
from training.candidates.roster import IMPUTED, LABELS, REFERENCE, SYNTHETIC
from training.learners import Outcomes

Floats = NDArray[np.float64]
Measured = Mapping[str, Sequence[Measurement]]


def candidates_table(
    measured: Measured, is_default: Outcomes, costs: CostMatrix
) -> dict[str, Any]:
    """Compare candidates with the reference, with and without recalibration.

    Parameters
    ----------
    measured : mapping of str to sequence of Measurement
        By name of the candidate, one per seed; the reference among them.
    is_default : ndarray of shape (n_clients,)
    costs : CostMatrix

    Returns
    -------
    dict
        ``candidates``, a list in the order of the roster: per candidate its figures as
        they come (``raw``) and after Platt's line (``recalibrated``), each with its
        interval and its paired ``difference`` from the recalibrated reference; seconds
        per fit; rank correlations of its importances with the reference's.
        ``importance_noise``, the same correlations between seeds of the reference.
        ``synthetic``, by name of SMOTE's variants, what to think of them.
    """
    replicates = {
        name: _variants(found, is_default, costs) for name, found in measured.items()
    }
    reference = replicates[REFERENCE]["recalibrated"]
    imputed = replicates[IMPUTED]["recalibrated"] if IMPUTED in replicates else None
    return {
        "reference": REFERENCE,
        "default_rate": float(is_default.mean()),
        "candidates": [
            _row(name, measured, replicates[name], reference)
            for name in LABELS
            if name in measured
        ],
        "importance_noise": _noise(measured[REFERENCE]),
        "synthetic": {
            name: _verdict(replicates[name], reference, imputed)
            for name in SYNTHETIC
            if name in replicates
        },
    }


def _variants(
    found: Sequence[Measurement], is_default: Outcomes, costs: CostMatrix
) -> dict[str, Replicates]:
    probabilities = {
        "raw": [raw_probability(one) for one in found],
        "recalibrated": [recalibrated_probability(one, is_default) for one in found],
    }
    return {
        variant: Replicates(of_seeds, is_default, costs)
        for variant, of_seeds in probabilities.items()
    }


def _row(
    name: str,
    measured: Measured,
    variants: Mapping[str, Replicates],
    reference: Replicates,
) -> dict[str, Any]:
    french, english = LABELS[name]
    seconds = np.concatenate([one.seconds for one in measured[name]])
    return {
        "name": name,
        "label_fr": french,
        "label_en": english,
        "fit_seconds": {
            "median": float(np.median(seconds)),
            "low": float(seconds.min()),
            "high": float(seconds.max()),
        },
        "importance_correlation": _likeness(measured[REFERENCE], measured[name]),
    } | {key: _figures(variant, reference) for key, variant in variants.items()}


def _figures(variant: Replicates, reference: Replicates) -> dict[str, Any]:
    differences = variant.less(reference)
    return {
        name: None if estimate is None else estimate | {"difference": differences[name]}
        for name, estimate in variant.estimates().items()
    }


def _likeness(
    reference: Sequence[Measurement], other: Sequence[Measurement]
) -> dict[str, float] | None:
    """Correlate the ranks of importances, seed by seed, where all seeds have some."""
    if not all(one.gain.any() for one in other):
        return None
    return _mean_correlation(list(zip(reference, other, strict=True)))


def _noise(reference: Sequence[Measurement]) -> dict[str, float] | None:
    """Correlate the reference with itself under another seed."""
    return _mean_correlation(list(combinations(reference, 2)))


def _mean_correlation(
    pairs: Sequence[tuple[Measurement, Measurement]],
) -> dict[str, float] | None:
    if not pairs:
        return None
    return {
        "gain": float(np.mean([_rank_correlation(a.gain, b.gain) for a, b in pairs])),
        "shap": float(np.mean([_rank_correlation(a.shap, b.shap) for a, b in pairs])),
    }


def _rank_correlation(one: Floats, other: Floats) -> float:
    """Spearman's correlation over the features that either uses."""
    used = (one > 0) | (other > 0)
    return float(spearmanr(one[used], other[used]).statistic)


def _verdict(
    variants: Mapping[str, Replicates],
    reference: Replicates,
    imputed: Replicates | None,
) -> dict[str, Any]:
    """Say whether synthetic clients help, and what of it is the imputing's doing."""
    differences = variants["recalibrated"].less(reference)
    raw = variants["raw"].less(reference)["cost_per_client"]
    own = None if imputed is None else variants["recalibrated"].less(imputed)["auc"]
    return {
        "ranking": _told(differences["auc"], more_is_better=True),
        "cost": _told(differences["cost_per_client"], more_is_better=False),
        "raw_cost": _told(raw, more_is_better=False),
        "auc_beyond_imputing": own,
    }


def _told(difference: Mapping[str, float] | None, *, more_is_better: bool) -> str:
    if difference is None or difference["low"] <= 0 <= difference["high"]:
        return "same"
    return "better" if (difference["low"] > 0) == more_is_better else "worse"
