import pytest

from bokeh_app.queries.catalogue import Catalogue
from bokeh_app.queries.clients import (
    MATCH_LIMIT,
    SUGGESTION_LIMIT,
    ClientFilter,
    Matches,
    client_exists,
    complete_number,
    find_clients,
    prefix_ranges,
)
from bokeh_app.texts import read_texts
from bokeh_app.views.find import view_matches
from bokeh_app.views.values import ValueWriter
from bokeh_app.warehouse import Warehouse


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


def test_filters_narrow_each_other_down(marts: Warehouse) -> None:
    by_contract = find_clients(marts, ClientFilter(contract_type="Cash loans"))
    by_both = find_clients(
        marts,
        ClientFilter(contract_type="Cash loans", age_band="from_30_to_39"),
    )
    assert 0 < by_both.count < by_contract.count
    assert all(30 <= row["age_years"] < 40 for row in by_both.clients)
    assert all(row["contract_type"] == "Cash loans" for row in by_both.clients)


def test_the_age_bands_share_all_clients_out(marts: Warehouse) -> None:
    bands = ("under_30", "from_30_to_39", "from_40_to_49", "from_50_to_59", "from_60")
    counts = [find_clients(marts, ClientFilter(age_band=band)).count for band in bands]
    everyone = marts.row("select count(*) as n from marts.dim_client")
    assert everyone is not None
    assert sum(counts) == everyone["n"]


def test_a_list_is_short_and_goes_on_after_its_last_client(marts: Warehouse) -> None:
    wanted = ClientFilter(contract_type="Cash loans")
    first = find_clients(marts, wanted)
    assert len(first.clients) == MATCH_LIMIT < first.count
    second = find_clients(marts, wanted, after=first.clients[-1]["client_id"])
    assert second.count == first.count
    assert second.clients[0]["client_id"] > first.clients[-1]["client_id"]


def test_a_full_last_page_does_not_go_on(marts: Warehouse) -> None:
    wanted = ClientFilter(contract_type="Revolving loans")
    count = find_clients(marts, wanted).count
    assert not find_clients(marts, wanted, limit=count).goes_on
    assert find_clients(marts, wanted, limit=count - 1).goes_on


def test_a_client_of_unknown_age_and_amount_is_listed() -> None:
    row = {
        "client_id": 7,
        "age_years": None,
        "contract_type": "Cash loans",
        "income_type": "Working",
        "occupation": None,
        "credit_amount": None,
    }
    writer = ValueWriter(read_texts("en"), Catalogue({}, {}))
    view = view_matches(writer, Matches(count=1, clients=(row,), goes_on=False))
    assert view.clients[0].person == "working"
    assert view.clients[0].request == "Cash loans, not provided"
    assert view.next_after is None


def test_a_filter_is_data_and_never_sql(marts: Warehouse) -> None:
    found = find_clients(marts, ClientFilter(occupation="' or true --"))
    assert found.count == 0
