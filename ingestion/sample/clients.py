"""Who the invented clients are: their ids and the hidden traits behind every table."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.random import Generator

from ingestion.sample.draw import Bools, Floats, Ints

FIRST_CLIENT_ID: Final = 100_001
UNLABELLED_SHARE: Final = 0.1368
"""Applications of application_test among all, in the published files."""


@dataclass(frozen=True, slots=True)
class Clients:
    """Ids and hidden traits; the traits are standard normal and in no file.

    Attributes
    ----------
    ids : array of int, shape (clients,)
        Consecutive from 100001.
    is_labelled : array of bool
        Whether the client is of application_train.
    discipline : array of float
        Pays on time, over the whole history.
    strain : array of float
        Trouble that began within the last year; the past does not show it.
    leverage : array of float
        Leans on credit: more loans, fuller cards, more debt.
    means : array of float
        Education and income.
    """

    ids: Ints
    is_labelled: Bools
    discipline: Floats
    strain: Floats
    leverage: Floats
    means: Floats

    def __len__(self) -> int:
        """Return the number of clients."""
        return len(self.ids)


def draw_clients(rng: Generator, count: int) -> Clients:
    """Draw the clients.

    The first is unlabelled and the second labelled, as in the published files, so
    that an example with client 100002 holds for every sample.
    """
    is_labelled = np.ones(count, dtype=bool)
    unlabelled_count = max(round(UNLABELLED_SHARE * count), 1)
    others = rng.choice(
        np.arange(2, count), size=min(unlabelled_count - 1, count - 2), replace=False
    )
    is_labelled[0] = False
    is_labelled[others] = False
    means = rng.standard_normal(count)
    return Clients(
        ids=FIRST_CLIENT_ID + np.arange(count),
        is_labelled=is_labelled,
        discipline=rng.standard_normal(count),
        strain=rng.standard_normal(count),
        leverage=rng.standard_normal(count),
        means=means,
    )
