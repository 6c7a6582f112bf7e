"""Ways to decide from a probability, each judged on clients it was not chosen on.

The business rules follow from the costs alone. Their rivals maximise something on
clients of the other folds: so no rule is flattered by having seen whom it decides upon.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from scoring import ClientCosts, CostMatrix
from training.evaluation.ranking import Confusion, RankedScores
from training.evaluation.scored import Scored

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
# From scores, outcomes and the positions of the clients to choose on.
Choice = Callable[[Floats, Flags, NDArray[np.intp]], float]

QUALITIES: dict[str, Callable[[Confusion], Floats]] = {
    "f1": lambda confusion: confusion.f_score(1),
    "f2": lambda confusion: confusion.f_score(2),
    "accuracy": lambda confusion: confusion.accuracy,
}


def policies(
    scored: Scored, costs: CostMatrix, amounts: ClientCosts | None
) -> dict[str, Floats]:
    """Return the threshold that each way of deciding applies to each client.

    Returns
    -------
    dict of str to ndarray of shape (n_seeds, n_clients)
        ``business`` (closed form), ``empirical`` (least cost on the other folds),
        ``f1``, ``f2``, ``accuracy``, ``half``, ``everyone`` (refuses nobody); with
        amounts also ``by_client`` (each their own closed form) and ``one_threshold``
        (least money on the other folds).
    """
    shape = scored.probability.shape
    rules = {
        "business": np.full(shape, costs.threshold),
        "empirical": _chosen_elsewhere(scored, _cheapest(costs)),
    }
    if amounts is not None:
        rules["by_client"] = np.broadcast_to(amounts.thresholds, shape)
        rules["one_threshold"] = _chosen_elsewhere(scored, _least_money(amounts))
    for name, quality in QUALITIES.items():
        rules[name] = _chosen_elsewhere(scored, _best(quality))
    return rules | {"half": np.full(shape, 0.5), "everyone": np.full(shape, np.inf)}


def _chosen_elsewhere(scored: Scored, choose: Choice) -> Floats:
    thresholds = np.empty_like(scored.probability)
    for seed, fold in enumerate(scored.fold):
        for number in np.unique(fold):
            others = np.flatnonzero(fold != number)
            thresholds[seed, fold == number] = choose(
                scored.probability[seed, others], scored.is_default[others], others
            )
    return thresholds


def _best(quality: Callable[[Confusion], Floats]) -> Choice:
    def choose(
        probability: Floats, is_default: Flags, positions: NDArray[np.intp]
    ) -> float:
        ranked = RankedScores(is_default, probability)
        return float(ranked.thresholds[int(np.argmax(quality(ranked.confusion())))])

    return choose


def _cheapest(costs: CostMatrix) -> Choice:
    return lambda probability, is_default, positions: costs.empirical_optimum(
        is_default, probability
    )[0]


def _least_money(amounts: ClientCosts) -> Choice:
    def choose(
        probability: Floats, is_default: Flags, positions: NDArray[np.intp]
    ) -> float:
        own = ClientCosts(amounts.refusal[positions], amounts.default[positions])
        return own.curve(is_default, probability).optimum[0]

    return choose
