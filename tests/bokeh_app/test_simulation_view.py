import pytest

from bokeh_app.queries.catalogue import Catalogue
from bokeh_app.sources.case_client import CreditRequest, Simulation
from bokeh_app.texts import read_texts
from bokeh_app.views.simulation import (
    contradictions,
    read_values,
    view_form,
    view_simulation,
)
from bokeh_app.views.values import ValueWriter
from tests.bokeh_app.answers import THEMES, a_request, a_score, a_simulation

FRENCH = read_texts("fr")
REQUEST = CreditRequest.model_validate(a_request())
WRITER = ValueWriter(
    FRENCH, Catalogue({}, {("housing_type", "With parents"): ("Chez ses parents", "")})
)


def test_a_slider_holds_the_client_s_own_value_and_stays_within_the_bounds() -> None:
    for field, view in zip(REQUEST.fields, view_form(WRITER, REQUEST), strict=True):
        if field.kind == "number":
            assert field.minimum <= view.low < view.high <= field.maximum
            if field.current is not None:
                assert view.low <= field.current <= view.high
            assert view.value == (
                "" if field.current is None else f"{field.current:.1f}".rstrip("0")
            )


def test_a_list_starts_with_what_the_application_says() -> None:
    housing, realty = view_form(WRITER, REQUEST)[-2:]
    assert [(o.label, o.is_current) for o in housing.options] == [
        ("House / apartment", False),
        ("Chez ses parents", True),
    ]
    assert [(o.value, o.is_current) for o in realty.options] == [
        ("", True),
        ("true", False),
        ("false", False),
    ]


def test_values_are_read_and_whatever_is_no_field_is_left_out() -> None:
    given = {
        "credit_amount": "300000,5",
        "housing_type": "House / apartment",
        "has_realty": "false",
        "action": "simulate",
        "gender": "F",
        "annuity_amount": 7,
    }
    assert read_values(FRENCH, REQUEST, given) == (
        {
            "credit_amount": 300000.5,
            "housing_type": "House / apartment",
            "has_realty": False,
        },
        {},
    )


@pytest.mark.parametrize("text", ["", "abc", "nan", "inf", "-1e999", "<b>"])
def test_what_is_no_number_is_said_beside_its_field(text: str) -> None:
    values, faults = read_values(FRENCH, REQUEST, {"credit_amount": text})
    assert values == {}
    assert faults == {"credit_amount": "Tapez un nombre."}


@pytest.mark.parametrize("text", ["9999", "10000001"])
def test_a_number_out_of_bounds_is_said_with_its_bounds(text: str) -> None:
    _, faults = read_values(FRENCH, REQUEST, {"credit_amount": text})
    assert faults == {"credit_amount": "Entre 10\u202f000 et 10\u202f000\u202f000."}


def test_a_contradiction_is_said_beside_each_of_its_fields() -> None:
    fields = frozenset({"credit_amount", "annuity_amount", "employment_years"})
    said = contradictions(FRENCH, REQUEST, fields)
    assert said.keys() == fields
    assert "de 6 à 72 mois" in said["annuity_amount"]
    assert said["annuity_amount"] == said["credit_amount"]
    assert "âge" in said["employment_years"]


def test_the_difference_by_theme_adds_up_to_that_of_the_score() -> None:
    before = Simulation.model_validate(a_simulation())
    moved = {"external_scores": -30.55, "credit_request": -1.05}
    points = a_score()["base_points"] + sum({**THEMES, **moved}.values())
    after = Simulation.model_validate(
        a_simulation(
            points=round(points),
            decision="review",
            contributions=[
                {"theme": theme, "label": theme, "points": moved.get(theme, value)}
                for theme, value in THEMES.items()
            ],
            changes=[{"field": "credit_amount", "before": 406597.5, "after": 3e5}],
        )
    )
    view = view_simulation(WRITER, before, after)
    assert [one.label for one in view.themes] == ["external_scores", "credit_request"]
    total = sum(int(one.points) for one in view.themes)
    assert total == after.points - before.points
    assert view.verdict == "La décision deviendrait à examiner."
    [change] = view.changes
    assert (change.before, change.after) == ("406\u202f598", "300\u202f000")


def test_a_change_that_changes_nothing_says_that_the_decision_stays() -> None:
    same = Simulation.model_validate(a_simulation())
    view = view_simulation(WRITER, same, same)
    assert view.verdict == "La décision resterait un refus."
    assert view.themes == ()
