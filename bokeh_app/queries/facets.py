"""How many clients have which properties together: what filters count by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bokeh_app.queries.clients import FILTERS, PROPERTIES, ClientFilter
from bokeh_app.sources.warehouse import Warehouse

Codes = NDArray[np.intp]
Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Property:
    """One property of all cells: its values, and which of them each cell has."""

    values: tuple[str | None, ...]
    codes: Codes

    @classmethod
    def of(cls, column: list[str | None]) -> Property:
        """Make a property of a column."""
        values = tuple(dict.fromkeys(column))
        number = {value: place for place, value in enumerate(values)}
        return cls(values, np.array([number[value] for value in column], dtype=np.intp))

    def is_wanted(self, value: str) -> NDArray[np.bool_]:
        """Tell which cells a filter leaves; an empty text leaves all."""
        if not value:
            return np.ones(self.codes.size, dtype=bool)
        if value not in self.values:
            return np.zeros(self.codes.size, dtype=bool)
        return np.asarray(self.codes == self.values.index(value))


@dataclass(frozen=True)
class ClientCells:
    """Clients counted by all properties at once; no client can be told from it.

    Many thousand cells stand for hundreds of thousands of clients, so that the counts
    of every option under all other filters take no question to the database.
    """

    properties: Mapping[str, Property]
    counts: Counts

    @classmethod
    def of(cls, columns: Mapping[str, list[Any]], counts: list[int]) -> ClientCells:
        """Make cells of columns that are as long as the counts."""
        return cls(
            {name: Property.of(columns[name]) for name in FILTERS},
            np.array(counts, dtype=np.int64),
        )

    def count(self, wanted: ClientFilter) -> int:
        """Return how many clients meet all filters."""
        left = np.logical_and.reduce(list(self._left(wanted).values()))
        return int(self.counts[left].sum())

    def facets(self, wanted: ClientFilter) -> dict[str, dict[str, int]]:
        """Return, of each filter, the clients by option under all other filters."""
        left = self._left(wanted)
        found = {}
        for name, one in self.properties.items():
            others = [kept for other, kept in left.items() if other != name]
            counts = self.counts * np.logical_and.reduce(others)
            sums = np.bincount(one.codes, counts, minlength=len(one.values))
            found[name] = {
                value: int(total)
                for value, total in zip(one.values, sums, strict=True)
                if value is not None
            }
        return found

    def _left(self, wanted: ClientFilter) -> dict[str, NDArray[np.bool_]]:
        return {
            name: one.is_wanted(getattr(wanted, name))
            for name, one in self.properties.items()
        }


def read_cells(warehouse: Warehouse) -> ClientCells:
    """Count all clients by all properties."""
    columns = ", ".join(f"{sql} as {name}" for name, sql in PROPERTIES.items())
    arrays = ", ".join(f"array_agg({name}) as {name}" for name in FILTERS)
    names = ", ".join(FILTERS)
    row = warehouse.row(
        f"""
        with described as (
            select {columns}
            from marts.dim_client
            left join ops.client_score
                on dim_client.client_id = client_score.client_id
        ),
        cells as (
            select {names}, count(*) as client_count
            from described
            group by {names}
        )
        select {arrays}, array_agg(client_count) as client_counts
        from cells
        """
    )
    found: Mapping[str, Any] = row or {}
    return ClientCells.of(
        {name: found.get(name) or [] for name in FILTERS},
        found.get("client_counts") or [],
    )
