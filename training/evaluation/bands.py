"""Clients in groups by score: deciles for analysts, ratings A to E for everybody."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring import PointsScale, RatingBand
from training.evaluation.bootstrap import wilson_interval

Floats = NDArray[np.float64]

_DECILES = 10
# Bands one PDO wide: each letter halves or doubles the odds of the next, and the step
# from C to D is the threshold itself.
_BANDS_ABOVE_BASE = {"A": 2, "B": 1, "C": 0, "D": -1}
_LAST_BAND = "E"


def decile_table(
    probability: Floats,
    points: Floats,
    is_default: NDArray[np.bool_],
    repeats: int = 1,
) -> list[dict[str, Any]]:
    """Describe ten groups of equal size, riskiest first.

    Parameters
    ----------
    probability, points, is_default : ndarray of shape (n_rows,)
    repeats : int, default=1
        How many rows are of one client: counts and intervals are those of clients.

    Returns
    -------
    list of dict
        Clients, defaults, default rate, lift over the mean rate, share of all defaults
        caught so far, predicted rate, lowest and highest points.
    """
    riskiest_first = np.argsort(-probability, kind="stable")
    base_rate, defaults_in_all = is_default.mean(), is_default.sum()
    rows: list[dict[str, Any]] = []
    caught = 0
    for number, group in enumerate(np.array_split(riskiest_first, _DECILES), start=1):
        defaults = int(is_default[group].sum())
        caught += defaults
        rows.append(
            {
                "decile": number,
                "clients": group.size / repeats,
                "defaults": defaults / repeats,
                "default_rate": defaults / group.size,
                "interval": wilson_interval(defaults / repeats, group.size / repeats),
                "predicted": float(probability[group].mean()),
                "lift": float(defaults / group.size / base_rate),
                "caught_share": float(caught / defaults_in_all),
                "min_points": round(float(points[group].min())),
                "max_points": round(float(points[group].max())),
            }
        )
    return rows


def rating_bands(
    points: Floats,
    is_default: NDArray[np.bool_],
    scale: PointsScale,
    repeats: int = 1,
) -> tuple[RatingBand, ...]:
    """Draw the bands and observe their default rates.

    Parameters
    ----------
    points : ndarray of shape (n_rows,)
        Unrounded, out of fold.
    is_default : ndarray of shape (n_rows,)
    scale : PointsScale
    repeats : int, default=1
        How many rows are of one client.

    Returns
    -------
    tuple of RatingBand
        A to E, safest first.
    """
    rounded = np.round(points)
    floors: list[tuple[str, float | None]] = [
        (name, scale.base + steps * scale.pdo)
        for name, steps in _BANDS_ABOVE_BASE.items()
    ]
    floors.append((_LAST_BAND, None))
    ceiling = np.inf
    bands = []
    for name, floor in floors:
        lowest = -np.inf if floor is None else floor
        inside = (rounded >= lowest) & (rounded < ceiling)
        ceiling = lowest
        clients, defaults = int(inside.sum()), int(is_default[inside].sum())
        bands.append(
            RatingBand(
                name=name,
                min_points=floor,
                default_rate=defaults / clients if clients else None,
                share=clients / points.size,
                confidence_interval=wilson_interval(
                    defaults / repeats, clients / repeats
                ),
            )
        )
    return tuple(bands)
