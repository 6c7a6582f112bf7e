"""Whether the clients to be scored are still those that the model learned from."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring import Feature
from training.evaluation.feature_drift import feature_drift, stability_index
from training.evaluation.profile import (
    counted,
    population_profile,
    profile_of,
    sampled_rows,
)
from training.evaluation.separation import separation

Floats = NDArray[np.float64]
Matrix = NDArray[np.float32]

VERDICTS = ("stable", "watch", "act")


def drift(
    labelled: Matrix,
    unlabelled: Matrix,
    features: Sequence[Feature],
    scores: tuple[Floats, Floats],
    seed: int,
) -> dict[str, Any]:
    """Compare the unlabelled clients with the labelled ones.

    Parameters
    ----------
    labelled, unlabelled : ndarray of shape (n, n_features)
    features : sequence of Feature
    scores : tuple of ndarray
        Probabilities of both: out of fold of the first, the model's of the second.
    seed : int

    Returns
    -------
    dict
        ``reference``: counts of the labelled, which a later population can be compared
        with; and, where there are unlabelled clients, ``features`` (population
        stability, most moved first), ``verdicts`` (how many), ``score``, and
        ``adversarial``: how well a model tells the two apart and by which features.
    """
    score = profile_of(scores[0])
    profiles = population_profile(labelled, features, seed)
    reference = {"clients": len(labelled), "score": score, "features": profiles}
    if not len(unlabelled):
        return {"reference": reference, "features": None}
    rows = feature_drift(profiles, unlabelled, features, seed)
    both = [sampled_rows(population, seed) for population in (labelled, unlabelled)]
    is_new = np.repeat([False, True], [len(population) for population in both])
    adversarial = separation(np.concatenate(both), features, is_new, seed)
    return {
        "reference": reference,
        "clients": len(unlabelled),
        "features": rows,
        "verdicts": verdicts(rows),
        "score": stability_index(score["counts"], counted(scores[1], score)),
        "adversarial": adversarial,
    }


def verdicts(rows: Sequence[dict[str, Any]]) -> dict[str, int]:
    """Count features by verdict."""
    found = Counter(str(row["verdict"]) for row in rows)
    return {name: found[name] for name in VERDICTS}
