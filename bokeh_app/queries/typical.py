"""What is usual for many variables at once, from a sample of clients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bokeh_app.queries.catalogue import Variable
from bokeh_app.sources.memory import TimedMemory
from bokeh_app.sources.warehouse import Warehouse

SAMPLED_BLOCKS = 20
MEMORY_SECONDS = 600.0
VARIABLE_LIMIT = 1000


@dataclass(frozen=True)
class Typical:
    """The median of a number or the most frequent code; the share without either."""

    value: float | str | None
    missing_share: float


_SAMPLE = """
    sampled as (
        select client_block
        from features.client_block
        order by md5(client_block::text)
        limit %(blocks)s
    )
"""

_TYPICAL = f"""
    with {_SAMPLE},
    numbers as (
        select
            feature_block.feature_name,
            unnest(feature_block.numbers)::double precision as value
        from features.feature_block
        inner join sampled
            on feature_block.client_block = sampled.client_block
        where feature_block.feature_name = any(%(numeric)s::text[])
    ),
    codes as (
        select
            feature_block.feature_name,
            unnest(feature_block.codes) as value
        from features.feature_block
        inner join sampled
            on feature_block.client_block = sampled.client_block
        where feature_block.feature_name = any(%(categorical)s::text[])
    )
    select
        feature_name,
        percentile_disc(0.5) within group (order by value) as number,
        null as code,
        1 - count(value)::double precision / count(*) as missing_share
    from numbers
    group by feature_name
    union all
    select
        feature_name,
        null as number,
        mode() within group (order by value) as code,
        1 - count(value)::double precision / count(*) as missing_share
    from codes
    group by feature_name
"""

_SAMPLE_SIZE = f"""
    with {_SAMPLE}
    select coalesce(sum(cardinality(client_block.client_ids)), 0) as client_count
    from features.client_block
    inner join sampled on client_block.client_block = sampled.client_block
"""


class TypicalValues:
    """Typical values of variables, remembered for a while.

    The sample is the same each time: whole blocks, in the order of a hash of their
    numbers, so that exact medians of hundreds of variables need not be sorted out of
    all clients.

    Parameters
    ----------
    warehouse : Warehouse
    """

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self._known: TimedMemory[Typical | None] = TimedMemory(
            MEMORY_SECONDS, VARIABLE_LIMIT
        )
        self._sizes: TimedMemory[int] = TimedMemory(MEMORY_SECONDS, 1)

    def sample_size(self) -> int:
        """Return how many clients the sample holds."""
        return self._sizes.get("size", self._count)

    def of(self, variables: Sequence[Variable]) -> dict[str, Typical | None]:
        """Return the typical value of each variable by its name."""
        names = tuple(variable.name for variable in variables)
        found: dict[str, Typical] = {}

        def ask() -> dict[str, Typical]:
            if not found:
                found.update(self._ask(variables))
            return found

        return {
            name: self._known.get(name, lambda name=name: ask().get(name))  # type: ignore[misc]
            for name in names
        }

    def _ask(self, variables: Sequence[Variable]) -> dict[str, Typical]:
        rows = self._warehouse.rows(
            _TYPICAL,
            {
                "blocks": SAMPLED_BLOCKS,
                "numeric": [one.name for one in variables if one.is_numeric],
                "categorical": [one.name for one in variables if not one.is_numeric],
            },
        )
        return {
            row["feature_name"]: Typical(
                row["code"] if row["number"] is None else row["number"],
                row["missing_share"],
            )
            for row in rows
        }

    def _count(self) -> int:
        row = self._warehouse.row(_SAMPLE_SIZE, {"blocks": SAMPLED_BLOCKS})
        return int(row["client_count"]) if row else 0
