import csv
import io

import pytest

from bokeh_app.texts import Language
from bokeh_app.views.exports import BYTE_ORDER_MARK, Sheet, as_csv, file_name


def read_back(text: str, delimiter: str) -> list[list[str]]:
    assert text.startswith(BYTE_ORDER_MARK)
    return list(csv.reader(io.StringIO(text[1:]), delimiter=delimiter))


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@sum(a1)", "\t=1", "\r=1", "\n=1"]
)
def test_no_text_is_a_formula_to_a_spreadsheet(text: str) -> None:
    sheet = Sheet("x", [text], [[text]])
    assert read_back(as_csv(sheet, "en"), ",") == [["'" + text]] * 2


@pytest.mark.parametrize("text", ['said "no"', "a;b,c", "first\nsecond", "", "Salarié"])
def test_a_text_comes_back_as_it_was(text: str) -> None:
    sheet = Sheet("x", ["heading", "other"], [[text, "end"]])
    assert read_back(as_csv(sheet, "fr"), ";")[1] == [text, "end"]


@pytest.mark.parametrize(
    ("language", "delimiter", "written"),
    [("fr", ";", ["-1234,5", "7", ""]), ("en", ",", ["-1234.5", "7", ""])],
)
def test_numbers_have_the_marks_of_the_language_s_spreadsheets(
    language: Language, delimiter: str, written: list[str]
) -> None:
    sheet = Sheet("x", ["a", "b", "c"], [[-1234.5, 7, None]])
    assert read_back(as_csv(sheet, language), delimiter)[1] == written


def test_a_file_s_name_tells_nothing_of_a_client_but_the_number() -> None:
    sheet = Sheet("comparison", ["Revenu de 135 000"], [])
    assert file_name(100002, sheet) == "client-100002-comparison.csv"
    assert file_name(None, sheet) == "portfolio-comparison.csv"
