"""Write ``ops.feature_list``: the names of inputs, once for all decisions on them."""

import hashlib
from collections.abc import Sequence
from functools import lru_cache

from psycopg2 import extensions

_INSERT = """
    insert into ops.feature_list (names_hash, feature_names, feature_count)
    values {rows}
    on conflict (names_hash) do nothing
"""


@lru_cache(maxsize=16)
def names_hash(names: tuple[str, ...]) -> str:
    """Return by what a decision refers to the names of its inputs, in hexadecimal."""
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


def feature_lists_statement(
    cursor: extensions.cursor, lists: Sequence[tuple[str, ...]]
) -> bytes:
    """Return the statement that adds these lists of names where they are missing."""
    rows = [
        cursor.mogrify(
            "(decode(%s, 'hex'), %s::text[], %s)",
            (names_hash(names), list(names), len(names)),
        )
        for names in lists
    ]
    head, _, tail = _INSERT.partition("{rows}")
    return head.encode() + b", ".join(rows) + tail.encode()
