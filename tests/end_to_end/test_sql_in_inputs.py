"""SQL in what people and programs may type is taken as text, and does nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import httpx
import psycopg2
import pytest

from bokeh_app.errors import DashboardError
from bokeh_app.queries.catalogue import read_catalogue
from bokeh_app.queries.clients import (
    FILTERS,
    ClientFilter,
    complete_number,
    find_clients,
)
from bokeh_app.queries.groups import Members
from bokeh_app.queries.population import Population
from bokeh_app.sources.warehouse import Warehouse
from database import DatabaseError, connect
from tests.conftest import ScoringApi
from tests.running import run_module

HOSTILE = [
    "1; drop table ops.load_log; --",
    "' or '1'='1",
    "'); truncate ops.load_log; --",
    '"; drop schema marts cascade; --',
    "$$; drop table marts.dim_client; $$",
    "%s %(client_id)s {} \\",
]

# Every table with its rows, but for decisions: to answer is to log.
STATE = """
    select format('%s.%s', schemaname, tablename),
        case when tablename not like 'decision\\_%' then xpath('/row/c/text()',
            query_to_xml(format('select count(*) as c from %I.%I', schemaname,
                tablename), false, true, ''))::text end
    from pg_tables
    where schemaname !~ '^pg_|information_schema'
    order by 1
"""


def state() -> list[tuple[object, ...]]:
    with closing(connect("auditor")) as auditor, auditor.cursor() as cursor:
        cursor.execute(STATE)
        return list(cursor.fetchall())


@pytest.fixture(scope="module")
def before(scoring_api: ScoringApi) -> list[tuple[object, ...]]:
    return state()


@pytest.fixture(autouse=True)
def nothing_is_touched(before: list[tuple[object, ...]]) -> Iterator[None]:
    yield
    assert state() == before


@pytest.fixture(scope="module")
def marts(built_warehouse: Path) -> Iterator[Warehouse]:
    opened = Warehouse(
        partial(connect, "advisor", read_only=True), unavailable=(DatabaseError,)
    )
    yield opened
    opened.close()


@pytest.fixture
def api(scoring_api: ScoringApi) -> Iterator[httpx.Client]:
    headers = {"x-functions-key": scoring_api.key}
    with httpx.Client(
        base_url=f"{scoring_api.base_url}/api/v1", headers=headers
    ) as api:
        yield api


@pytest.fixture(scope="module")
def client_id(marts: Warehouse) -> int:
    row = marts.row("select min(client_id) as client_id from marts.dim_client")
    assert row is not None
    return int(row["client_id"])


@pytest.mark.parametrize("text", HOSTILE)
def test_in_a_client_number_or_a_language(
    api: httpx.Client, client_id: int, text: str
) -> None:
    path = httpx.URL("/").copy_with(path=f"/api/v1/clients/{client_id}{text}/score")
    assert api.get(str(api.base_url.join(path))).status_code in {404, 422}
    answer = api.get(f"clients/{client_id}/score", params={"lang": text})
    assert answer.status_code == 422
    decision = httpx.URL("/").copy_with(path=f"/api/v1/decisions/{text}")
    assert api.get(str(api.base_url.join(decision))).status_code in {404, 422}


@pytest.mark.parametrize("text", HOSTILE)
def test_in_what_a_caller_says_of_itself(
    api: httpx.Client, client_id: int, text: str
) -> None:
    answer = api.get(f"clients/{client_id}/score", headers={"x-request-id": text})
    assert answer.status_code == 200
    logged = api.get(f"decisions/{answer.json()['decision_id']}")
    assert logged.json()["decision_id"] == answer.json()["decision_id"]


@pytest.mark.parametrize("text", HOSTILE)
def test_in_the_dashboards_filters_and_number(marts: Warehouse, text: str) -> None:
    for name in FILTERS:
        assert find_clients(marts, ClientFilter(**{name: text})).clients == ()
    assert complete_number(marts, text) == []


@pytest.mark.parametrize("text", HOSTILE)
def test_in_the_dashboards_variable(
    marts: Warehouse, client_id: int, text: str
) -> None:
    catalogue = read_catalogue(marts)
    with pytest.raises(DashboardError):
        catalogue.variable(text)
    # Even a catalogue that held such a name would not run it.
    listed = next(iter(catalogue.variables.values()))
    forged = type(listed)(**{**vars(listed), "name": text})
    with pytest.raises((DashboardError, TypeError)):  # psycopg2 takes % for a gap
        Population(marts).standing(forged, Members(), client_id)


@pytest.mark.parametrize("text", HOSTILE)
def test_in_an_override_of_what_if(client_id: int, text: str) -> None:
    with closing(connect("scorer")) as scorer, scorer.cursor() as cursor:
        query = "select f::text from features.what_if(%s, %s) as f"
        cursor.execute(query, [client_id, "{}"])
        untouched = cursor.fetchall()
        cursor.execute(query, [client_id, json.dumps({text: text})])
        assert cursor.fetchall() == untouched
        with pytest.raises(psycopg2.DataError):
            cursor.execute(query, [client_id, json.dumps({"credit_amount": text})])


@pytest.mark.parametrize("text", HOSTILE[2:4])
def test_in_the_name_of_a_folder_to_load(
    sample_dir: Path, tmp_path: Path, text: str
) -> None:
    folder = tmp_path / text.replace("/", "")
    folder.symlink_to(sample_dir)
    loaded = run_module("ingestion", "load", str(folder))
    assert loaded.returncode == 0, loaded.stderr


@pytest.mark.parametrize(
    "command",
    [
        ("database", "env", "--role"),
        ("database", "rotate"),
        ("database", "verify-log", "--expect"),
        ("ingestion", "load"),
        ("ingestion", "sample", "--out", "unused", "--seed"),
        ("training", "promote"),
        ("training", "run", "--folds"),
    ],
    ids=" ".join,
)
def test_in_the_options_of_a_command(command: tuple[str, ...]) -> None:
    refused = run_module(*command, HOSTILE[2])
    assert refused.returncode != 0
    assert "Traceback" not in refused.stderr
