"""Read what was decided, a few hundred clients at a time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from psycopg2 import extensions

from function_app.drift.period import Period
from function_app.warehouse.feature_table import FeatureValue

_CHUNK = 500
# Of one statement: the first sorts a day's decisions, before any of them is read.
_STATEMENT_TIMEOUT = "10min"

# A client asked about twice is one client: an advisor's second look is no drift.
_LATEST_BY_CLIENT = """
    with latest as (
        select client_id, decided_at, probability, decision, inputs
        from ops.decision_log
        where
            decided_at >= %(since)s
            and decided_at < %(until)s
            and model_version = %(model_version)s
        order by decided_at desc
        limit %(most)s
    ),

    latest_by_client as (
        select distinct on (client_id) probability, decision, inputs
        from latest
        order by client_id asc, decided_at desc
    )

    select probability, decision, ops.named_inputs(inputs)
    from latest_by_client
"""


@dataclass(frozen=True, slots=True)
class Decided:
    """What drift is told from, of one client; not who it is."""

    probability: float
    decision: str
    inputs: Mapping[str, FeatureValue]


def read_decided(
    connection: extensions.connection,
    model_version: str,
    period: Period,
    most: int | None = None,
) -> Iterator[Sequence[Decided]]:
    """Read the last decision on each client of a period, in chunks.

    Parameters
    ----------
    connection : connection
        Of a role that may read the log, in no transaction.
    model_version : str
        Whose decisions.
    period : Period
    most : int, optional
        Only so many decisions, the latest ones.

    Yields
    ------
    sequence of Decided
        At least one; few enough to be held at once.
    """
    wanted = {
        "since": period.since,
        "until": period.until,
        "model_version": model_version,
        "most": most,
    }
    with connection:
        with connection.cursor() as cursor:
            cursor.execute(f"set local statement_timeout = '{_STATEMENT_TIMEOUT}'")
        with connection.cursor("decided") as cursor:
            cursor.execute(_LATEST_BY_CLIENT, wanted)
            while rows := cursor.fetchmany(_CHUNK):
                yield [Decided(*row) for row in rows]
