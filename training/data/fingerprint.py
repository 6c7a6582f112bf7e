"""Fingerprints of data and code: whether a new run could give another model."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path

from psycopg2 import extensions
from psycopg2.errors import InsufficientPrivilege, UndefinedTable

import scoring
from training.errors import FeatureTableError

# Sums of row hashes: whatever the order of the rows, and without sending one of them.
_QUERIES = (
    """
    select count(*), sum(hash_record_extended(client_features, 0)::numeric)::text
    from features.client_features
    """,
    """
    select
        count(*),
        sum(
            hash_record_extended(
                (client_id, is_default, gender, age_years), 0
            )::numeric
        )::text
    from marts.dim_client
    """,
    """
    select count(*), sum(hashtextextended(feature_catalogue::text, 0)::numeric)::text
    from features.feature_catalogue
    """,
    """
    select count(*), sum(hashtextextended(ref_code_label::text, 0)::numeric)::text
    from marts.ref_code_label
    """,
)

_LIBRARIES = ("lightgbm", "numpy", "scikit-learn")


def data_fingerprint(connection: extensions.connection) -> str:
    """Hash everything in the database that training reads.

    Returns
    -------
    str
        64 hexadecimal digits.

    Raises
    ------
    FeatureTableError
        If a table is absent.
    """
    found = []
    try:
        with connection.cursor() as cursor:
            for query in _QUERIES:
                cursor.execute(query)
                found.append(cursor.fetchone())
    except (UndefinedTable, InsufficientPrivilege) as error:
        raise FeatureTableError(
            f"The feature table cannot be read ({str(error).splitlines()[0]}). Run "
            "`dbt build --project-dir dbt_project`."
        ) from error
    return hashlib.sha256(json.dumps(found).encode()).hexdigest()


def code_fingerprint() -> str:
    """Hash the code that makes a model: training, scoring, and their libraries.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    packages = (Path(__file__).parent.parent, Path(scoring.__file__).parent)
    return fingerprint_of_files(
        (
            path
            for package in packages
            for path in package.rglob("*")
            if path.suffix in {".py", ".j2", ".css", ".json"}
        ),
        library_versions(),
    )


def fingerprint_of_files(paths: Iterable[Path], versions: Mapping[str, str]) -> str:
    """Hash files of the house, with their places in it, and versions of libraries.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    digest = hashlib.sha256(json.dumps(versions).encode())
    house = Path(scoring.__file__).parent.parent
    for path in sorted(paths):
        digest.update(path.relative_to(house).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def library_versions(names: Iterable[str] = _LIBRARIES) -> dict[str, str]:
    """Return the versions of libraries, by default of those that shape a model."""
    return {name: version(name) for name in names}


def digest_of(*parts: object) -> str:
    """Hash anything that JSON can hold.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
