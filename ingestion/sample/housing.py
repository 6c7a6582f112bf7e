"""The building that a client lives in, as far as it is known at all."""

from typing import Final

import numpy as np
from numpy.random import Generator

from ingestion.landing_schema import HOUSING_STATISTICS
from ingestion.sample.clients import Clients
from ingestion.sample.draw import Columns, Floats, choose, rounded, top_share

# Measure: mean, spread on the log scale, share missing.
_MEASURES: Final = {
    "APARTMENTS": (0.098, 0.60, 0.507),
    "BASEMENTAREA": (0.076, 0.62, 0.585),
    "YEARS_BEGINEXPLUATATION": (0.978, 0.012, 0.505),
    "YEARS_BUILD": (0.752, 0.13, 0.665),
    "COMMONAREA": (0.025, 0.95, 0.699),
    "ELEVATORS": (0.06, 0.80, 0.533),
    "ENTRANCES": (0.135, 0.55, 0.508),
    "FLOORSMAX": (0.205, 0.50, 0.503),
    "FLOORSMIN": (0.215, 0.55, 0.678),
    "LANDAREA": (0.052, 0.75, 0.594),
    "LIVINGAPARTMENTS": (0.081, 0.60, 0.684),
    "LIVINGAREA": (0.086, 0.70, 0.505),
    "NONLIVINGAPARTMENTS": (0.004, 1.0, 0.694),
    "NONLIVINGAREA": (0.012, 1.1, 0.552),
}
_STATISTIC_SPREAD: Final = {"AVG": 0.0, "MODE": 0.03, "MEDI": 0.01}
_STEP: Final = {"ELEVATORS": 0.04, "FLOORSMAX": 0.0417, "FLOORSMIN": 0.0417}


def draw_housing(rng: Generator, clients: Clients) -> Columns:
    """Draw the 47 housing columns.

    Where the record of a building is poor, it is poor in many columns at once, and a
    measure is missing in all of its statistics or in none.
    """
    n = len(clients)
    record = 0.25 * clients.means + rng.standard_normal(n)
    size = 0.3 * clients.means + 0.95 * rng.standard_normal(n)
    columns: Columns = {}
    base: dict[str, Floats] = {}
    for measure, (centre, spread, missing) in _MEASURES.items():
        shared = 0.7 * size + 0.7 * rng.standard_normal(n)
        values = np.minimum(centre * np.exp(spread * shared), 1.0)
        if measure in _STEP:
            values = np.minimum(
                rounded(values / _STEP[measure], 0) * _STEP[measure], 1.0
            )
        base[measure] = np.where(_is_hidden(rng, record, missing), np.nan, values)
    for statistic in HOUSING_STATISTICS:
        for measure, values in base.items():
            factor = np.exp(_STATISTIC_SPREAD[statistic] * rng.standard_normal(n))
            columns[f"{measure}_{statistic}"] = rounded(
                np.minimum(values * factor, 1.0), 4
            )
    columns["TOTALAREA_MODE"] = rounded(
        np.where(
            _is_hidden(rng, record, 0.502),
            np.nan,
            np.minimum(0.083 * np.exp(0.75 * size), 1.0),
        ),
        4,
    )
    for name, shares, missing in (
        (
            "FONDKAPREMONT_MODE",
            {
                "reg oper account": 0.756,
                "reg oper spec account": 0.124,
                "not specified": 0.058,
                "org spec account": 0.062,
            },
            0.684,
        ),
        (
            "HOUSETYPE_MODE",
            {
                "block of flats": 0.982,
                "specific housing": 0.01,
                "terraced house": 0.008,
            },
            0.503,
        ),
        (
            "WALLSMATERIAL_MODE",
            {
                "Panel": 0.437,
                "Stone, brick": 0.429,
                "Block": 0.061,
                "Wooden": 0.035,
                "Mixed": 0.015,
                "Monolithic": 0.012,
                "Others": 0.011,
            },
            0.508,
        ),
        ("EMERGENCYSTATE_MODE", {"No": 0.986, "Yes": 0.014}, 0.501),
    ):
        codes = choose(rng, shares, n)
        codes[_is_hidden(rng, record, missing)] = None
        columns[name] = codes
    return columns


def _is_hidden(
    rng: Generator, record: Floats, share: float
) -> np.typing.NDArray[np.bool_]:
    return top_share(-record + 0.15 * rng.standard_normal(len(record)), share)
