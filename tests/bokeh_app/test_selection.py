import pytest

from bokeh_app.queries.catalogue import Catalogue, Variable
from bokeh_app.queries.density import Cell, Density
from bokeh_app.texts import read_texts
from bokeh_app.views.selection import (
    Region,
    band_number,
    band_span,
    bands_of,
    view_selection,
    within,
)
from bokeh_app.views.values import ValueWriter

WRITER = ValueWriter(read_texts("en"), Catalogue({}, {}))
EDGES = (0.0, 10.0, 20.0)
# Left column: 100 clients, 10 defaults; right column: 300 clients, 90 defaults.
DENSITY = Density(
    EDGES,
    EDGES,
    (
        Cell(10.0, 20.0, 0.0, 10.0, 200, 200, 80),
        Cell(10.0, 20.0, 10.0, 20.0, 100, 100, 10),
        Cell(0.0, 10.0, 10.0, 20.0, 100, 100, 10),
    ),
)


def variable(name: str) -> Variable:
    return Variable(name, name, name, "t", "T", "T", "amount", "numeric", None, "")


X, Y = variable("across"), variable("along")


def test_without_a_selection_each_chart_counts_everybody() -> None:
    view = view_selection(WRITER, X, Y, DENSITY, Region())
    assert [bar.height for bar in view.x_rates] == [0.1, 0.3]
    assert [bar.height for bar in view.y_rates] == [0.4, 0.1]
    assert all(view.selected)
    assert view.words == "Nothing selected: 400 clients, of whom 25.0% did not repay."


def test_a_span_of_one_variable_filters_the_other_chart_and_marks_its_own() -> None:
    view = view_selection(WRITER, X, Y, DENSITY, Region(x=(0.0, 10.0)))
    assert [bar.height for bar in view.x_rates] == [0.1, 0.3]
    assert [bar.is_selected for bar in view.x_rates] == [True, False]
    assert [bar.height for bar in view.y_rates] == [0.1]
    assert view.selected == (False, False, True)
    assert "100 clients, 25.0% of all; 10.0% did not repay" in view.words


def test_a_region_that_holds_nobody_says_so() -> None:
    view = view_selection(WRITER, X, Y, DENSITY, Region((0.0, 10.0), (0.0, 10.0)))
    assert view.words.endswith("no client.")
    assert not any(view.selected)


@pytest.mark.parametrize(
    ("drawn", "taken"),
    [((3.0, 16.0), (0.0, 20.0)), ((-99.0, 6.0), (0.0, 10.0)), ((11.0, 12.0), None)],
)
def test_a_drawn_box_takes_the_cells_whose_middle_it_holds(
    drawn: tuple[float, float], taken: tuple[float, float] | None
) -> None:
    assert within(Region(x=drawn), DENSITY) == Region(x=taken)


def test_a_band_s_number_and_its_span_tell_the_same() -> None:
    edges = [float(edge) for edge in range(33)]
    bands = bands_of(edges)
    assert (bands[0], bands[-1], len(bands)) == (0.0, 32.0, 9)
    for number in map(str, range(8)):
        assert band_number(edges, band_span(edges, number)) == number


@pytest.mark.parametrize("written", ["", "8", "-1", "x", "9" * 30, "²"])
def test_a_number_of_no_band_selects_nothing(written: str) -> None:
    assert band_span([float(edge) for edge in range(33)], written) is None
