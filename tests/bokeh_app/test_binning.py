import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bokeh_app.queries.binning import band_edges, bin_edges, fewer_quantiles

finite = st.floats(-1e9, 1e9)


@given(
    finite, finite, st.integers(1, 40), st.sampled_from(["amount", "count", "share"])
)
def test_edges_rise_cover_the_span_and_keep_to_the_limit(
    one: float, other: float, limit: int, unit: str
) -> None:
    low, high = sorted((one, other))
    edges = bin_edges(low, high, unit, limit)
    assert 1 <= len(edges) - 1 <= limit
    assert edges[0] <= low and high <= edges[-1]
    assert all(left <= right for left, right in itertools.pairwise(edges))


def test_counts_get_a_bin_for_each_whole_number() -> None:
    assert bin_edges(0, 3, "count", 30) == [-0.5, 0.5, 1.5, 2.5, 3.5]


def test_many_counts_share_bins_of_whole_width() -> None:
    edges = bin_edges(0, 99, "count", 30)
    assert edges[1] - edges[0] == 4


@pytest.mark.parametrize("value", [0.0, 12.5, -3.0])
def test_a_constant_gets_one_bin_around_it(value: float) -> None:
    left, right = bin_edges(value, value, "ratio", 30)
    assert left < value < right


def test_repeated_quantiles_make_fewer_bands() -> None:
    assert band_edges([0, 0, 0, 1, 2.5], "ratio") == [0, 1, 2.5]


@pytest.mark.parametrize(
    ("members", "left"), [(240, [1, 2, 3]), (100, [2]), (40, []), (0, [])]
)
def test_few_members_share_fewer_bands(members: int, left: list[int]) -> None:
    assert fewer_quantiles([1, 2, 3], members, 40) == left


def test_whole_numbers_are_cut_half_way() -> None:
    assert band_edges([0, 0, 1, 3], "count") == [0.5, 1.5, 3.5]
