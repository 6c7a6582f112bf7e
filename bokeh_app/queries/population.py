"""Distributions of a variable over a group of clients."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

from psycopg2.sql import SQL, Composable

from bokeh_app.binning import WHOLE_UNITS, band_edges, bin_edges, fewer_quantiles
from bokeh_app.memory import TimedMemory
from bokeh_app.queries.catalogue import Variable
from bokeh_app.warehouse import Warehouse

Group = Literal["all", "profile", "similar"]
GROUPS: tuple[Group, ...] = get_args(Group)

NEIGHBOUR_COUNT = 200
BIN_LIMIT = 30
DENSITY_BIN_LIMIT = 32
CATEGORY_LIMIT = 12
EDGE_QUANTILES = (0.01, 0.99)
BAND_QUANTILES = (0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875)
OUTCOMES_IN_A_BAND = 30  # on average, where fewer bands can give as many
MEMORY_SECONDS = 600.0


def _logarithm(column: str) -> str:
    # greatest() passes nulls over: a missing amount would become the smallest one.
    amount = f"{{client}}.{column}"
    return f"case when {amount} is not null then ln(greatest({amount}, 1)) end"


# What makes clients similar: each in standard deviations, amounts as logarithms.
NEIGHBOUR_MEASURES: dict[str, str] = {
    "age": "{client}.age_years",
    "income": _logarithm("income_amount"),
    "credit": _logarithm("credit_amount"),
    "annuity": _logarithm("annuity_amount"),
    "employment": "{client}.employment_years",
}


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
class Distribution:
    """A numeric variable over a group."""

    client_count: int
    known_count: int
    low: float
    high: float
    bins: tuple[Bar, ...]
    bands: tuple[Bar, ...]


@dataclass(frozen=True)
class Category:
    """One code of a categorical variable over a group; None is missing."""

    code: str | None
    client_count: int
    labelled_count: int
    default_count: int


@dataclass(frozen=True)
class Standing:
    """Where one client's value lies among those of a group.

    `value` is a number, a code, or None where it is missing.
    """

    value: float | str | None
    below_count: int = 0
    equal_count: int = 0
    known_count: int = 0


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
    """Clients over two numeric variables, cut at their 1st and 99th percentiles."""

    x_edges: tuple[float, ...]
    y_edges: tuple[float, ...]
    cells: tuple[Cell, ...]


class Population:
    """Counts over all clients or a group of them.

    What is the same for every client is remembered for ten minutes.

    Parameters
    ----------
    warehouse : Warehouse
    """

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self._spreads: TimedMemory[dict[str, float]] = TimedMemory(MEMORY_SECONDS, 1)
        self._distributions: TimedMemory[Distribution | None] = TimedMemory(
            MEMORY_SECONDS, 300
        )
        self._categories: TimedMemory[tuple[Category, ...]] = TimedMemory(
            MEMORY_SECONDS, 100
        )
        self._densities: TimedMemory[Density | None] = TimedMemory(MEMORY_SECONDS, 60)

    def distribution(
        self, variable: Variable, group: Group, client_id: int
    ) -> Distribution | None:
        """Return a numeric variable's distribution; None where nobody has a value."""
        if group != "all":
            return self._count_distribution(variable, group, client_id)
        return self._distributions.get(
            variable.name, lambda: self._count_distribution(variable, group, client_id)
        )

    def categories(
        self, variable: Variable, group: Group, client_id: int
    ) -> tuple[Category, ...]:
        """Return the codes of a categorical variable, the most frequent first."""
        if group != "all":
            return self._count_categories(variable, group, client_id)
        return self._categories.get(
            variable.name, lambda: self._count_categories(variable, group, client_id)
        )

    def counted(
        self, variable: Variable, group: Group, client_id: int
    ) -> Distribution | tuple[Category, ...] | None:
        """Return the group's counts by value, as the variable's type asks for."""
        if variable.is_numeric:
            return self.distribution(variable, group, client_id)
        return self.categories(variable, group, client_id)

    def standing(self, variable: Variable, group: Group, client_id: int) -> Standing:
        """Return a client's value and how many of the group lie below and level."""
        query = SQL(
            """
            with chosen as (
                select {value} as value
                from features.client_features
                where client_id = %(client_id)s
            ),
            valued as ({values})
            select
                chosen.value,
                count(*) filter (where valued.value < chosen.value) as below_count,
                count(*) filter (where valued.value = chosen.value) as equal_count,
                count(valued.value) as known_count
            from chosen
            left join valued on true
            group by chosen.value
            """
        ).format(value=_exact(variable), values=self._member_values(variable, group))
        row = self._warehouse.row(query, self._parameters(group, client_id))
        return Standing(**row) if row else Standing(None)

    def density(self, x: Variable, y: Variable) -> Density | None:
        """Return the clients counted over two numeric variables."""
        return self._densities.get((x.name, y.name), lambda: self._count_density(x, y))

    def position(
        self, x: Variable, y: Variable, client_id: int
    ) -> tuple[float | None, float | None]:
        """Return a client's values of two numeric variables."""
        query = SQL(
            """
            select {x} as x, {y} as y
            from features.client_features
            where client_id = %(client_id)s
            """
        ).format(x=_exact(x), y=_exact(y))
        row = self._warehouse.row(query, {"client_id": client_id})
        return (row["x"], row["y"]) if row else (None, None)

    def _count_distribution(
        self, variable: Variable, group: Group, client_id: int
    ) -> Distribution | None:
        parameters = self._parameters(group, client_id)
        values = self._values(variable)
        spread = self._warehouse.row(
            SQL(
                """
                with members as ({members}), valued as ({values})
                select
                    count(*) as client_count,
                    count(value) as known_count,
                    count(is_default)
                        filter (where value is not null) as labelled_count,
                    min(value) as low,
                    max(value) as high,
                    percentile_cont(%(quantiles)s::double precision[])
                        within group (order by value) as quantiles
                from valued
                """
            ).format(members=self._members(group), values=values),
            {**parameters, "quantiles": [*EDGE_QUANTILES, *BAND_QUANTILES]},
        )
        if spread is None or not spread["known_count"]:
            return None
        low, high, *inner = spread["quantiles"]
        if variable.unit == "flag":
            low, high = 0.0, 1.0  # both bars, however rare the one
        edges = bin_edges(low, high, variable.unit, BIN_LIMIT)
        ends = (spread["low"], spread["high"])
        if variable.unit in WHOLE_UNITS:
            ends = (math.floor(ends[0]) - 0.5, math.floor(ends[1]) + 0.5)
        if variable.unit == "flag":
            ends, bands = (edges[0], edges[-1]), edges[1:-1]
        else:
            inner = fewer_quantiles(inner, spread["labelled_count"], OUTCOMES_IN_A_BAND)
            bands = [
                edge
                for edge in band_edges(inner, variable.unit)
                if ends[0] < edge < ends[1]
            ]
        counted = self._warehouse.rows(
            SQL(
                """
                with members as ({members}),
                valued as ({values}),
                placed as (
                    select
                        is_default,
                        least(
                            greatest(width_bucket(value, %(edges)s), 1),
                            %(bin_count)s
                        ) as bin,
                        width_bucket(
                            value, %(bands)s::double precision[]
                        ) as band
                    from valued
                    where value is not null
                )
                select
                    bin,
                    band,
                    count(*) as client_count,
                    count(is_default) as labelled_count,
                    count(*) filter (where is_default) as default_count
                from placed
                group by grouping sets ((bin), (band))
                """
            ).format(members=self._members(group), values=values),
            {
                **parameters,
                "edges": edges,
                "bin_count": len(edges) - 1,
                # An empty array has no type that width_bucket takes.
                "bands": bands or [ends[1] + 1],
            },
        )
        band_ends = [ends[0], *bands, ends[1]]
        bins, banded = [], []
        for row in counted:
            bin_, band = row.pop("bin"), row.pop("band")
            if bin_ is not None:
                bins.append(Bar(edges[bin_ - 1], edges[bin_], **row))
            else:
                banded.append(Bar(band_ends[band], band_ends[band + 1], **row))
        return Distribution(
            client_count=spread["client_count"],
            known_count=spread["known_count"],
            low=edges[0],
            high=edges[-1],
            bins=tuple(sorted(bins, key=lambda bar: bar.left)),
            bands=tuple(sorted(banded, key=lambda bar: bar.left)),
        )

    def _count_categories(
        self, variable: Variable, group: Group, client_id: int
    ) -> tuple[Category, ...]:
        query = SQL(
            """
            with members as ({members})
            select
                client_features.{column} as code,
                count(*) as client_count,
                count(members.is_default) as labelled_count,
                count(*) filter (where members.is_default) as default_count
            from members
            inner join features.client_features
                on members.client_id = client_features.client_id
            group by client_features.{column}
            order by client_count desc, code
            """
        ).format(column=variable.column, members=self._members(group))
        rows = self._warehouse.rows(query, self._parameters(group, client_id))
        return tuple(Category(**row) for row in rows)

    def _count_density(self, x: Variable, y: Variable) -> Density | None:
        across = self.distribution(x, "all", 0)
        along = self.distribution(y, "all", 0)
        if across is None or along is None:
            return None
        x_edges = bin_edges(across.low, across.high, x.unit, DENSITY_BIN_LIMIT)
        y_edges = bin_edges(along.low, along.high, y.unit, DENSITY_BIN_LIMIT)
        query = SQL(
            """
            with placed as (
                select
                    dim_client.is_default,
                    least(
                        greatest(
                            width_bucket(
                                client_features.{x}::double precision, %(x_edges)s
                            ),
                            1
                        ),
                        %(x_count)s
                    ) as x_bin,
                    least(
                        greatest(
                            width_bucket(
                                client_features.{y}::double precision, %(y_edges)s
                            ),
                            1
                        ),
                        %(y_count)s
                    ) as y_bin
                from features.client_features
                inner join marts.dim_client
                    on client_features.client_id = dim_client.client_id
                where
                    client_features.{x} is not null
                    and client_features.{y} is not null
            )
            select
                x_bin,
                y_bin,
                count(*) as client_count,
                count(is_default) as labelled_count,
                count(*) filter (where is_default) as default_count
            from placed
            group by x_bin, y_bin
            """
        ).format(x=x.column, y=y.column)
        rows = self._warehouse.rows(
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

    def _member_values(self, variable: Variable, group: Group) -> Composable:
        if group == "all":  # spares joining every client with every client
            return SQL("select {column} as value from features.client_features").format(
                column=variable.column
            )
        return SQL(
            """
            select client_features.{column} as value
            from ({members}) as members
            inner join features.client_features
                on members.client_id = client_features.client_id
            """
        ).format(column=variable.column, members=self._members(group))

    def _values(self, variable: Variable) -> Composable:
        return SQL(
            """
            select
                client_features.{column}::double precision as value,
                members.is_default
            from members
            inner join features.client_features
                on members.client_id = client_features.client_id
            """
        ).format(column=variable.column)

    def _members(self, group: Group) -> Composable:
        if group == "all":
            return SQL("select client_id, is_default from marts.dim_client")
        if group == "profile":
            return SQL(_SAME_PROFILE)
        distance = " + ".join(
            f"power((coalesce({measure.format(client='other')}, %({name}_mean)s)"
            f" - coalesce({measure.format(client='chosen')}, %({name}_mean)s))"
            f" / %({name}_deviation)s, 2)"
            for name, measure in NEIGHBOUR_MEASURES.items()
        )
        return SQL(_NEAREST.format(distance=distance))

    def _parameters(self, group: Group, client_id: int) -> dict[str, object]:
        parameters: dict[str, object] = {"client_id": client_id}
        if group == "similar":
            parameters |= self._spreads.get("spread", self._measure_spread)
            parameters["neighbour_count"] = NEIGHBOUR_COUNT
        return parameters

    def _measure_spread(self) -> dict[str, float]:
        columns = ",\n".join(
            f"coalesce(avg({sql}), 0) as {name}_mean,"
            f" coalesce(nullif(stddev_samp({sql}), 0), 1) as {name}_deviation"
            for name, sql in (
                (name, measure.format(client="dim_client"))
                for name, measure in NEIGHBOUR_MEASURES.items()
            )
        )
        row = self._warehouse.row(f"select {columns} from marts.dim_client")
        return {name: float(value) for name, value in (row or {}).items()}


def _exact(variable: Variable) -> Composable:
    # The short decimal that a real is sent as may lie on the other side of an edge.
    template = "{column}::double precision" if variable.is_numeric else "{column}"
    return SQL(template).format(column=variable.column)


_SAME_PROFILE = """
    select
        other.client_id,
        other.is_default
    from marts.dim_client as chosen
    inner join marts.dim_client as other
        on
            chosen.contract_type is not distinct from other.contract_type
            and chosen.income_type is not distinct from other.income_type
            and floor(chosen.age_years / 10) = floor(other.age_years / 10)
    where
        chosen.client_id = %(client_id)s
        and other.client_id <> %(client_id)s
"""

_NEAREST = """
    select
        other.client_id,
        other.is_default
    from marts.dim_client as chosen
    inner join marts.dim_client as other
        on chosen.client_id <> other.client_id
    where chosen.client_id = %(client_id)s
    order by {distance}, other.client_id
    limit %(neighbour_count)s
"""
