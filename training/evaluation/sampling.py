"""The clients whose SHAP values are taken: the same ones for every section."""

import numpy as np
from numpy.typing import NDArray

# Enough clients for a mean, few enough for a second's work.
_MOST_CLIENTS = 1000


def sample_of(clients: int, seed: int) -> NDArray[np.intp]:
    """Draw the positions of at most 1,000 clients, in their order."""
    size = min(_MOST_CLIENTS, clients)
    return np.sort(np.random.default_rng(seed).choice(clients, size, replace=False))
