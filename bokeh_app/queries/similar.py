"""The clients who are most like one, by a few named variables.

Likeness is Euclidean distance in standard deviations, amounts taken as logarithms; a
client without a value stands at the average.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from psycopg2.sql import SQL, Composable, Identifier, Literal

from bokeh_app.queries.blocks import side_by_side
from bokeh_app.queries.catalogue import Catalogue
from bokeh_app.queries.groups import own_values
from bokeh_app.sources.memory import TimedMemory
from bokeh_app.sources.warehouse import Warehouse

NEIGHBOUR_COUNT = 200
MEMORY_SECONDS = 600.0
CLIENT_LIMIT = 300
# The first box that is looked into, in standard deviations; most clients have more
# neighbours than are wanted within it.
FIRST_REACH = 0.5
LARGEST_REACH = 4.0


@dataclass(frozen=True)
class Measure:
    """A variable that makes clients similar, and whether its logarithm does."""

    feature: str
    is_amount: bool = False

    @property
    def column(self) -> Identifier:
        """The feature's name, quoted for SQL."""
        return Identifier(self.feature)

    def in_sql(self) -> Composable:
        """Return the measure of a row, null where the row has no value."""
        # greatest() passes nulls over: a missing amount would become the smallest one.
        template = (
            "case when {column} is not null then ln(greatest({column}, 1)) end"
            if self.is_amount
            else "{column}"
        )
        return SQL(template).format(column=self.column)

    def of(self, value: float) -> float:
        """Return the measure of a value."""
        return math.log(max(value, 1.0)) if self.is_amount else value

    def value_at(self, measured: float) -> float:
        """Return the value of a measure; of the least one, the least value there is."""
        if not self.is_amount:
            return measured
        return math.exp(measured) if measured > 0 else -math.inf


MEASURES = (
    Measure("application_age_years"),
    Measure("application_income_amount", is_amount=True),
    Measure("application_credit_amount", is_amount=True),
    Measure("application_annuity_amount", is_amount=True),
    Measure("application_employment_years"),
)


@dataclass(frozen=True)
class Spread:
    """Mean and standard deviation of a measure over all clients."""

    mean: float
    deviation: float


class Neighbours:
    """Finds who is most like a client, and remembers it for a while.

    Parameters
    ----------
    warehouse : Warehouse
    """

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self._spreads: TimedMemory[dict[Measure, Spread]] = TimedMemory(
            MEMORY_SECONDS, 1
        )
        self._found: TimedMemory[tuple[int, ...]] = TimedMemory(
            MEMORY_SECONDS, CLIENT_LIMIT
        )

    def of(self, catalogue: Catalogue, client_id: int) -> tuple[int, ...]:
        """Return the numbers of the nearest clients, the client's own left out."""
        return self._found.get(client_id, lambda: self._find(catalogue, client_id))

    def _find(self, catalogue: Catalogue, client_id: int) -> tuple[int, ...]:
        spreads = self._spreads.get("spreads", lambda: self._measure(catalogue))
        variables = [catalogue.variable(measure.feature) for measure in MEASURES]
        own = own_values(self._warehouse, variables, client_id)
        place = {
            measure: spread.mean
            if own[measure.feature] is None
            else measure.of(float(own[measure.feature] or 0.0))
            for measure, spread in spreads.items()
        }
        everybody = side_by_side(variables)
        reach = FIRST_REACH
        while True:
            is_last = reach > LARGEST_REACH
            box = SQL("true") if is_last else _box(spreads, place, reach)
            rows = self._warehouse.rows(
                SQL(
                    """
                    select client_id, {distance} as distance
                    from ({everybody}) as client
                    where {box} and client_id <> {client_id}
                    order by distance, client_id
                    limit {count}
                    """
                ).format(
                    distance=_distance(spreads, place),
                    everybody=everybody,
                    box=box,
                    client_id=Literal(client_id),
                    count=Literal(NEIGHBOUR_COUNT),
                )
            )
            # Whoever is outside the box is farther away than its sides.
            is_full = len(rows) == NEIGHBOUR_COUNT and rows[-1]["distance"] <= reach**2
            if is_last or is_full:
                return tuple(row["client_id"] for row in rows)
            reach *= 2

    def _measure(self, catalogue: Catalogue) -> dict[Measure, Spread]:
        columns = [
            SQL("avg({measure}), stddev_samp({measure})").format(
                measure=measure.in_sql()
            )
            for measure in MEASURES
        ]
        aggregates = SQL(", ").join(
            SQL("array[{pair}]::double precision[] as {name}").format(
                pair=pair, name=measure.column
            )
            for pair, measure in zip(columns, MEASURES, strict=True)
        )
        everybody = side_by_side(
            catalogue.variable(measure.feature) for measure in MEASURES
        )
        row = self._warehouse.row(
            SQL("select {aggregates} from ({everybody}) as client").format(
                aggregates=aggregates, everybody=everybody
            )
        )
        return {
            measure: Spread(
                *((row or {}).get(measure.feature, (0.0, 1.0))),
            )
            for measure in MEASURES
        }


def _box(
    spreads: Mapping[Measure, Spread], place: Mapping[Measure, float], reach: float
) -> Composable:
    """Return what holds for whoever is within reach in each measure.

    In values rather than in measures: a logarithm of each client would cost more.
    """
    conditions = []
    for measure, spread in spreads.items():
        width = reach * spread.deviation
        low, high = place[measure] - width, place[measure] + width
        inside = SQL("{column} between {low} and {high}").format(
            column=measure.column,
            low=Literal(_real(measure.value_at(low), -math.inf)),
            high=Literal(_real(measure.value_at(high), math.inf)),
        )
        if low <= spread.mean <= high:
            inside = SQL("({inside} or {column} is null)").format(
                inside=inside, column=measure.column
            )
        conditions.append(inside)
    return SQL(" and ").join(conditions)


def _real(value: float, towards: float) -> float:
    """Return a bound a little farther out than what rounding could exclude."""
    return value + math.copysign(abs(value) * 1e-6, towards)


def _distance(
    spreads: Mapping[Measure, Spread], place: Mapping[Measure, float]
) -> Composable:
    return SQL(" + ").join(
        SQL("power((coalesce({measure}, {mean}) - {own}) / {deviation}, 2)").format(
            measure=measure.in_sql(),
            mean=Literal(spread.mean),
            own=Literal(place[measure]),
            deviation=Literal(spread.deviation),
        )
        for measure, spread in spreads.items()
    )
