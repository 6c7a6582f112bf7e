from dataclasses import asdict, replace

import pytest

from bokeh_app.queries.catalogue import Catalogue
from bokeh_app.queries.clients import (
    FILTERS,
    MATCH_LIMIT,
    SUGGESTION_LIMIT,
    ClientFilter,
    Matches,
    Place,
    client_exists,
    complete_number,
    find_clients,
    prefix_ranges,
)
from bokeh_app.queries.facets import ClientCells, read_cells
from bokeh_app.sources.warehouse import Warehouse
from bokeh_app.texts import read_texts
from bokeh_app.views.find import filter_choices, view_matches
from bokeh_app.views.values import ValueWriter
from tests.conftest import SAMPLE_CLIENTS


@pytest.fixture(scope="module")
def cells(marts: Warehouse, all_scored: None) -> ClientCells:
    return read_cells(marts)


def test_a_prefix_stands_for_all_numbers_that_start_with_it() -> None:
    assert prefix_ranges("42", longest=4) == [(42, 42), (420, 429), (4200, 4299)]


def test_a_completion_gives_the_first_numbers_that_start_so(marts: Warehouse) -> None:
    numbers = complete_number(marts, "1000")
    everyone = marts.rows("select client_id from marts.dim_client order by client_id")
    fitting = [
        r["client_id"] for r in everyone if str(r["client_id"]).startswith("1000")
    ]
    assert numbers == fitting[:SUGGESTION_LIMIT]
    assert numbers


@pytest.mark.parametrize("text", ["", "0", "abc", "1' or '1'='1", "1" * 30, "²"])
def test_what_starts_no_number_completes_to_nothing(
    marts: Warehouse, text: str
) -> None:
    assert complete_number(marts, text) == []


def test_a_client_exists_or_not(marts: Warehouse, some_client: int) -> None:
    assert client_exists(marts, some_client)
    assert not client_exists(marts, 999_999_999)


def test_filters_narrow_each_other_down(marts: Warehouse, cells: ClientCells) -> None:
    contract = ClientFilter(contract_type="Cash loans")
    both = replace(contract, age_band="from_30_to_39", income_band="from_100_to_150")
    assert 0 < cells.count(both) < cells.count(contract)
    found = find_clients(marts, both, limit=SAMPLE_CLIENTS).clients
    assert len(found) == cells.count(both)
    assert all(30 <= row["age_years"] < 40 for row in found)
    assert all(row["contract_type"] == "Cash loans" for row in found)


def test_each_filter_shares_all_clients_out(
    marts: Warehouse, cells: ClientCells
) -> None:
    everyone = marts.row(
        "select count(*) as n, count(occupation) as employed from marts.dim_client"
    )
    assert everyone is not None
    facets = cells.facets(ClientFilter())
    for name, counts in facets.items():
        due = "employed" if name == "occupation" else "n"
        assert sum(counts.values()) == everyone[due], name


def test_an_option_counts_whom_it_would_find_beside_the_other_filters(
    marts: Warehouse, cells: ClientCells
) -> None:
    wanted = ClientFilter(decision="refuse", region_rating="2", age_band="under_30")
    facets = cells.facets(wanted)
    for name, value in (
        ("age_band", "from_50_to_59"),
        ("decision", "grant"),
        ("contract_type", "Revolving loans"),
        ("rating", "E"),
    ):
        other = replace(wanted, **{name: value})
        found = find_clients(marts, other, limit=SAMPLE_CLIENTS).clients
        assert facets[name].get(value, 0) == len(found), name


def test_an_option_that_finds_nobody_is_not_to_be_had_unless_it_is_chosen() -> None:
    writer = ValueWriter(read_texts("fr"), Catalogue({}, {}))
    facets = {name: {"grant": 12} for name in FILTERS}
    chosen = asdict(ClientFilter(decision="refuse"))
    options = {
        one.code: one for one in filter_choices(writer, facets, chosen)["decision"]
    }
    assert options["grant"].label == "✓ Accord (12)"
    assert not options["grant"].is_empty
    assert options["review"].is_empty
    assert not options["refuse"].is_empty


def test_a_list_goes_on_and_back_over_the_same_clients(marts: Warehouse) -> None:
    wanted = ClientFilter(contract_type="Cash loans")
    first = find_clients(marts, wanted)
    assert (len(first.clients), first.goes_back) == (MATCH_LIMIT, False)
    second = find_clients(marts, wanted, Place(first.clients[-1]["client_id"]))
    assert second.clients[0]["client_id"] > first.clients[-1]["client_id"]
    assert second.goes_back
    back = find_clients(
        marts, wanted, Place(second.clients[0]["client_id"], is_before=True)
    )
    assert back.clients == first.clients
    assert (back.goes_on, back.goes_back) == (True, False)


def test_a_full_last_page_does_not_go_on(marts: Warehouse, cells: ClientCells) -> None:
    wanted = ClientFilter(contract_type="Revolving loans")
    count = cells.count(wanted)
    assert not find_clients(marts, wanted, limit=count).goes_on
    assert find_clients(marts, wanted, limit=count - 1).goes_on


def test_a_client_of_unknown_age_amount_and_score_is_listed() -> None:
    row = {
        "client_id": 7,
        "age_years": None,
        "contract_type": "Cash loans",
        "income_type": "Working",
        "occupation": None,
        "credit_amount": None,
        "decision": None,
        "rating": None,
    }
    writer = ValueWriter(read_texts("en"), Catalogue({}, {}))
    view = view_matches(writer, Matches((row,), goes_on=False), 1)
    assert view.clients[0].person == "working"
    assert view.clients[0].request == "Cash loans, not provided"
    assert view.clients[0].verdict is None
    assert view.next_after is None
    assert view.previous_before is None


def test_a_filter_is_data_and_never_sql(marts: Warehouse, cells: ClientCells) -> None:
    wanted = ClientFilter(occupation="' or true --")
    assert find_clients(marts, wanted).clients == ()
    assert cells.count(wanted) == 0
