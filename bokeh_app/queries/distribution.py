"""Distributions of one variable over a group of clients."""

from __future__ import annotations

import math
from dataclasses import dataclass

from psycopg2.sql import SQL

from bokeh_app.queries.binning import (
    WHOLE_UNITS,
    band_edges,
    bin_edges,
    fewer_quantiles,
)
from bokeh_app.queries.catalogue import Variable
from bokeh_app.queries.groups import Members
from bokeh_app.sources.warehouse import Row, Warehouse

BIN_LIMIT = 30
EDGE_QUANTILES = (0.01, 0.99)
BAND_QUANTILES = (0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875)
MEDIAN = len(EDGE_QUANTILES) + BAND_QUANTILES.index(0.5)
OUTCOMES_IN_A_BAND = 30  # on average, where fewer bands can give as many


@dataclass(frozen=True)
class Bar:
    """How many clients lie between two values, and how many did not repay.

    `labelled_count` counts those whose outcome is known; `left` and `right` are
    equal to the outermost value seen where the bar is open.
    """

    left: float
    right: float
    client_count: int
    labelled_count: int
    default_count: int


@dataclass(frozen=True)
class Category:
    """One code of a categorical variable over a group; None is missing."""

    code: str | None
    client_count: int
    labelled_count: int
    default_count: int


@dataclass(frozen=True)
class Distribution:
    """A numeric variable over a group; `missing` counts those without a value."""

    client_count: int
    known_count: int
    low: float
    high: float
    median: float
    bins: tuple[Bar, ...]
    bands: tuple[Bar, ...]
    missing: Category


@dataclass(frozen=True)
class Standing:
    """Where one client's value lies among those of a group.

    `value` is a number, a code, or None where it is missing.
    """

    value: float | str | None
    below_count: int = 0
    equal_count: int = 0
    known_count: int = 0


def count_standing(
    warehouse: Warehouse,
    variable: Variable,
    members: Members,
    value: float | str | None,
) -> Standing:
    """Return how many of a group lie below and level with a value."""
    if value is None:
        return Standing(None)
    query = SQL(
        """
        select
            count(*) filter (where {column} < %(value)s) as below_count,
            count(*) filter (where {column} = %(value)s) as equal_count,
            count({column}) as known_count
        from ({values}) as member
        """
    ).format(column=variable.column, values=members.values(variable))
    row = warehouse.row(query, {"value": value})
    return Standing(value, **row) if row else Standing(value)


def count_categories(
    warehouse: Warehouse, variable: Variable, members: Members
) -> tuple[Category, ...]:
    """Return the codes of a categorical variable, the most frequent first."""
    query = SQL(
        """
        select
            {column} as code,
            count(*) as client_count,
            count(is_default) as labelled_count,
            count(*) filter (where is_default) as default_count
        from ({values}) as member
        group by {column}
        order by client_count desc, code
        """
    ).format(column=variable.column, values=members.values(variable))
    return tuple(Category(**row) for row in warehouse.rows(query))


def count_distribution(
    warehouse: Warehouse, variable: Variable, members: Members
) -> Distribution | None:
    """Return a numeric variable's distribution; None where nobody has a value."""
    spread = _measure_spread(warehouse, variable, members)
    if spread is None or not spread["known_count"]:
        return None
    low, high, *_ = spread["quantiles"]
    if variable.unit == "flag":
        low, high = 0.0, 1.0  # both bars, however rare the one
    edges = bin_edges(low, high, variable.unit, BIN_LIMIT)
    ends, bands = _bands(variable, spread, edges)
    counted = warehouse.rows(
        SQL(
            """
            with placed as (
                select
                    is_default,
                    case when {column} is not null then least(
                        greatest(width_bucket({column}, %(edges)s), 1),
                        %(bin_count)s
                    ) end as bin,
                    width_bucket({column}, %(bands)s::double precision[]) as band
                from ({values}) as member
            )
            select
                bin,
                band,
                grouping(band) = 1 as is_bin,
                count(*) as client_count,
                count(is_default) as labelled_count,
                count(*) filter (where is_default) as default_count
            from placed
            group by grouping sets ((bin), (band))
            """
        ).format(column=variable.column, values=members.values(variable)),
        {
            "edges": edges,
            "bin_count": len(edges) - 1,
            # An empty array has no type that width_bucket takes.
            "bands": bands or [ends[1] + 1],
        },
    )
    band_ends = [ends[0], *bands, ends[1]]
    bins, banded = [], []
    missing = Category(None, 0, 0, 0)
    for row in counted:
        is_bin, bin_, band = row.pop("is_bin"), row.pop("bin"), row.pop("band")
        if bin_ is None and band is None:
            missing = Category(None, **row)
        elif is_bin:
            bins.append(Bar(edges[bin_ - 1], edges[bin_], **row))
        else:
            banded.append(Bar(band_ends[band], band_ends[band + 1], **row))
    return Distribution(
        client_count=spread["client_count"],
        known_count=spread["known_count"],
        low=edges[0],
        high=edges[-1],
        median=spread["quantiles"][MEDIAN],
        bins=tuple(sorted(bins, key=lambda bar: bar.left)),
        bands=tuple(sorted(banded, key=lambda bar: bar.left)),
        missing=missing,
    )


def _measure_spread(
    warehouse: Warehouse, variable: Variable, members: Members
) -> Row | None:
    return warehouse.row(
        SQL(
            """
            select
                count(*) as client_count,
                count({column}) as known_count,
                count(is_default)
                    filter (where {column} is not null) as labelled_count,
                min({column}) as low,
                max({column}) as high,
                percentile_cont(%(quantiles)s::double precision[])
                    within group (order by {column}) as quantiles
            from ({values}) as member
            """
        ).format(column=variable.column, values=members.values(variable)),
        {"quantiles": [*EDGE_QUANTILES, *BAND_QUANTILES]},
    )


def _bands(
    variable: Variable, spread: Row, edges: list[float]
) -> tuple[tuple[float, float], list[float]]:
    """Return both ends of what is banded, and the edges between the bands."""
    if variable.unit == "flag":
        return (edges[0], edges[-1]), edges[1:-1]
    ends = (spread["low"], spread["high"])
    if variable.unit in WHOLE_UNITS:
        ends = (math.floor(ends[0]) - 0.5, math.floor(ends[1]) + 0.5)
    inner = fewer_quantiles(
        spread["quantiles"][len(EDGE_QUANTILES) :],
        spread["labelled_count"],
        OUTCOMES_IN_A_BAND,
    )
    bands = [
        edge for edge in band_edges(inner, variable.unit) if ends[0] < edge < ends[1]
    ]
    return ends, bands
