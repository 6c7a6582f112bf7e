"""Whether the clients to be scored are still those that the model learned from."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring import Feature, Population, stability_index
from training.evaluation.feature_drift import feature_drift
from training.evaluation.profile import sampled_rows
from training.evaluation.separation import separation

Floats = NDArray[np.float64]
Matrix = NDArray[np.float32]

VERDICTS = ("stable", "watch", "act")


def drift(
    labelled: Matrix,
    unlabelled: Matrix,
    features: Sequence[Feature],
    reference: Population,
    scores: Floats,
    seed: int,
) -> dict[str, Any]:
    """Compare the unlabelled clients with the labelled ones.

    Parameters
    ----------
    labelled, unlabelled : ndarray of shape (n, n_features)
    features : sequence of Feature
    reference : Population
        The labelled in counts.
    scores : ndarray of shape (n_unlabelled,)
        The model's probabilities of the unlabelled.
    seed : int

    Returns
    -------
    dict
        ``features`` (population stability, most moved first), None without unlabelled
        clients; with them also ``verdicts`` (how many), ``score``, and
        ``adversarial``: how well a model tells the two apart and by which features.
    """
    if not len(unlabelled):
        return {"features": None}
    rows = feature_drift(reference.features, unlabelled, features, seed)
    both = [sampled_rows(population, seed) for population in (labelled, unlabelled)]
    is_new = np.repeat([False, True], [len(population) for population in both])
    adversarial = separation(np.concatenate(both), features, is_new, seed)
    return {
        "clients": len(unlabelled),
        "features": rows,
        "verdicts": verdicts(rows),
        "score": asdict(
            stability_index(reference.score.counts, reference.score.count(scores))
        ),
        "adversarial": adversarial,
    }


def verdicts(rows: Sequence[dict[str, Any]]) -> dict[str, int]:
    """Count features by verdict."""
    found = Counter(str(row["verdict"]) for row in rows)
    return {name: found[name] for name in VERDICTS}
