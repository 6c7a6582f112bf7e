from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from bokeh_app.queries.catalogue import Catalogue, read_catalogue
from bokeh_app.queries.population import Population
from bokeh_app.sources.warehouse import Warehouse
from database import DatabaseError, connect


@pytest.fixture(scope="package")
def marts(built_warehouse: Path) -> Iterator[Warehouse]:
    """The built marts, read as the dashboard reads them."""
    opened = Warehouse(
        partial(connect, "advisor", read_only=True), unavailable=(DatabaseError,)
    )
    yield opened
    opened.close()


@pytest.fixture(scope="package")
def catalogue(marts: Warehouse) -> Catalogue:
    return read_catalogue(marts)


@pytest.fixture(scope="package")
def population(marts: Warehouse) -> Population:
    return Population(marts)


@pytest.fixture(scope="package")
def some_client(marts: Warehouse) -> int:
    """A client with loans here and elsewhere."""
    row = marts.row(
        """
        select client_id
        from marts.fct_installment
        inner join marts.fct_bureau_credit using (client_id)
        inner join marts.fct_previous_application using (client_id)
        order by client_id
        limit 1
        """
    )
    assert row is not None
    return int(row["client_id"])
