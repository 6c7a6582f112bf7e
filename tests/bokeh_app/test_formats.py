import pytest
from hypothesis import given
from hypothesis import strategies as st

from bokeh_app.texts.formats import NUMBER_FORMATS, round_to_total

FRENCH = NUMBER_FORMATS["fr"]
ENGLISH = NUMBER_FORMATS["en"]


def test_french_groups_with_a_narrow_space_and_decides_with_a_comma() -> None:
    assert FRENCH.number(1234567.891, 1) == "1\u202f234\u202f567,9"


def test_english_groups_with_a_comma_and_decides_with_a_point() -> None:
    assert ENGLISH.number(1234567.891, 1) == "1,234,567.9"


@pytest.mark.parametrize(
    ("value", "written"), [(-12.4, "\u221212"), (12.4, "+12"), (0.2, "0"), (-0.2, "0")]
)
def test_a_signed_number_has_a_true_sign_and_zero_has_none(
    value: float, written: str
) -> None:
    assert ENGLISH.number(value, signed=True) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [(0, "0"), (0.012345, "0.0123"), (1.5, "1.5"), (123.456, "123"), (-2.0, "\u22122")],
)
def test_significant_digits_leave_no_idle_zeros(value: float, written: str) -> None:
    assert ENGLISH.significant(value) == written


def test_a_share_is_written_as_each_language_writes_it() -> None:
    assert FRENCH.share(0.0834, 1) == "8,3\u00a0%"
    assert ENGLISH.share(0.0834, 1) == "8.3%"


@given(st.lists(st.floats(-200, 700), min_size=1, max_size=12))
def test_rounded_parts_add_up_to_the_rounded_total(values: list[float]) -> None:
    total = round(sum(values))
    rounded = round_to_total(values, total)
    assert sum(rounded) == total
    assert all(
        abs(part - value) <= 1 + 1e-9
        for part, value in zip(rounded, values, strict=True)
    )
