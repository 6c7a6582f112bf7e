"""Clients over two numeric variables."""

from __future__ import annotations

from dataclasses import dataclass

from psycopg2.sql import SQL

from bokeh_app.queries.binning import bin_edges
from bokeh_app.queries.catalogue import Variable
from bokeh_app.queries.distribution import Distribution
from bokeh_app.queries.groups import Members
from bokeh_app.sources.warehouse import Warehouse

DENSITY_BIN_LIMIT = 32


@dataclass(frozen=True)
class Cell:
    """A rectangle of two variables and its clients."""

    left: float
    right: float
    bottom: float
    top: float
    client_count: int
    labelled_count: int
    default_count: int


@dataclass(frozen=True)
class Density:
    """Clients over two numeric variables, cut at their 1st and 99th percentiles.

    The fullest cells come first.
    """

    x_edges: tuple[float, ...]
    y_edges: tuple[float, ...]
    cells: tuple[Cell, ...]


def count_density(
    warehouse: Warehouse,
    x: Variable,
    y: Variable,
    across: Distribution,
    along: Distribution,
) -> Density:
    """Return all clients counted over two variables.

    Parameters
    ----------
    across, along : Distribution
        Of all clients over `x` and over `y`: they give the span of the cells.
    """
    x_edges = bin_edges(across.low, across.high, x.unit, DENSITY_BIN_LIMIT)
    y_edges = bin_edges(along.low, along.high, y.unit, DENSITY_BIN_LIMIT)
    query = SQL(
        """
        with placed as (
            select
                is_default,
                least(greatest(width_bucket({x}, %(x_edges)s), 1), %(x_count)s)
                    as x_bin,
                least(greatest(width_bucket({y}, %(y_edges)s), 1), %(y_count)s)
                    as y_bin
            from ({values}) as member
            where {x} is not null and {y} is not null
        )
        select
            x_bin,
            y_bin,
            count(*) as client_count,
            count(is_default) as labelled_count,
            count(*) filter (where is_default) as default_count
        from placed
        group by x_bin, y_bin
        order by client_count desc, x_bin, y_bin
        """
    ).format(x=x.column, y=y.column, values=Members().values(x, y))
    rows = warehouse.rows(
        query,
        {
            "x_edges": x_edges,
            "y_edges": y_edges,
            "x_count": len(x_edges) - 1,
            "y_count": len(y_edges) - 1,
        },
    )
    cells = []
    for row in rows:
        x_bin, y_bin = row.pop("x_bin"), row.pop("y_bin")
        cells.append(
            Cell(
                x_edges[x_bin - 1],
                x_edges[x_bin],
                y_edges[y_bin - 1],
                y_edges[y_bin],
                **row,
            )
        )
    return Density(tuple(x_edges), tuple(y_edges), tuple(cells))
