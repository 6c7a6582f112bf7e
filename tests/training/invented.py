"""Invented scores whose truth is known, for the tests of the evaluation."""

from __future__ import annotations

import numpy as np

from scoring import probability_of
from training.evaluation.scored import Scored
from training.learners.cross_validation import OutOfFold


def invented_scores(clients: int = 3000, seeds: int = 2, seed: int = 11) -> Scored:
    """Give margins too bold by half, and shifted, around the true log-odds."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(-2.8, 1.0, clients)
    is_default = rng.random(clients) < probability_of(truth)
    repeats = [
        OutOfFold(
            1.5 * (truth + rng.normal(0, 0.1, clients)) + 0.7,
            rng.permutation(np.arange(clients) % 5),
            (),
        )
        for _ in range(seeds)
    ]
    return Scored.of(repeats, is_default)
