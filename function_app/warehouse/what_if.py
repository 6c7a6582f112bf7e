"""Read a client's application, and the features of other answers, from the warehouse.

``features.what_if`` is rendered by dbt from the formulas that fill the feature table.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from psycopg2 import extensions

from function_app.schemas.overrides import COLUMNS, Application
from function_app.warehouse.feature_table import (
    FeatureRow,
    FeatureRows,
    with_placeholders,
)

_APPLICATION_QUERY = f"""
    select {", ".join(COLUMNS)}
    from marts.dim_client
    where client_id = %(client_id)s
"""


def _variants_query(features: FeatureRows) -> str:
    return f"""
        select {with_placeholders(features.packed)}
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
    features: FeatureRows,
    client_id: int,
    variants: Sequence[Mapping[str, Any]],
) -> list[FeatureRow]:
    """Return one feature row per set of overrides, in their order.

    Parameters
    ----------
    cursor : psycopg2 cursor
    features : FeatureRows
        Of the model that is asked.
    client_id : int
        Of a client that there is.
    variants : sequence of mapping of str to object
        Columns of ``marts.dim_client`` with their other values.
    """
    cursor.execute(
        _variants_query(features),
        {"client_id": client_id, "variants": json.dumps(variants, allow_nan=False)},
    )
    return [features.unpacked(*packed) for packed in cursor.fetchall()]
