"""The dates of a person's life that tell who applies twice, for the audit alone."""

import numpy as np
from numpy.typing import NDArray
from psycopg2 import extensions
from psycopg2.errors import InsufficientPrivilege, UndefinedColumn, UndefinedTable

from training.errors import FeatureTableError

_QUERY = """
    select
        client_id,
        age_years,
        registration_years,
        id_document_years,
        employment_years
    from marts.dim_client
"""


def read_person_years(
    connection: extensions.connection, client_ids: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Read the years since birth, registration, identity document and employment.

    Parameters
    ----------
    connection : connection
        Of a role that reads the marts.
    client_ids : ndarray of shape (n_clients,)

    Returns
    -------
    ndarray of shape (n_clients, 4)
        In the order of the clients; NaN where unknown.

    Raises
    ------
    FeatureTableError
        If the columns are absent, or a client is.
    """
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(_QUERY)
            years = {row[0]: row[1:] for row in cursor.fetchall()}
    except (UndefinedTable, UndefinedColumn, InsufficientPrivilege) as error:
        raise FeatureTableError(
            f"marts.dim_client cannot be read ({str(error).splitlines()[0]}). Run "
            "`dbt build --project-dir dbt_project`."
        ) from error
    absent = [client for client in client_ids.tolist() if client not in years]
    if absent:
        raise FeatureTableError(
            f"{len(absent)} clients of the feature table are not in marts.dim_client. "
            "Run `dbt build --project-dir dbt_project`, then try again."
        )
    return np.array([years[client] for client in client_ids.tolist()], np.float64)
