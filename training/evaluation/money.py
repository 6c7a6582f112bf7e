"""What each way of deciding costs: in refused good clients, and in money."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring import ClientCosts, CostMatrix
from training.evaluation.bootstrap import Estimate
from training.evaluation.cost_curves import resampled_curve
from training.evaluation.policies import policies
from training.evaluation.resampling import estimate
from training.evaluation.scored import Scored

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

CLIENTS_TOLD = 1000
BUSINESS = "business"


def money(
    scored: Scored, costs: CostMatrix, amounts: ClientCosts | None
) -> dict[str, Any]:
    """Compare ways of deciding on the same replicates of clients.

    Parameters
    ----------
    scored : Scored
    costs : CostMatrix
        Constant, in refused good clients.
    amounts : ClientCosts or None
        In the currency of the credits.

    Returns
    -------
    dict
        ``policies``: for each its thresholds, what it refuses, its cost per client and
        its money per 1,000 clients, each with what it costs more than the business
        threshold. ``units`` and ``amounts``: curve of cost against threshold and its
        optimum with interval; beside it the closed form of the constant costs, and of
        the amounts ``median_client_threshold``: each client has their own closed form
        there. Amounts are None when not known.
    """
    constant = ClientCosts.constant(costs, scored.is_default.size)
    rules = policies(scored, costs, amounts)
    rows = _compared(scored, rules, constant, amounts)
    return {
        "clients_told": CLIENTS_TOLD,
        "policies": rows,
        "units": {**_side(scored, constant), "closed_form": float(costs.threshold)},
        "amounts": amounts
        and {
            **_side(scored, amounts),
            "median_client_threshold": float(np.median(amounts.thresholds)),
            "median_loss": float(np.median(amounts.default)),
            "median_margin": float(np.median(amounts.refusal)),
            "client_thresholds": np.quantile(
                amounts.thresholds, (0.05, 0.25, 0.5, 0.75, 0.95)
            ).tolist(),
            "median_ratio": float(np.median(amounts.default / amounts.refusal)),
        },
    }


def _side(scored: Scored, costs: ClientCosts) -> dict[str, Any]:
    curve = resampled_curve(scored, costs)
    return {
        "curve": curve.to_dict(),
        "empirical": curve.optimum.to_dict(),
        "least_cost": curve.least_cost,
    }


def _compared(
    scored: Scored,
    rules: dict[str, Floats],
    constant: ClientCosts,
    amounts: ClientCosts | None,
) -> list[dict[str, Any]]:
    refusals = {name: scored.probability >= rule for name, rule in rules.items()}
    kinds = {"units": constant} | ({"amounts": amounts} if amounts else {})
    columns = [
        _mean_cost(scored, refused, kind)
        for refused in refusals.values()
        for kind in kinds.values()
    ]
    means = scored.replicates.means(np.stack(columns, axis=1))
    by_rule = dict(
        zip(
            rules, means.reshape(len(means), len(rules), -1).swapaxes(0, 1), strict=True
        )
    )
    return [
        {
            "name": name,
            **_threshold_range(rules[name]),
            "refused_share": float(refused.mean()),
            "recall": float(refused[:, scored.is_default].mean()),
            "false_positive_rate": float(refused[:, ~scored.is_default].mean()),
            "precision": _precision(scored.is_default, refused),
            **_costs(by_rule[name][:, 0], by_rule[BUSINESS][:, 0], "cost_per_client"),
            **(
                _costs(
                    CLIENTS_TOLD * by_rule[name][:, 1],
                    CLIENTS_TOLD * by_rule[BUSINESS][:, 1],
                    "money",
                )
                if amounts
                else {}
            ),
        }
        for name, refused in refusals.items()
    ]


def _precision(is_default: Flags, refused: Flags) -> float | None:
    """Return the share of defaulters among the refused; None where nobody is."""
    everyone = int(refused.sum())
    return int(refused[:, is_default].sum()) / everyone if everyone else None


def _mean_cost(scored: Scored, refused: Flags, costs: ClientCosts) -> Floats:
    per_seed = [costs.of_decisions(scored.is_default, one) for one in refused]
    return np.asarray(np.mean(per_seed, axis=0))


def _costs(own: Floats, business: Floats, name: str) -> dict[str, dict[str, float]]:
    figures: dict[str, Estimate] = {
        name: estimate(own),
        f"extra_{name}": estimate(own - business),
        f"extra_{name}_share": estimate(own / business - 1),
    }
    return {key: figure.to_dict() for key, figure in figures.items()}


def _threshold_range(thresholds: Floats) -> dict[str, float | None]:
    if not np.isfinite(thresholds).all():
        return {"threshold": None, "lowest_threshold": None, "highest_threshold": None}
    return {
        "threshold": float(np.median(thresholds)),
        "lowest_threshold": float(thresholds.min()),
        "highest_threshold": float(thresholds.max()),
    }
