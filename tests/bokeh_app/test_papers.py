import json
import re
from datetime import date
from typing import Any

import pytest

from bokeh_app.papers.case import Case
from bokeh_app.papers.letter import Bank, Letter, write_letter
from bokeh_app.papers.pdf import as_pdf
from bokeh_app.papers.summary import Tried, write_summary
from bokeh_app.queries.catalogue import Catalogue
from bokeh_app.sources.case_client import LoggedScore, Review, Simulation
from bokeh_app.sources.scoring_client import ModelCard
from bokeh_app.texts import Language, read_texts
from bokeh_app.views.client import ClientView, Fact, FactGroup
from bokeh_app.views.values import ValueWriter
from tests.bokeh_app.answers import a_model, a_review, a_score, a_simulation

TODAY = date(2026, 1, 7)
BANK = Bank("Banque *du* Port", "1 quai #let", "")
AGAINST = "Le score externe moyen est de 0,16."
IN_FAVOUR = "Le revenu est de 202 500."
MOTIVE = "Motif *interne* #panic() <b> [x] \\ $a$"
PAGE = re.compile(rb"/Type\s*/Page\b(?!s)")


def a_case(
    decision: str,
    own: str | None = None,
    amount: float | None = 406_597.5,
    **changes: Any,
) -> Case:
    score = LoggedScore.model_validate(
        a_score(decision=decision, language="fr", **changes)
    )
    reviews = (
        (Review.model_validate(a_review(decision=own, motive=MOTIVE)),) if own else ()
    )
    return Case(score, score.reasons, reviews, amount)


def letter(case: Case, language: Language = "fr") -> Letter:
    return write_letter(read_texts(language), case, BANK, TODAY)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_each_decision_has_words_of_its_own(language: Language) -> None:
    letters = [letter(a_case(one), language) for one in ("grant", "review", "refuse")]
    assert len({one.subject for one in letters}) == 3
    assert len({one.opening for one in letters}) == 3
    assert len({one.reasons_title for one in letters}) == 3


@pytest.mark.parametrize("decision", ["grant", "review", "refuse"])
def test_a_letter_names_the_amount_where_the_model_looked_at_it(decision: str) -> None:
    named = letter(a_case(decision)).opening[0]
    assert "demande de crédit d\u2019un montant de 406\u202f598" in named
    unnamed = letter(a_case(decision, amount=None)).opening[0]
    assert named.replace(" d\u2019un montant de 406\u202f598", "") == unnamed


def test_a_refusal_gives_what_speaks_against_and_a_grant_what_speaks_for() -> None:
    assert letter(a_case("refuse")).reasons == (AGAINST,)
    assert letter(a_case("grant")).reasons == (IN_FAVOUR,)
    assert letter(a_case("review")).reasons == (AGAINST, IN_FAVOUR)


def test_a_letter_says_what_external_scores_are_where_it_tells_of_them() -> None:
    meaning = read_texts("fr")("reasons.external_note")
    assert meaning in letter(a_case("refuse")).reasons_note
    assert meaning not in letter(a_case("grant")).reasons_note


@pytest.mark.parametrize("own", ["grant", "refuse"])
def test_the_advisor_s_decision_is_the_one_that_is_told(own: str) -> None:
    told = letter(a_case("review", own))
    assert told.outcome == own
    assert "par un conseiller le 6 janvier 2026" in told.opening[1]
    assert told.reasons == ((IN_FAVOUR,) if own == "grant" else (AGAINST,))


def test_where_advisor_and_model_disagree_the_model_s_reasons_are_not_given() -> None:
    for model, own in (("refuse", "grant"), ("grant", "refuse")):
        told = letter(a_case(model, own))
        assert told.reasons == ()
        assert told.reasons_title == ""
        assert "le score ne connaît pas" in told.reasons_note


def test_the_motive_stays_in_the_bank() -> None:
    told = json.dumps(letter(a_case("refuse", "refuse")).__dict__, default=vars)
    assert "interne" not in told


def test_rights_are_told_and_a_person_is_asked_for_only_before_one_decided() -> None:
    person, access, authority = letter(a_case("refuse")).rights
    assert "article 22" in person[1]
    assert "articles 15 et 16" in access[1]
    assert "CNIL" in authority[1]
    assert "autre personne" in letter(a_case("refuse", "refuse")).rights[0][1]
    assert "avant qu\u2019il ne décide" in letter(a_case("review")).rights[0][1]


def test_a_letter_names_decision_model_and_date() -> None:
    told = letter(a_case("refuse"), "en")
    values = " ".join(value for _, value in told.references)
    assert a_score()["decision_id"] in values
    assert a_score()["model_version"] in values
    assert told.date == "7 January 2026"


def test_a_letter_is_one_tagged_page_whatever_its_words_hold() -> None:
    sentence = "#panic() *gras* <b>é</b> $x$ \\ [z] // " + "très long " * 30
    reasons = [
        {
            "theme": f"t{number}",
            "label": "T",
            "direction": "against",
            "contribution": -9.0,
            "sentence": sentence,
        }
        for number in range(4)
    ]
    pdf = as_pdf(letter(a_case("refuse", reasons=reasons)))
    assert pdf.startswith(b"%PDF-")
    assert len(PAGE.findall(pdf)) == 1
    assert b"/MarkInfo" in pdf
    assert b"pdfuaid:part" in pdf


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_summary_of_a_full_case_is_one_page(language: Language) -> None:
    texts = read_texts(language)
    client = ClientView(
        "",
        tuple(
            FactGroup("Groupe", tuple(Fact("Donnée", None) for _ in range(8)))
            for _ in range(4)
        ),
    )
    before = Simulation.model_validate(a_simulation())
    changes = [{"field": "credit_amount", "before": 1.0, "after": 2.0}] * 4
    after = Simulation.model_validate(a_simulation(changes=changes))
    case = a_case("refuse", "refuse")
    case = Case(case.score, case.reasons, case.reviews * 9)
    summary = write_summary(
        ValueWriter(texts, Catalogue({}, {})),
        case,
        BANK,
        TODAY,
        client=client,
        model=ModelCard.model_validate(a_model()),
        tried=Tried(before, after),
    )
    assert summary.scale is not None
    assert [one.motive for one in summary.reviews] == [MOTIVE] * 2
    assert len(PAGE.findall(as_pdf(summary))) == 1
