"""What follows when a default costs 5 or 20 times a refused good client, not 10."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring import ClientCosts, CostMatrix, probability_of
from training.evaluation.bootstrap import percentile_interval
from training.evaluation.platt_replicates import platt_replicates
from training.evaluation.resampling import estimate
from training.evaluation.scored import Scored

Floats = NDArray[np.float64]

RATIOS = (5.0, 7.5, 10.0, 12.5, 15.0, 20.0)


def cost_ratios(scored: Scored, costs: CostMatrix) -> dict[str, Any]:
    """Decide anew for each ratio of costs, and keep the house's threshold instead.

    Parameters
    ----------
    scored : Scored
    costs : CostMatrix
        The house's own, whose ratio is among the rows.

    Returns
    -------
    dict
        ``house_ratio`` and ``rows``: ratio, threshold, review band, refused and
        reviewed share, cost per client (a refused good client being 1) with that of
        granting everyone, and what keeping the house's threshold would cost more.
    """
    house = costs.false_negative_cost / costs.false_positive_cost
    ratios = sorted({*RATIOS, house})
    lines = [
        platt_replicates(margins, scored.is_default, scored.replicates)
        for margins in scored.margins
    ]
    columns = [scored.is_default.astype(np.float64)]
    for ratio in ratios:
        columns += [
            _cost(scored, ratio, CostMatrix(1.0, ratio).threshold),
            _cost(scored, ratio, costs.threshold),
        ]
    means = scored.replicates.means(np.stack(columns, axis=1))
    rows = []
    for number, ratio in enumerate(ratios):
        threshold = CostMatrix(1.0, ratio).threshold
        own, kept = means[:, 1 + 2 * number], means[:, 2 + 2 * number]
        low, high = _review_band(lines, threshold)
        inside = (scored.probability >= low) & (scored.probability < high)
        rows.append(
            {
                "ratio": float(ratio),
                "is_house": bool(ratio == house),
                "threshold": threshold,
                "review_band": [low, high],
                "refused_share": float((scored.probability >= threshold).mean()),
                "reviewed_share": float(inside.mean()),
                "cost_per_client": estimate(own).to_dict(),
                "granting_everyone": estimate(ratio * means[:, 0]).to_dict(),
                "extra_of_keeping": estimate(kept - own).to_dict(),
                "extra_share_of_keeping": estimate(kept / own - 1).to_dict(),
            }
        )
    return {"house_ratio": float(house), "rows": rows}


def _cost(scored: Scored, ratio: float, threshold: float) -> Floats:
    costs = ClientCosts.constant(CostMatrix(1.0, ratio), scored.is_default.size)
    refused = scored.probability >= threshold
    per_seed = [costs.of_decisions(scored.is_default, one) for one in refused]
    return np.asarray(np.mean(per_seed, axis=0))


def _review_band(lines: list[Floats], threshold: float) -> tuple[float, float]:
    """Return where the replicates of the calibration would have put the threshold."""
    at_threshold = np.log(threshold / (1 - threshold))
    found = []
    for of_seed in lines:
        slopes, intercepts = of_seed.T
        telling = slopes > 0
        margins = (at_threshold - intercepts[telling]) / slopes[telling]
        found.append(probability_of(slopes[0] * margins + intercepts[0]))
        found.append(np.repeat([0.0, 1.0], int((~telling).sum())))
    low, high = percentile_interval(np.concatenate(found))
    return min(low, threshold), max(high, threshold)
