"""Read a client's application, and the features of other answers, from the warehouse.

``features.what_if`` is rendered by dbt from the formulas that fill the feature table.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from psycopg2 import extensions

from function_app.schemas.overrides import COLUMNS, Application
from function_app.warehouse.feature_table import (
    FeatureValue,
    feature_columns,
    plain_row,
)

_APPLICATION_QUERY = f"""
    select {", ".join(COLUMNS)}
    from marts.dim_client
    where client_id = %(client_id)s
"""


def what_if_query(feature_names: Sequence[str]) -> str:
    """Return the statement that reads these features for several sets of overrides."""
    return f"""
        select {feature_columns(feature_names)}
        from jsonb_array_elements(%(variants)s::jsonb)
            with ordinality as variant (overrides, number)
        cross join lateral features.what_if(%(client_id)s, variant.overrides)
        order by variant.number
    """


def read_application(cursor: extensions.cursor, client_id: int) -> Application | None:
    """Return a client's answers, or None where no client has the number."""
    cursor.execute(_APPLICATION_QUERY, {"client_id": client_id})
    row = cursor.fetchone()
    return None if row is None else dict(zip(COLUMNS, row, strict=True))


def read_variants(
    cursor: extensions.cursor,
    query: str,
    feature_names: Sequence[str],
    client_id: int,
    variants: Sequence[Mapping[str, Any]],
) -> list[dict[str, FeatureValue]]:
    """Return one feature row per set of overrides, in their order.

    Parameters
    ----------
    cursor : psycopg2 cursor
    query : str
        Made by :func:`what_if_query` of the same names.
    feature_names : sequence of str
    client_id : int
        Of a client that there is.
    variants : sequence of mapping of str to object
        Columns of ``marts.dim_client`` with their other values.

    Raises
    ------
    FeatureRowError
        If a column holds values that are neither numbers nor text.
    """
    cursor.execute(
        query,
        {"client_id": client_id, "variants": json.dumps(variants, allow_nan=False)},
    )
    return [plain_row(feature_names, row) for row in cursor.fetchall()]
