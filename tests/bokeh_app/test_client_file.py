"""What is told of one client: the description and the past."""

import pytest

from bokeh_app.queries.catalogue import Catalogue
from bokeh_app.queries.history import History, Installment, Loan, read_history
from bokeh_app.queries.profile import read_profile
from bokeh_app.sources.warehouse import Warehouse
from bokeh_app.texts import LANGUAGES, Language, read_texts
from bokeh_app.views.client import duration, moment, view_client
from bokeh_app.views.history import view_history
from bokeh_app.views.values import ValueWriter

EMPTY = Catalogue({}, {})


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_client_is_described_in_both_languages(
    marts: Warehouse, catalogue: Catalogue, some_client: int, language: Language
) -> None:
    profile = read_profile(marts, some_client)
    assert profile is not None
    view = view_client(ValueWriter(read_texts(language), catalogue), profile)
    assert len(view.groups) == 4
    assert all(group.facts for group in view.groups)
    assert str(int(profile.application["age_years"])) in view.summary


def test_no_client_is_described_for_an_unknown_number(marts: Warehouse) -> None:
    assert read_profile(marts, 999_999_999) is None


def test_missing_facts_stay_empty_so_that_the_page_can_say_so(
    marts: Warehouse, catalogue: Catalogue, some_client: int
) -> None:
    profile = read_profile(marts, some_client)
    assert profile is not None
    profile.application.update(occupation=None, annuity_amount=None)
    view = view_client(ValueWriter(read_texts("fr"), catalogue), profile)
    facts = {fact.label: fact.value for group in view.groups for fact in group.facts}
    assert facts["Profession"] is None
    assert facts["Mensualité"] is None
    assert facts["Durée"] is None


@pytest.mark.parametrize(
    ("days", "written"),
    [(1, "1 jour"), (45, "45 jours"), (400, "13 mois"), (2000, "5 ans")],
)
def test_a_duration_takes_the_unit_that_reads_best(days: float, written: str) -> None:
    assert duration(read_texts("fr"), days) == written


def test_a_moment_lies_before_at_or_after_the_application() -> None:
    texts = read_texts("en")
    assert moment(texts, -30) == "30 days ago"
    assert moment(texts, 0) == "now"
    assert moment(texts, 30) == "in 30 days"


def test_the_past_holds_all_of_the_client_s_instalments(
    marts: Warehouse, some_client: int
) -> None:
    history = read_history(marts, some_client)
    counted = marts.row(
        "select count(*) as n from marts.fct_installment where client_id = %(c)s",
        {"c": some_client},
    )
    assert counted is not None
    assert len(history.installments) == counted["n"]
    assert {loan.kind for loan in history.loans} <= {"granted", "declined", "elsewhere"}
    starts = [loan.start_day for loan in history.loans]
    assert starts == sorted(starts)


def test_late_unpaid_and_early_instalments_differ_in_kind() -> None:
    history = History(
        loans=(Loan("granted", "Cash loans", "Approved", -400, -30, 1000.0),),
        installments=(
            Installment(-300, 100.0, -3.0),
            Installment(-270, 100.0, 5.0),
            Installment(-240, 100.0, None),
        ),
    )
    view = view_history(ValueWriter(read_texts("fr"), EMPTY), history)
    assert [dot.kind for dot in view.payments] == ["on_time", "late", "unpaid"]
    assert "1 payée en retard, au pire de 5 jours." in view.words
    assert [(y.installments, y.late, y.unpaid) for y in view.years] == [("3", "1", "1")]


@pytest.mark.parametrize(
    ("end_day", "drawn_to", "written"),
    [
        (None, 0.0, "en cours"),
        (-100.0, 0.0, "en cours"),
        (730.5, 2.0, "en cours, fin prévue dans 2 ans"),
    ],
)
def test_an_open_credit_reaches_the_application_at_least(
    end_day: float | None, drawn_to: float, written: str
) -> None:
    loan = Loan("elsewhere", "Credit card", "Active", -800, end_day, 1.0, is_open=True)
    view = view_history(ValueWriter(read_texts("fr"), EMPTY), History((loan,), ()))
    (bar,) = view.loans
    assert (bar.end, bar.end_text) == (drawn_to, written)


def test_a_client_without_past_is_told_as_such() -> None:
    view = view_history(ValueWriter(read_texts("fr"), EMPTY), History((), ()))
    assert view.words == read_texts("fr")("history.none")
