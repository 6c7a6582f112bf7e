"""Read clients' rows of the feature table."""

import logging
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal

from psycopg2 import extensions

from function_app.errors import DatabaseMismatchError
from function_app.logs import log_event
from function_app.warehouse.prepared_query import PreparedQuery
from scoring import FeatureRowError

FEATURE_SCHEMA = "features"
FEATURE_TABLE = "client_features"

FeatureValue = float | str | None
FeatureRow = dict[str, FeatureValue]

_COLUMNS_QUERY = """
    select attribute.attname
    from pg_catalog.pg_attribute as attribute
    where
        attribute.attrelid = pg_catalog.to_regclass(%s)
        and attribute.attnum > 0
        and not attribute.attisdropped
        and pg_catalog.has_column_privilege(
            attribute.attrelid, attribute.attnum, 'SELECT'
        )
"""


def rows_query(feature_names: Sequence[str]) -> PreparedQuery:
    """Return the statement that reads these features of clients by primary key.

    Parameters
    ----------
    feature_names : sequence of str
        Columns, in the model's order.
    """
    columns = ", ".join(map(_quoted, feature_names))
    return PreparedQuery(
        f"select client_id, {columns} from {FEATURE_SCHEMA}.{FEATURE_TABLE} "
        "where client_id = any($1)",
        "bigint[]",
    )


def feature_columns(feature_names: Sequence[str]) -> str:
    """Return these columns as a statement with placeholders lists them."""
    # A per cent sign would be read as a placeholder by psycopg2.
    return ", ".join(_quoted(name).replace("%", "%%") for name in feature_names)


def read_rows(
    cursor: extensions.cursor,
    query: PreparedQuery,
    feature_names: Sequence[str],
    client_ids: Sequence[int],
) -> dict[int, FeatureRow]:
    """Read the features of clients.

    Parameters
    ----------
    cursor : psycopg2 cursor
    query : PreparedQuery
        Made by :func:`rows_query` of the same names.
    feature_names : sequence of str
    client_ids : sequence of int

    Returns
    -------
    dict of int to dict of str to float, str or None
        By client, the model's inputs as JSON can keep them; unknown clients are absent.

    Raises
    ------
    FeatureRowError
        If a column holds values that are neither numbers nor text.
    """
    query.execute(cursor, list(client_ids))
    return {
        client_id: plain_row(feature_names, row)
        for client_id, *row in cursor.fetchall()
    }


def plain_row(feature_names: Sequence[str], row: Sequence[object]) -> FeatureRow:
    """Return a row as the model reads it and JSON can keep it.

    Raises
    ------
    FeatureRowError
        If a value is neither a number nor text.
    """
    return dict(zip(feature_names, map(_plain, row), strict=True))


@contextmanager
def fitting_the_model() -> Iterator[None]:
    """Tell of features that do not fit the model as of a database in another state.

    Raises
    ------
    DatabaseMismatchError
        In the place of a FeatureRowError.
    """
    try:
        yield
    except FeatureRowError as error:
        # Its message names features and types, never values.
        log_event(logging.ERROR, "feature_row_refused", reason=str(error))
        raise DatabaseMismatchError("The features do not fit the model.") from error


def missing_columns(
    cursor: extensions.cursor, feature_names: Sequence[str]
) -> list[str]:
    """Return the features that the table lacks or the role may not read."""
    cursor.execute(_COLUMNS_QUERY, (f"{FEATURE_SCHEMA}.{FEATURE_TABLE}",))
    readable = {name for (name,) in cursor.fetchall()}
    return [name for name in ("client_id", *feature_names) if name not in readable]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _plain(value: object) -> FeatureValue:
    # Nearly all are these two, and there are hundreds for each client.
    if value is None:
        return None
    if type(value) is float:
        # NaN and infinities are no JSON; what is logged must be what was scored.
        return value if math.isfinite(value) else None
    if isinstance(value, str):
        return value
    if isinstance(value, (bool, int, float, Decimal)):
        return _plain(float(value))
    raise FeatureRowError(f"A feature column holds {type(value).__name__} values.")
