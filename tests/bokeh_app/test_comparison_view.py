import pytest

from bokeh_app.queries.catalogue import Catalogue, Variable
from bokeh_app.queries.distribution import Bar, Category, Distribution, Standing
from bokeh_app.texts import Language, read_texts
from bokeh_app.views.comparison import (
    nice_ticks,
    standing_in_words,
    view_comparison,
)
from bokeh_app.views.values import ValueWriter

FRENCH = read_texts("fr")
WRITER = ValueWriter(FRENCH, Catalogue({}, {}))


def variable(unit: str = "amount", data_type: str = "numeric") -> Variable:
    return Variable("x", "Montant", "Amount", "t", "T", "T", unit, data_type, None, "")


DISTRIBUTION = Distribution(
    client_count=110,
    known_count=100,
    low=0.0,
    high=100.0,
    median=55.0,
    missing=Category(None, 10, 0, 0),
    bins=(Bar(0.0, 50.0, 40, 30, 3), Bar(50.0, 100.0, 60, 50, 10)),
    bands=(Bar(-5.0, 50.0, 40, 30, 3), Bar(50.0, 400.0, 60, 10, 2)),
)


@pytest.mark.parametrize(
    ("below", "equal", "expected"),
    [
        (83, 1, "plus élevé que chez 83"),
        (10, 5, "plus bas que chez 85"),
        (10, 70, "la même valeur que chez 70"),
        (99.7, 0.1, "plus élevé que chez presque tous les clients du groupe"),
        (0.1, 0.1, "plus bas que chez presque tous les clients du groupe"),
        (0, 0, "plus bas que chez tous les clients du groupe"),
    ],
)
def test_the_standing_is_told_from_the_side_where_most_are(
    below: float, equal: float, expected: str
) -> None:
    standing = Standing(1.0, round(10 * below), round(10 * equal), 1000)
    words = standing_in_words(FRENCH, standing)
    assert words.startswith(expected)


def test_a_missing_value_is_told_as_such() -> None:
    view = view_comparison(WRITER, variable(), Standing(None), DISTRIBUTION, "")
    assert view.value == "non renseigné"
    assert view.client_at is None
    assert [row.is_client for row in view.rows] == [False, False, True]


def test_a_value_off_the_scale_is_marked_at_its_edge_and_keeps_its_band() -> None:
    standing = Standing(400.0, 99, 1, 100)
    view = view_comparison(WRITER, variable(), standing, DISTRIBUTION, "")
    assert view.client_at == 100.0
    assert view.distribution[-1].is_client
    assert view.rows[1].is_client


def test_a_share_of_few_known_outcomes_is_not_shown() -> None:
    standing = Standing(10.0, 5, 1, 100)
    view = view_comparison(WRITER, variable(), standing, DISTRIBUTION, "")
    assert len(view.rates) == 1
    assert view.rows[1].rate == "trop peu de clients"


def test_nobody_s_value_gives_a_sentence_and_no_bars() -> None:
    view = view_comparison(WRITER, variable(), Standing(None), None, "")
    assert view.standing == FRENCH("comparison.nobody")
    assert view.distribution == ()


def test_rare_codes_are_counted_together() -> None:
    counted = tuple(Category(f"code {n}", 30 - n, 20, 2) for n in range(20))
    view = view_comparison(
        WRITER,
        variable("category", "categorical"),
        Standing("code 1", 0, 29, 410),
        counted,
        "",
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
        WRITER, variable("category", "categorical"), standing, counted, ""
    )
    marked = [bar.band for bar in view.distribution if bar.is_client]
    assert marked == ["Autres" if own != "code 10" else own]
    assert view.client_at is not None


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "fr",
            "comme 18\u00a0% des clients du groupe "
            "(100 clients, y compris ceux sans cette donnée).",
        ),
        (
            "en",
            "like 18% of clients in the group "
            "(100 clients, those without this data included).",
        ),
    ],
)
def test_the_sentence_and_the_bar_of_a_code_tell_the_same_share(
    language: Language, words: str
) -> None:
    counted = (
        Category("others", 52, 30, 3),
        Category(None, 30, 20, 2),
        Category("own", 18, 9, 1),
    )
    view = view_comparison(
        ValueWriter(read_texts(language), Catalogue({}, {})),
        variable("category", "categorical"),
        Standing("own", 0, 18, 70),
        counted,
        "",
    )
    assert view.distribution[2].height == pytest.approx(0.18)
    assert view.standing == words


def test_weekdays_keep_their_order() -> None:
    counted = tuple(
        Category(code, 40 - place, 30, 2)
        for place, code in enumerate(["TUESDAY", "SUNDAY", None, "MONDAY"])
    )
    view = view_comparison(
        WRITER,
        variable("category", "categorical"),
        Standing("SUNDAY", 0, 39, 120),
        counted,
        "",
    )
    assert [row.band for row in view.rows] == [
        "MONDAY",
        "TUESDAY",
        "SUNDAY",
        "Non renseigné",
    ]
    assert view.client_at == 2


def test_a_flag_has_a_bar_on_each_of_its_two_ticks() -> None:
    counted = Distribution(
        client_count=100,
        known_count=100,
        low=-0.5,
        high=1.5,
        median=0.0,
        missing=Category(None, 0, 0, 0),
        bins=(Bar(-0.5, 0.5, 60, 40, 4), Bar(0.5, 1.5, 40, 30, 2)),
        bands=(Bar(-0.5, 0.5, 60, 40, 4), Bar(0.5, 1.5, 40, 30, 2)),
    )
    view = view_comparison(
        WRITER, variable("flag"), Standing(1.0, 60, 40, 100), counted, ""
    )
    assert view.ticks == {0.0: "non", 1.0: "oui"}
    for bars in (view.distribution, view.rates):
        assert [(bar.left + bar.right) / 2 for bar in bars] == pytest.approx([0, 1])
        assert [bar.is_client for bar in bars] == [False, True]
    assert view.client_at == 1


def test_a_code_that_nobody_in_the_group_has_marks_no_bar() -> None:
    counted = tuple(Category(f"code {n}", 30 - n, 20, 2) for n in range(20))
    view = view_comparison(
        WRITER,
        variable("category", "categorical"),
        Standing("another code", 0, 0, 410),
        counted,
        "",
    )
    assert view.client_at is None


@pytest.mark.parametrize(("low", "high"), [(0, 1), (-3.2, 17), (1e5, 1.8e6), (5, 5)])
def test_ticks_are_round_few_and_within(low: float, high: float) -> None:
    ticks = nice_ticks(low, high)
    assert 1 <= len(ticks) <= 8
    assert all(low <= tick <= high for tick in ticks)
