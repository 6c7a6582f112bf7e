"""Read clients' rows of the feature table."""

import logging
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from psycopg2 import extensions

from function_app.errors import DatabaseMismatchError
from function_app.logs import log_event
from function_app.warehouse.prepared_query import PreparedQuery
from scoring import Feature, FeatureRowError

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


class FeatureRows:
    """Reads the features of one model, packed into an array each of its two kinds.

    A row of hundreds of columns comes with as many descriptions of columns, which take
    three quarters of the time that it takes.

    Parameters
    ----------
    features : sequence of Feature
        In the model's order.

    Attributes
    ----------
    packed : str
        The two arrays as a statement selects them from whatever has these columns.
    by_client : PreparedQuery
        Reads clients by primary key.
    """

    def __init__(self, features: Sequence[Feature]) -> None:
        self._names = tuple(feature.name for feature in features)
        self._places_of_codes = tuple(
            place
            for place, feature in enumerate(features)
            if feature.data_type == "categorical"
        )
        codes = [self._names[place] for place in self._places_of_codes]
        numbers = [name for name in self._names if name not in codes]
        self.packed = f"{_array(numbers, 'real')}, {_array(codes, 'text')}"
        self.by_client = PreparedQuery(
            f"select client_id, {self.packed} from {FEATURE_SCHEMA}.{FEATURE_TABLE} "
            "where client_id = any($1)",
            "bigint[]",
        )

    def read(
        self, cursor: extensions.cursor, client_ids: Sequence[int]
    ) -> dict[int, FeatureRow]:
        """Read the features of clients.

        Returns
        -------
        dict of int to dict of str to float, str or None
            By client, the model's inputs as JSON can keep them; unknown clients are
            absent.
        """
        self.by_client.execute(cursor, list(client_ids))
        return {
            client_id: self.unpacked(numbers, codes)
            for client_id, numbers, codes in cursor.fetchall()
        }

    def unpacked(
        self, numbers: Sequence[float | None], codes: Sequence[str | None]
    ) -> FeatureRow:
        """Return what :attr:`packed` selects as a row by name, in the model's order."""
        values: list[FeatureValue] = list(numbers)
        # NaN and infinities are no JSON; what is logged must be what was scored. One
        # of them makes the sum one, and there hardly ever is any.
        if not math.isfinite(sum(filter(None, numbers))):
            values = [
                None if number is None or not math.isfinite(number) else number
                for number in numbers
            ]
        for place, code in zip(self._places_of_codes, codes, strict=True):
            values.insert(place, code)
        return dict(zip(self._names, values, strict=True))


def feature_columns(feature_names: Sequence[str]) -> str:
    """Return these columns as a statement lists them."""
    return ", ".join(map(_quoted, feature_names))


def with_placeholders(columns: str) -> str:
    """Write columns for a statement that has placeholders.

    psycopg2 would take a per cent sign for the beginning of one.
    """
    return columns.replace("%", "%%")


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


def _array(names: Sequence[str], data_type: str) -> str:
    # Not cast: what has become a column of another type is no input of the model.
    return f"array[{feature_columns(names)}]" if names else f"array[]::{data_type}[]"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
