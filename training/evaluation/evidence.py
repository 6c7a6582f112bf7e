"""What later readers judge thresholds, costs and groups by, in counts."""

from collections.abc import Mapping
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring import ClientCosts, CostMatrix, Evidence, GroupRates, Outcomes
from training.evaluation.scored import Scored

Floats = NDArray[np.float64]

_STEP = 400  # bins of a quarter of a per cent, where thresholds may lie
_COARSE = 20
_COARSE_FROM = 0.5
RATIOS = range(5, 21)


def outcomes_of(
    scored: Scored, costs: CostMatrix, amounts: ClientCosts | None
) -> Outcomes:
    """Count good and bad by probability; thresholds of whole ratios are edges.

    So what such a threshold costs follows exactly from the counts.
    """
    edges = _edges(costs)
    good = ~scored.is_default
    return Outcomes(
        edges=tuple(edges.tolist()),
        good=_sums(scored, edges, good.astype(np.float64)),
        bad=_sums(scored, edges, scored.is_default.astype(np.float64)),
        lost_margin=_sums(scored, edges, good * amounts.refusal) if amounts else None,
        lost_credit=_sums(scored, edges, scored.is_default * amounts.default)
        if amounts
        else None,
    )


def evidence_of(outcomes: Outcomes, fairness: Mapping[str, Any]) -> Evidence:
    """Join the counts with what the report's section on fairness has found."""
    return Evidence(
        outcomes,
        {
            name: tuple(map(_group, fairness[name]["groups"]))
            for name in ("gender", "age")
        },
    )


def _edges(costs: CostMatrix) -> Floats:
    thresholds = (CostMatrix(1.0, float(ratio)).threshold for ratio in RATIOS)
    fine = (step / _STEP for step in range(int(_STEP * _COARSE_FROM)))
    start = int(_COARSE * _COARSE_FROM)
    coarse = (step / _COARSE for step in range(start, _COARSE + 1))
    return np.unique([*chain(fine, coarse, thresholds), costs.threshold])


def _sums(scored: Scored, edges: Floats, weights: Floats) -> tuple[float, ...]:
    """Sum over the clients of each bin; the mean over the seeds."""
    # An edge belongs to the bin above it, as a threshold to those refused.
    bins = np.searchsorted(edges[1:-1], scored.probability, side="right")
    repeated = np.broadcast_to(weights, scored.probability.shape)
    sums = np.bincount(bins.ravel(), repeated.ravel(), minlength=len(edges) - 1)
    return tuple((sums / len(scored.probability)).round(2).tolist())


def _group(row: Mapping[str, Any]) -> GroupRates:
    known = {
        name: value if value is None or value["value"] is not None else None
        for name, value in row.items()
        if isinstance(value, dict) and name != "gaps"
    }
    return GroupRates.from_dict({**row, **known})
