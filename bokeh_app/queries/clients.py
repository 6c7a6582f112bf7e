"""Finding clients: by number, by the start of a number, by filters."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

from bokeh_app.sources.warehouse import Row, Warehouse

LONGEST_NUMBER = 9
SUGGESTION_LIMIT = 8
MATCH_LIMIT = 10

AGE_BANDS: dict[str, tuple[float, float]] = {
    "under_30": (0, 30),
    "from_30_to_39": (30, 40),
    "from_40_to_49": (40, 50),
    "from_50_to_59": (50, 60),
    "from_60": (60, math.inf),
}
# In the unit of the application; half of all clients declare under 150,000.
INCOME_BANDS: dict[str, tuple[float, float]] = {
    "under_100": (0, 100_000),
    "from_100_to_150": (100_000, 150_000),
    "from_150_to_200": (150_000, 200_000),
    "from_200_to_300": (200_000, 300_000),
    "from_300": (300_000, math.inf),
}


def _banded(column: str, bands: dict[str, tuple[float, float]]) -> str:
    cases = " ".join(
        f"when {column} < {below} then '{name}'"
        for name, (_, below) in bands.items()
        if below < math.inf
    )
    last = next(reversed(bands))
    return f"case {cases} when {column} is not null then '{last}' end"


# What each filter compares its option with.
PROPERTIES: dict[str, str] = {
    "contract_type": "dim_client.contract_type",
    "age_band": _banded("dim_client.age_years", AGE_BANDS),
    "income_band": _banded("dim_client.income_amount", INCOME_BANDS),
    "income_type": "dim_client.income_type",
    "occupation": "dim_client.occupation",
    "region_rating": "dim_client.region_rating::text",
    "decision": "client_score.decision",
    "rating": "client_score.rating",
}
FILTERS = tuple(PROPERTIES)


@dataclass(frozen=True)
class ClientFilter:
    """Which clients to list; an empty text leaves a property free."""

    contract_type: str = ""
    age_band: str = ""
    income_band: str = ""
    income_type: str = ""
    occupation: str = ""
    region_rating: str = ""
    decision: str = ""
    rating: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether every property is left free."""
        return self == ClientFilter()


@dataclass(frozen=True)
class Matches:
    """Some clients of a filter, by number.

    `goes_on` tells whether others follow these, `goes_back` whether others precede.
    """

    clients: tuple[Row, ...]
    goes_on: bool
    goes_back: bool = False


@dataclass(frozen=True)
class Place:
    """Which part of a list to show: after one client's number, or before it."""

    client_id: int = 0
    is_before: bool = False


def client_exists(warehouse: Warehouse, client_id: int) -> bool:
    """Tell whether a client of that number is in the marts."""
    query = "select 1 as found from marts.dim_client where client_id = %(client_id)s"
    return warehouse.row(query, {"client_id": client_id}) is not None


def prefix_ranges(prefix: str, longest: int = LONGEST_NUMBER) -> list[tuple[int, int]]:
    """Return the ranges of whole numbers that start with these digits.

    Ranges let the primary key answer a completion without a second index.

    Examples
    --------
    >>> prefix_ranges("42", longest=4)
    [(42, 42), (420, 429), (4200, 4299)]
    """
    start = int(prefix)
    return [
        (start * 10**more, (start + 1) * 10**more - 1)
        for more in range(longest - len(prefix) + 1)
    ]


def complete_number(
    warehouse: Warehouse, prefix: str, limit: int = SUGGESTION_LIMIT
) -> list[int]:
    """Return the first client numbers that start with these digits."""
    if not prefix.isdecimal() or prefix.startswith("0"):
        return []
    if len(prefix) > LONGEST_NUMBER:
        return []
    query = """
        select found.client_id
        from unnest(%(lows)s::bigint[], %(highs)s::bigint[]) as spans (low, high)
        cross join lateral (
            select dim_client.client_id
            from marts.dim_client
            where dim_client.client_id between spans.low and spans.high
            order by dim_client.client_id
            limit %(limit)s
        ) as found
        order by found.client_id
        limit %(limit)s
    """
    lows, highs = zip(*prefix_ranges(prefix), strict=True)
    parameters = {"lows": list(lows), "highs": list(highs), "limit": limit}
    return [row["client_id"] for row in warehouse.rows(query, parameters)]


def find_clients(
    warehouse: Warehouse,
    wanted: ClientFilter,
    place: Place | None = None,
    limit: int = MATCH_LIMIT,
) -> Matches:
    """Return the clients of a filter that come next to a place in the list."""
    place = place or Place()
    side, order = ("<", "desc") if place.is_before else (">", "asc")
    chosen = {name: value for name, value in asdict(wanted).items() if value}
    criteria = "".join(f" and {PROPERTIES[name]} = %({name})s" for name in chosen)
    clients = warehouse.rows(
        f"""
        select
            dim_client.client_id,
            dim_client.age_years,
            dim_client.contract_type,
            dim_client.income_type,
            dim_client.occupation,
            dim_client.credit_amount,
            client_score.decision,
            client_score.rating
        from marts.dim_client
        left join ops.client_score
            on dim_client.client_id = client_score.client_id
        where dim_client.client_id {side} %(place)s {criteria}
        order by dim_client.client_id {order}
        limit %(limit)s
        """,
        {**chosen, "place": place.client_id, "limit": limit + 1},
    )
    more, shown = len(clients) > limit, clients[:limit]
    if place.is_before:
        return Matches(tuple(reversed(shown)), goes_on=True, goes_back=more)
    return Matches(tuple(shown), goes_on=more, goes_back=place.client_id > 0)
