"""Which clients are the same person under several numbers.

A second application has another number and is days later, so that all days since an
event grow alike: the days **between** events stay. Two clients of the same gender with
the same days between birth, registration, identity document and employment are taken
for one person; identical days themselves are the special case of the same date.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_DAYS_PER_YEAR = 365.25


def person_groups(years: Floats, genders: NDArray[np.object_]) -> NDArray[np.intp]:
    """Give each person a number.

    Parameters
    ----------
    years : ndarray of shape (n_clients, 4)
        Since birth, registration, identity document and employment, at the
        application; NaN where unknown. Whoever lacks one of the first three is alone.
    genders : ndarray of shape (n_clients,)

    Returns
    -------
    ndarray of shape (n_clients,), int
        The same number for the same person.
    """
    days = np.round(years * _DAYS_PER_YEAR)
    apart = days[:, :1] - days[:, 1:]
    alone = np.asarray(np.isnan(apart[:, :2]).any(axis=1))
    keys: dict[object, int] = {}
    groups = np.empty(len(years), dtype=np.intp)
    for row, (gaps, gender) in enumerate(zip(apart.tolist(), genders, strict=True)):
        known = tuple(None if gap != gap else gap for gap in gaps)
        key: object = row if alone[row] else (*known, gender)
        groups[row] = keys.setdefault(key, len(keys))
    return groups


def counts(groups: NDArray[np.intp]) -> dict[str, int]:
    """Count persons, and those of them who stand under several numbers."""
    sizes = np.bincount(groups)
    return {
        "clients": int(groups.size),
        "persons": int((sizes > 0).sum()),
        "repeated_persons": int((sizes > 1).sum()),
        "their_clients": int(sizes[sizes > 1].sum()),
    }
