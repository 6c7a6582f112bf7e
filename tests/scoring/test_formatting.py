from __future__ import annotations

from dataclasses import replace

import pytest

from scoring.formatting import format_value
from tests.scoring.synthetic import FEATURES

NUMERIC = FEATURES[0]
INCOME_TYPE = next(f for f in FEATURES if f.categories)


@pytest.mark.parametrize(
    ("unit", "value", "french", "english"),
    [
        ("amount", 1234567.8, "1 234 568", "1,234,568"),
        ("amount", 12.5, "12,5", "12.5"),
        ("amount", -450000.0, "\u2212450 000", "\u2212450,000"),
        ("ratio", 1234.5, "1 234", "1,234"),
        ("ratio", 99.26, "99,26", "99.26"),
        ("share", 0.45, "45 %", "45%"),
        ("share", 0.034, "3,4 %", "3.4%"),
        ("share", 1.0, "100 %", "100%"),
        ("count", 3.0, "3", "3"),
        ("count", 2.25, "2,2", "2.2"),
        ("days", 1.0, "1 jour", "1 day"),
        ("days", 0.0, "0 jour", "0 days"),
        ("days", 12.0, "12 jours", "12 days"),
        ("days", 1149.3, "1 149 jours", "1,149 days"),
        ("days", -3.0, "\u22123 jours", "\u22123 days"),
        ("months", 5.0, "5 mois", "5 months"),
        ("years", 3.2, "3,2 ans", "3.2 years"),
        ("years", 0.4, "5 mois", "5 months"),
        ("years", 0.99, "11 mois", "11 months"),
        ("years", 0.01, "moins d\u2019un mois", "less than a month"),
        ("years", 0.0, "moins d\u2019un an", "less than a year"),
        ("years", 1.5, "1,5 an", "1.5 years"),
        ("score", 0.5126, "0,513", "0.513"),
        ("score", -0.0001, "0", "0"),
        ("flag", 1.0, "oui", "yes"),
        ("flag", 0.0, "non", "no"),
        ("flag", 0.5, "50 %", "50%"),
    ],
)
def test_a_value_is_written_with_its_unit(
    unit: str, value: float, french: str, english: str
) -> None:
    feature = replace(NUMERIC, unit=unit)  # type: ignore[arg-type]
    written = format_value(feature, value, "fr")
    assert written.replace("\u202f", " ").replace("\u00a0", " ") == french
    assert format_value(feature, value, "en").replace("\u00a0", " ") == english


def test_french_numbers_are_not_broken_over_lines() -> None:
    feature = replace(NUMERIC, unit="amount")
    assert " " not in format_value(feature, 1234567.0, "fr")
    assert " " not in format_value(replace(NUMERIC, unit="years"), 3.2, "fr")


def test_a_missing_value_is_said_to_be_missing() -> None:
    assert format_value(NUMERIC, None, "fr") == "non renseigné"
    assert format_value(NUMERIC, None, "en") == "not known"


def test_a_code_is_written_by_its_label() -> None:
    assert format_value(INCOME_TYPE, "Pensioner", "fr") == "Retraité"
    assert format_value(INCOME_TYPE, "Pensioner", "en") == "Pensioner"


def test_an_unknown_code_is_said_to_be_unknown() -> None:
    assert "inconnue" in format_value(INCOME_TYPE, "Businessman", "fr")
