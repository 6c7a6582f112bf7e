"""The feature table in memory, read the fast way.

Every column is sent as a four-byte float, NaN where nothing is known and the index of
the code where the feature is categorical. So each row of PostgreSQL's binary COPY has
the same width, and whole chunks become matrix rows without any parsing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from psycopg2 import extensions, sql
from psycopg2.errors import InsufficientPrivilege, UndefinedTable

from scoring import Feature, Theme
from training.data.catalogue import Catalogue, read_catalogue, with_categories
from training.data.constraints import read_directions
from training.data.fingerprint import data_fingerprint
from training.data.origin import Origin, read_origin
from training.errors import FeatureTableError

_CHUNK_BYTES = 1 << 23
_COPY_HEADER_BYTES = 19

# Labelled clients first, so that the training matrix is a slice and not a copy.
_CLIENT_ORDER = "dim_client.is_default is null, dim_client.client_id"

_CLIENTS_QUERY = f"""
    select
        dim_client.client_id,
        dim_client.is_default,
        dim_client.gender,
        dim_client.age_years
    from features.client_features
    inner join marts.dim_client
        on client_features.client_id = dim_client.client_id
    order by {_CLIENT_ORDER}
"""


@dataclass(frozen=True)
class FeatureTable:
    """All clients, the labelled ones first.

    Attributes
    ----------
    features : tuple of Feature
        In column order, with their categories, without typical values.
    themes : tuple of Theme
    matrix : ndarray of shape (n_clients, n_features), float32
        Categorical features hold indices of categories; NaN is missing.
    client_ids : ndarray of shape (n_clients,), int64
        Keys of the rows.
    is_default : ndarray of shape (n_labelled,), bool
    genders : ndarray of shape (n_labelled,), object
        For the audit alone; None where unknown.
    ages : ndarray of shape (n_labelled,), float64
        Years, for the audit; NaN where unknown.
    fingerprint : str
        Of the rows, the outcome and the catalogue.
    expected_directions : mapping of str to int
        By name of the feature, as the catalogue has them: 1 where more is expected to
        mean more risk, -1 where less, 0 where unknown.
    origin : Origin
    """

    features: tuple[Feature, ...]
    themes: tuple[Theme, ...]
    matrix: NDArray[np.float32]
    client_ids: NDArray[np.int64]
    is_default: NDArray[np.bool_]
    genders: NDArray[np.object_]
    ages: NDArray[np.float64]
    fingerprint: str
    expected_directions: Mapping[str, int] = field(default_factory=dict)
    origin: Origin = field(default_factory=Origin)

    @property
    def labelled(self) -> NDArray[np.float32]:
        """Rows whose outcome is known, as a view of the matrix."""
        return self.matrix[: self.is_default.size]

    @property
    def unlabelled(self) -> NDArray[np.float32]:
        """Rows whose outcome is not known, as a view of the matrix."""
        return self.matrix[self.is_default.size :]

    @property
    def categorical_positions(self) -> list[int]:
        """Columns that hold indices of categories."""
        return [
            position
            for position, feature in enumerate(self.features)
            if feature.data_type == "categorical"
        ]


def read_feature_table(connection: extensions.connection) -> FeatureTable:
    """Read features, outcomes and catalogue in one snapshot.

    Parameters
    ----------
    connection : connection
        Of a role that reads the marts and the features; outside any transaction.

    Returns
    -------
    FeatureTable

    Raises
    ------
    FeatureTableError
        If a table is absent or empty, no client has an outcome, all have the same, or
        the catalogue does not fit the table.
    """
    connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
    try:
        with connection:
            return _read(connection)
    except (UndefinedTable, InsufficientPrivilege) as error:
        raise FeatureTableError(
            f"The feature table cannot be read ({str(error).splitlines()[0]}). Run "
            "`dbt build --project-dir dbt_project`."
        ) from error


def _read(connection: extensions.connection) -> FeatureTable:
    catalogue = _verified_catalogue(connection)
    client_ids, is_default, genders, ages = _read_clients(connection)
    codes = _read_codes(connection, catalogue.features)
    # A categorical column without any code among the labelled clients teaches nothing,
    # and a category is what the manifest demands of it.
    catalogue = _without_empty_categoricals(catalogue, codes)
    matrix = _read_matrix(connection, catalogue.features, codes, client_ids)
    return FeatureTable(
        features=with_categories(connection, catalogue, codes),
        themes=catalogue.themes,
        matrix=matrix,
        client_ids=client_ids,
        is_default=is_default,
        genders=genders,
        ages=ages,
        fingerprint=data_fingerprint(connection),
        expected_directions=read_directions(connection),
        origin=read_origin(connection),
    )


def _verified_catalogue(connection: extensions.connection) -> Catalogue:
    with connection.cursor() as cursor:
        cursor.execute("select * from features.client_features limit 0")
        columns = {column.name for column in cursor.description or ()} - {"client_id"}
    catalogue = read_catalogue(connection)
    described = {feature.name for feature in catalogue.features}
    if described != columns:
        odd = sorted(described ^ columns)
        raise FeatureTableError(
            "features.client_features and features.feature_catalogue do not describe "
            f"the same columns: {', '.join(odd[:5])} ({len(odd)} in all) stand in one "
            "alone. Run `dbt build --project-dir dbt_project`."
        )
    return catalogue


def _without_empty_categoricals(
    catalogue: Catalogue, codes: dict[str, Sequence[str]]
) -> Catalogue:
    kept = [
        position
        for position, feature in enumerate(catalogue.features)
        if feature.data_type == "numeric" or codes[feature.name]
    ]
    features = tuple(catalogue.features[position] for position in kept)
    used = {feature.theme for feature in features}
    return Catalogue(
        features=features,
        themes=tuple(theme for theme in catalogue.themes if theme.code in used),
        code_sets=tuple(catalogue.code_sets[position] for position in kept),
    )


def _read_clients(
    connection: extensions.connection,
) -> tuple[
    NDArray[np.int64], NDArray[np.bool_], NDArray[np.object_], NDArray[np.float64]
]:
    with connection.cursor() as cursor:
        cursor.execute(_CLIENTS_QUERY)
        rows = cursor.fetchall()
    if not rows:
        raise FeatureTableError(
            "features.client_features is empty. Load data with `python -m ingestion "
            "load SOURCE`, then run `dbt build --project-dir dbt_project`."
        )
    labelled = [row for row in rows if row[1] is not None]
    outcomes = np.array([row[1] for row in labelled], dtype=np.bool_)
    if not labelled:
        raise FeatureTableError(
            f"None of the {len(rows)} clients has an outcome (is_default): there is "
            "nothing to learn from. Was application_train loaded?"
        )
    if outcomes.all() or not outcomes.any():
        raise FeatureTableError(
            f"All {len(labelled)} labelled clients have the same outcome: there is "
            "nothing to learn from."
        )
    return (
        np.array([row[0] for row in rows], dtype=np.int64),
        outcomes,
        np.array([row[2] for row in labelled], dtype=np.object_),
        np.array([row[3] for row in labelled], dtype=np.float64),
    )


def _read_codes(
    connection: extensions.connection, features: Sequence[Feature]
) -> dict[str, Sequence[str]]:
    """Read the codes of the labelled clients, in alphabetical order."""
    categorical = [f.name for f in features if f.data_type == "categorical"]
    codes: dict[str, Sequence[str]] = {name: [] for name in categorical}
    if not categorical:
        return codes
    aggregates = sql.SQL(", ").join(
        sql.SQL(
            "array_agg(distinct {column}) filter (where {column} is not null)"
        ).format(column=sql.Identifier("client_features", name))
        for name in categorical
    )
    query = sql.SQL(
        "select {} from features.client_features inner join marts.dim_client "
        "on client_features.client_id = dim_client.client_id "
        "where dim_client.is_default is not null"
    ).format(aggregates)
    with connection.cursor() as cursor:
        cursor.execute(query)
        found = cursor.fetchone() or ()
    # Sorted here: the order must not depend on the server's collation.
    codes.update(
        (name, sorted(values or ()))
        for name, values in zip(categorical, found, strict=True)
    )
    return codes


def _read_matrix(
    connection: extensions.connection,
    features: Sequence[Feature],
    codes: dict[str, Sequence[str]],
    client_ids: NDArray[np.int64],
) -> NDArray[np.float32]:
    columns = sql.SQL(", ").join(_float_column(feature, codes) for feature in features)
    query = sql.SQL(
        "copy (select client_features.client_id::bigint, {columns} "
        "from features.client_features inner join marts.dim_client "
        "on client_features.client_id = dim_client.client_id order by {order}) "
        "to stdout (format binary)"
    ).format(columns=columns, order=sql.SQL(_CLIENT_ORDER))
    sink = _MatrixSink(client_ids, len(features))
    with connection.cursor() as cursor:
        cursor.copy_expert(query, sink)
    return sink.finished()


def _float_column(feature: Feature, codes: dict[str, Sequence[str]]) -> sql.Composable:
    column: sql.Composable = sql.Identifier("client_features", feature.name)
    if feature.data_type == "categorical":
        column = sql.SQL("array_position({}::text[], {}) - 1").format(
            sql.Literal(list(codes[feature.name])), column
        )
    return sql.SQL("coalesce(({})::real, 'NaN'::real)").format(column)


class _MatrixSink:
    """Receive binary COPY output of fixed width and fill a matrix with it."""

    def __init__(self, client_ids: NDArray[np.int64], feature_count: int) -> None:
        self._client_ids = client_ids
        self._row = np.dtype(
            [
                ("field_count", ">i2"),
                ("key_length", ">i4"),
                ("key", ">i8"),
                ("values", [("length", ">i4"), ("value", ">f4")], (feature_count,)),
            ]
        )
        self._matrix = np.empty((client_ids.size, feature_count), dtype=np.float32)
        self._filled = 0
        self._pending = bytearray()
        self._header_left = _COPY_HEADER_BYTES

    def write(self, data: bytes) -> int:
        """Take the next piece of the stream."""
        self._pending += data
        if len(self._pending) >= _CHUNK_BYTES:
            self._drain()
        return len(data)

    def finished(self) -> NDArray[np.float32]:
        """Return the matrix after the last piece."""
        self._drain()
        if self._filled != self._client_ids.size:
            raise FeatureTableError(
                f"The feature table gave {self._filled} rows of "
                f"{self._client_ids.size}."
            )
        return self._matrix

    def _drain(self) -> None:
        available = (len(self._pending) - self._header_left) // self._row.itemsize
        count = min(available, self._client_ids.size - self._filled)
        if count <= 0:
            return
        end = self._header_left + count * self._row.itemsize
        rows = np.frombuffer(
            bytes(self._pending[self._header_left : end]), dtype=self._row
        )
        target = slice(self._filled, self._filled + count)
        if (rows["key"] != self._client_ids[target]).any():
            raise FeatureTableError("The feature table and the clients are misaligned.")
        chunk = self._matrix[target]
        chunk[:] = rows["values"]["value"]
        chunk[~np.isfinite(chunk)] = np.nan
        self._filled += count
        del self._pending[:end]
        self._header_left = 0
