"""Finding clients: by number, by the start of a number, by filters."""

from __future__ import annotations

from dataclasses import dataclass

from bokeh_app.warehouse import Row, Warehouse

LONGEST_NUMBER = 9
SUGGESTION_LIMIT = 8
MATCH_LIMIT = 10

AGE_BANDS: dict[str, tuple[int, int]] = {
    "under_30": (0, 30),
    "from_30_to_39": (30, 40),
    "from_40_to_49": (40, 50),
    "from_50_to_59": (50, 60),
    "from_60": (60, 200),
}


@dataclass(frozen=True)
class ClientFilter:
    """Which clients to list; an empty text leaves a property free."""

    contract_type: str = ""
    age_band: str = ""
    income_type: str = ""
    occupation: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether every property is left free."""
        return self == ClientFilter()


@dataclass(frozen=True)
class Matches:
    """Some clients of a filter, by number, and how many there are in all.

    `goes_on` tells whether others follow these.
    """

    count: int
    clients: tuple[Row, ...]
    goes_on: bool


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


_MATCHING = """
    (%(contract_type)s = '' or dim_client.contract_type = %(contract_type)s)
    and (%(income_type)s = '' or dim_client.income_type = %(income_type)s)
    and (%(occupation)s = '' or dim_client.occupation = %(occupation)s)
    and (
        %(age_band)s = ''
        or (
            dim_client.age_years >= %(age_from)s
            and dim_client.age_years < %(age_below)s
        )
    )
"""


def find_clients(
    warehouse: Warehouse,
    wanted: ClientFilter,
    *,
    after: int = 0,
    limit: int = MATCH_LIMIT,
) -> Matches:
    """Return the clients of a filter whose number comes after `after`."""
    low, high = AGE_BANDS.get(wanted.age_band, (0, 0))
    parameters: dict[str, object] = {
        "contract_type": wanted.contract_type,
        "income_type": wanted.income_type,
        "occupation": wanted.occupation,
        "age_band": wanted.age_band,
        "age_from": low,
        "age_below": high,
        "after": after,
        "limit": limit + 1,
    }
    count = warehouse.row(
        "select count(*) as client_count from marts.dim_client where " + _MATCHING,
        parameters,
    )
    clients = warehouse.rows(
        f"""
        select
            dim_client.client_id,
            dim_client.age_years,
            dim_client.contract_type,
            dim_client.income_type,
            dim_client.occupation,
            dim_client.credit_amount
        from marts.dim_client
        where {_MATCHING} and dim_client.client_id > %(after)s
        order by dim_client.client_id
        limit %(limit)s
        """,
        parameters,
    )
    return Matches(
        count=int(count["client_count"]) if count else 0,
        clients=tuple(clients[:limit]),
        goes_on=len(clients) > limit,
    )
