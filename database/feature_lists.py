"""Check that decisions' inputs still have the names that they were logged with.

A decision keeps its inputs' values and the SHA-256 of their names, and both are in its
hash. The names themselves are a row of ``ops.feature_list``, outside of the chain: they
are the right ones where they have that SHA-256, computed here, and are as many as the
values.
"""

import hashlib
from dataclasses import dataclass

from psycopg2 import extensions

_LISTS = "select names_hash, feature_names from ops.feature_list"

_REFERENCES = """
    select
        entry.inputs ->> 'names',
        jsonb_array_length(entry.inputs -> 'values'),
        count(*),
        min(entry.chain_number)
    from ops.decision_log as entry
    where jsonb_typeof(entry.inputs -> 'values') = 'array'
    group by 1, 2
    order by 4
"""


@dataclass(frozen=True)
class ListReport:
    """What a check of the names has found.

    Parameters
    ----------
    decisions
        How many have their inputs' names.
    fault
        What is wrong with the first that has not, None where all have.
    """

    decisions: int
    fault: str | None


def verify_lists(connection: extensions.connection) -> ListReport:
    """Compare every decision's names with those that the database keeps.

    Parameters
    ----------
    connection
        Of the auditor or the administrator, outside any transaction.
    """
    # Decisions first: the names of those logged meanwhile are there before them.
    with connection, connection.cursor() as cursor:
        cursor.execute(_REFERENCES)
        references = cursor.fetchall()
        cursor.execute(_LISTS)
        lists = {bytes(key).hex(): tuple(names) for key, names in cursor.fetchall()}
    sound = 0
    for names_hash, values, decisions, first in references:
        names = lists.get(names_hash)
        if names is None or len(names) != values or _hash(names) != names_hash:
            what = "are missing" if names is None else "are not what was hashed"
            return ListReport(
                sound,
                f"the names of the inputs of decision {first} and {decisions - 1} "
                f"more {what} in ops.feature_list",
            )
        sound += decisions
    return ListReport(sound, None)


def _hash(names: tuple[str, ...]) -> str:
    return hashlib.sha256("\n".join(names).encode()).hexdigest()
