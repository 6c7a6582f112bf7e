"""Whether groups are decided upon alike, with the distances between them.

Gender is known to this audit and to no model. Rates are those of the threshold: what a
person will decide in the review band is not known.
"""

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.evaluation.resampling import estimate_or_none, ratio
from training.evaluation.scored import Scored

Floats = NDArray[np.float64]

RATES = ("approval_rate", "true_positive_rate", "false_positive_rate")
# The "four-fifths rule" of the US Uniform Guidelines (29 CFR 1607.4 D): a group
# approved less than 80 % as often as another calls for a look.
FOUR_FIFTHS = 0.8
# Below, a group's rates say nothing; it is counted and not compared.
FEWEST_CLIENTS = 30


def group_fairness(
    scored: Scored,
    groups: NDArray[np.object_],
    threshold: float,
    order: Sequence[str] = (),
) -> dict[str, Any]:
    """Compare decisions, errors and calibration of groups.

    Parameters
    ----------
    scored : Scored
    groups : ndarray of shape (n_clients,)
        Names of groups; None where unknown.
    threshold : float
    order : sequence of str, optional
        Groups to name first.

    Returns
    -------
    dict
        ``reference``: the largest group. ``groups``: clients, observed and predicted
        default rate and their difference, approval rate, true-positive rate
        (defaulters refused), false-positive rate (good clients refused); for each
        rate the gap to the reference, and the ratio of approval rates, with intervals.
    """
    labels = np.array(["unknown" if g is None else str(g) for g in groups], np.object_)
    present = list(dict.fromkeys([*order, *sorted(set(labels))]))
    names = [name for name in present if (labels == name).any()]
    sums = _group_sums(scored, labels, names, threshold)
    figures = {name: _figures(sums[:, i]) for i, name in enumerate(names)}
    counts = {name: int((labels == name).sum()) for name in names}
    reference = max(names, key=lambda name: counts[name])
    return {
        "reference": reference,
        "threshold": threshold,
        "groups": [
            _row(name, counts[name], figures[name], figures[reference])
            for name in names
        ],
    }


def _group_sums(
    scored: Scored, labels: NDArray[np.object_], names: Sequence[str], limit: float
) -> Floats:
    bad = scored.is_default.astype(np.float64)
    refused = (scored.probability >= limit).mean(axis=0)
    of_client = (
        np.ones_like(bad),
        bad,
        scored.mean_probability,
        refused,
        refused * bad,
    )
    columns = [column * (labels == name) for name, column in product(names, of_client)]
    sums = scored.replicates.sums(np.stack(columns, axis=1))
    return sums.reshape(len(sums), len(names), -1)


def _figures(sums: Floats) -> dict[str, Floats]:
    clients, bad, predicted, refused, refused_bad = sums.T
    return {
        "default_rate": ratio(bad, clients),
        "predicted_rate": ratio(predicted, clients),
        "approval_rate": ratio(clients - refused, clients),
        "true_positive_rate": ratio(refused_bad, bad),
        "false_positive_rate": ratio(refused - refused_bad, clients - bad),
    }


def _row(
    name: str, clients: int, own: dict[str, Floats], reference: dict[str, Floats]
) -> dict[str, Any]:
    row: dict[str, Any] = {
        "group": name,
        "clients": clients,
        "is_compared": clients >= FEWEST_CLIENTS,
    }
    row |= {key: estimate_or_none(values) for key, values in own.items()}
    row["calibration_gap"] = estimate_or_none(
        own["default_rate"] - own["predicted_rate"]
    )
    row["gaps"] = {
        rate: estimate_or_none(own[rate] - reference[rate]) for rate in RATES
    }
    row["approval_ratio"] = estimate_or_none(
        ratio(own["approval_rate"], reference["approval_rate"])
    )
    return row
