import pytest

from bokeh_app.queries.catalogue import Catalogue, Variable
from bokeh_app.queries.population import Bar, Category, Distribution, Standing
from bokeh_app.texts import read_texts
from bokeh_app.views.comparison import (
    nice_ticks,
    standing_in_words,
    view_comparison,
)
from bokeh_app.views.values import ValueWriter

FRENCH = read_texts("fr")
WRITER = ValueWriter(FRENCH, Catalogue({}, {}))


def variable(unit: str = "amount", data_type: str = "numeric") -> Variable:
    return Variable("x", "Montant", "Amount", "t", "T", "T", unit, data_type, None)


DISTRIBUTION = Distribution(
    client_count=110,
    known_count=100,
    low=0.0,
    high=100.0,
    bins=(Bar(0.0, 50.0, 40, 30, 3), Bar(50.0, 100.0, 60, 50, 10)),
    bands=(Bar(-5.0, 50.0, 40, 30, 3), Bar(50.0, 400.0, 60, 10, 2)),
)


@pytest.mark.parametrize(
    ("below", "equal", "expected"),
    [
        (83, 1, "plus élevé que chez 83"),
        (10, 5, "plus bas que chez 85"),
        (10, 70, "la même valeur que chez 70"),
    ],
)
def test_the_standing_is_told_from_the_side_where_most_are(
    below: int, equal: int, expected: str
) -> None:
    words = standing_in_words(FRENCH, Standing(1.0, below, equal, 100))
    assert words.startswith(expected)


def test_a_missing_value_is_told_as_such() -> None:
    view = view_comparison(WRITER, variable(), "all", Standing(None), DISTRIBUTION)
    assert view.value == "non renseigné"
    assert view.client_at is None
    assert [row.is_client for row in view.rows] == [False, False, True]


def test_a_value_off_the_scale_is_marked_at_its_edge_and_keeps_its_band() -> None:
    standing = Standing(400.0, 99, 1, 100)
    view = view_comparison(WRITER, variable(), "all", standing, DISTRIBUTION)
    assert view.client_at == 100.0
    assert view.distribution[-1].is_client
    assert view.rows[1].is_client


def test_a_share_of_few_known_outcomes_is_not_shown() -> None:
    standing = Standing(10.0, 5, 1, 100)
    view = view_comparison(WRITER, variable(), "all", standing, DISTRIBUTION)
    assert len(view.rates) == 1
    assert view.rows[1].rate == "trop peu de clients"


def test_nobody_s_value_gives_a_sentence_and_no_bars() -> None:
    view = view_comparison(WRITER, variable(), "similar", Standing(None), None)
    assert view.standing == FRENCH("comparison.nobody")
    assert view.distribution == ()


def test_rare_codes_are_counted_together() -> None:
    counted = tuple(Category(f"code {n}", 30 - n, 20, 2) for n in range(20))
    view = view_comparison(
        WRITER,
        variable("category", "categorical"),
        "all",
        Standing("code 1", 0, 29, 410),
        counted,
    )
    assert len(view.distribution) == 12
    assert view.distribution[-1].band == "Autres"
    assert sum(bar.height for bar in view.distribution) == pytest.approx(1)
    assert [bar.is_client for bar in view.distribution].index(True) == 1


@pytest.mark.parametrize("own", ["code 10", "code 11", "code 19"])
def test_a_client_with_a_rare_code_is_marked_among_the_others(own: str) -> None:
    counted = tuple(Category(f"code {n}", 30 - n, 20, 2) for n in range(20))
    standing = Standing(own, 0, 11, 410)
    view = view_comparison(
        WRITER, variable("category", "categorical"), "all", standing, counted
    )
    marked = [bar.band for bar in view.distribution if bar.is_client]
    assert marked == ["Autres" if own != "code 10" else own]
    assert view.client_at is not None


def test_a_code_that_nobody_in_the_group_has_marks_no_bar() -> None:
    counted = tuple(Category(f"code {n}", 30 - n, 20, 2) for n in range(20))
    view = view_comparison(
        WRITER,
        variable("category", "categorical"),
        "similar",
        Standing("another code", 0, 0, 410),
        counted,
    )
    assert view.client_at is None


@pytest.mark.parametrize(("low", "high"), [(0, 1), (-3.2, 17), (1e5, 1.8e6), (5, 5)])
def test_ticks_are_round_few_and_within(low: float, high: float) -> None:
    ticks = nice_ticks(low, high)
    assert 1 <= len(ticks) <= 8
    assert all(low <= tick <= high for tick in ticks)
