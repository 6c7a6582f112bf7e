"""The letter that tells a client of a decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bokeh_app.papers.case import Case
from bokeh_app.settings import Settings
from bokeh_app.sources.scoring_client import Reason
from bokeh_app.texts import Texts
from bokeh_app.views.decision import moment
from bokeh_app.views.reasons import words_to_explain

RIGHTS = ("person", "access", "authority")


@dataclass(frozen=True)
class Bank:
    """The sender."""

    name: str
    address: str
    contact: str


@dataclass(frozen=True)
class Letter:
    """One page, in words that are ready to print.

    Attributes
    ----------
    outcome : {"grant", "review", "refuse"}
    rights, references : tuple of (str, str)
        A name, and what it says.
    """

    language: str
    title: str
    bank: Bank
    date: str
    recipient: str
    subject: str
    outcome: str
    sign: str
    verdict: str
    greeting: str
    opening: tuple[str, ...]
    reasons_title: str
    reasons: tuple[str, ...]
    reasons_note: str
    rights_title: str
    rights: tuple[tuple[str, str], ...]
    rights_contact: str
    closing: str
    signature: str
    references_title: str
    references: tuple[tuple[str, str], ...]


def bank_of(settings: Settings, texts: Texts) -> Bank:
    """Return the sender as the environment names it, or in neutral words."""
    return Bank(
        settings.bank_name or texts("letter.bank"),
        settings.bank_address,
        settings.bank_contact,
    )


def write_letter(texts: Texts, case: Case, bank: Bank, today: date) -> Letter:
    """Write the letter about a decision: the advisor's, where one decided.

    What the advisor wrote stays in the bank, and no protected attribute is in the
    sentences of the scoring function.
    """
    score, outcome = case.score, case.outcome
    subject = texts(f"letter.subject.{outcome}")
    client = str(score.client_id)
    reasons = tuple(reason.sentence for reason in _told(case))
    return Letter(
        language=texts.language,
        title=texts("letter.title", client=client),
        bank=bank,
        date=texts("letter.date", date=long_date(texts, today)),
        recipient=texts("letter.recipient", client=client),
        subject=texts("letter.subject_line", subject=subject),
        outcome=outcome,
        sign=texts(f"decision.{outcome}.sign"),
        verdict=subject,
        greeting=texts("letter.greeting"),
        opening=(_opening(texts, case), _how(texts, case)),
        reasons_title=texts(f"letter.reasons.{outcome}") if reasons else "",
        reasons=reasons,
        reasons_note=_note(texts, case),
        rights_title=texts("letter.rights_title"),
        rights=tuple(
            (
                texts(f"letter.right.{name}.name"),
                texts(f"letter.right.{_right(case, name)}.text"),
            )
            for name in RIGHTS
        ),
        rights_contact=texts(
            "letter.rights_contact", contact=bank.contact or texts("letter.contact")
        ),
        closing=texts("letter.closing"),
        signature=bank.name,
        references_title=texts("letter.references"),
        references=(
            (texts("letter.reference.decision"), score.decision_id),
            (
                texts("letter.reference.score"),
                texts(
                    "letter.reference.score_of",
                    points=texts.format.number(score.points),
                    moment=moment(score.scored_at, texts),
                ),
            ),
            (texts("letter.reference.model"), score.model_version),
        ),
    )


def long_date(texts: Texts, day: date) -> str:
    """Write a date in words."""
    month = texts(f"month.{day.month}")
    return texts("letter.day", day=day.day, month=month, year=day.year)


def _opening(texts: Texts, case: Case) -> str:
    """Say what is decided on which request."""
    amount = ""
    if case.amount is not None:
        amount = texts("letter.of_amount", amount=texts.format.number(case.amount))
    return texts(f"letter.opening.{case.outcome}", of_amount=amount)


def _how(texts: Texts, case: Case) -> str:
    """Say who or what decided."""
    if case.own is not None:
        when = long_date(texts, case.own.reviewed_at.astimezone().date())
        return texts("letter.how.person", date=when)
    return texts(f"letter.how.{case.outcome}")


def _told(case: Case) -> Sequence[Reason]:
    """Return what led to the decision; nothing that speaks against it as a whole."""
    if case.outcome == "review":
        return [*case.side("against"), *case.side("in_favour")]
    if _is_against_the_model(case):
        return []
    return case.side("in_favour" if case.outcome == "grant" else "against")


def _note(texts: Texts, case: Case) -> str:
    if _is_against_the_model(case):
        return texts(f"letter.own_reasons.{case.outcome}")
    told = _told(case)
    if not told:
        return ""
    return f"{texts('letter.reasons_note')} {words_to_explain(texts, told)}".strip()


def _is_against_the_model(case: Case) -> bool:
    """Tell whether an advisor decided the other way than the model."""
    return case.score.decision != "review" and case.outcome != case.score.decision


def _right(case: Case, name: str) -> str:
    """Return a right by what can still be asked for: a person may have decided."""
    if name != "person":
        return name
    if case.own is not None:
        return "again"
    return "pending" if case.outcome == "review" else name
