"""Past loans and instalments in time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bokeh_app.queries.history import History, Installment, Loan, LoanKind
from bokeh_app.texts import Texts
from bokeh_app.views.client import DAYS_PER_YEAR, moment
from bokeh_app.views.values import ValueWriter, counted, upper_first

PaymentKind = Literal["on_time", "late", "unpaid"]
NO_DELAY = "\u2013"
LONGEST_DELAY = 120  # days; what lies further is drawn at the edge


@dataclass(frozen=True)
class LoanBar:
    """A loan on the timeline: years relative to the application, and its lane."""

    kind: LoanKind
    kind_text: str
    product: str
    status: str
    start: float
    end: float
    lane: int
    start_text: str
    end_text: str
    amount: str
    loan_id: int


@dataclass(frozen=True)
class PaymentDot:
    """An instalment: years relative to the application, and days late."""

    kind: PaymentKind
    year: float
    days_late: float
    when: str
    late: str
    amount: str
    loan_id: int


@dataclass(frozen=True)
class PaymentYear:
    """The instalments of one year before the application."""

    period: str
    installments: str
    late: str
    worst: str
    unpaid: str


@dataclass(frozen=True)
class HistoryView:
    """All that the past says and draws."""

    words: str
    loans: tuple[LoanBar, ...]
    payments: tuple[PaymentDot, ...]
    years: tuple[PaymentYear, ...]
    span: tuple[float, float]


def view_history(writer: ValueWriter, history: History) -> HistoryView:
    """Describe a client's past loans and instalments."""
    texts = writer.texts
    loans = tuple(
        _loan_bar(writer, loan, lane) for lane, loan in enumerate(history.loans)
    )
    payments = tuple(_payment(writer, one) for one in history.installments)
    starts = [bar.start for bar in loans] + [dot.year for dot in payments]
    ends = [bar.end for bar in loans]
    words = (
        texts("history.none")
        if not starts
        else " ".join(
            [
                texts(
                    "history.counts",
                    loans=upper_first(counted(texts, "history.loan_count", len(loans))),
                    installments=counted(
                        texts, "history.installment_count", len(payments)
                    ),
                ),
                *_late_words(writer, history.installments),
            ]
        )
    )
    return HistoryView(
        words=words,
        loans=loans,
        payments=payments,
        years=_by_year(writer, history.installments),
        span=(
            math.floor(min([*starts, -1.0]) * 2 - 0.2) / 2,
            min(max([*ends, 0.0]), 3.0) + 0.25,
        ),
    )


def _loan_bar(writer: ValueWriter, loan: Loan, lane: int) -> LoanBar:
    texts = writer.texts
    end_day = loan.start_day if loan.end_day is None else loan.end_day
    if loan.is_open:
        end_day = max(end_day, 0.0)  # until the application at least
    code_set = "credit_type" if loan.kind == "elsewhere" else "contract_type"
    status_set = "credit_status" if loan.kind == "elsewhere" else "contract_status"
    return LoanBar(
        kind=loan.kind,
        kind_text=texts(f"history.kind.{loan.kind}"),
        product=writer.code(code_set, loan.product),
        status=writer.code(status_set, loan.status),
        start=loan.start_day / DAYS_PER_YEAR,
        end=max(end_day, loan.start_day) / DAYS_PER_YEAR,
        lane=lane,
        start_text=moment(texts, loan.start_day),
        end_text=_end_in_words(texts, loan),
        amount=writer.amount(loan.amount),
        loan_id=loan.loan_id,
    )


def _end_in_words(texts: Texts, loan: Loan) -> str:
    if loan.is_open and (loan.end_day or 0.0) <= 0:
        return texts("history.running")
    if loan.end_day is None:
        return ""
    end = moment(texts, loan.end_day)
    return texts("history.running_until", end=end) if loan.is_open else end


def _kind(installment: Installment) -> PaymentKind:
    if installment.days_late is None:
        return "unpaid"
    return "late" if installment.days_late > 0 else "on_time"


def _payment(writer: ValueWriter, one: Installment) -> PaymentDot:
    texts = writer.texts
    kind = _kind(one)
    late = 0.0 if one.days_late is None else one.days_late
    return PaymentDot(
        kind=kind,
        year=one.due_day / DAYS_PER_YEAR,
        days_late=min(max(late, -LONGEST_DELAY), LONGEST_DELAY),
        when=moment(texts, one.due_day),
        late=texts(f"history.payment.{kind}")
        + (
            ""
            if one.days_late is None
            else f" ({texts.format.number(late, signed=True)})"
        ),
        amount=writer.amount(one.due_amount),
        loan_id=one.loan_id,
    )


def _late_words(
    writer: ValueWriter, installments: Sequence[Installment]
) -> tuple[str, ...]:
    texts = writer.texts
    late = [one.days_late for one in installments if (one.days_late or 0) > 0]
    if not installments:
        return ()
    if not late:
        return (texts("history.late_sentence.none"),)
    worst = max(days for days in late if days is not None)
    return (
        texts.plural(
            "history.late_sentence",
            len(late),
            days=texts.plural("client.days", round(worst)),
        ),
    )


def _by_year(
    writer: ValueWriter, installments: Sequence[Installment]
) -> tuple[PaymentYear, ...]:
    texts = writer.texts
    years: dict[int, list[Installment]] = {}
    for one in installments:
        years.setdefault(int(-one.due_day // DAYS_PER_YEAR), []).append(one)
    rows = []
    for year, members in sorted(years.items()):
        late = [one.days_late for one in members if (one.days_late or 0) > 0]
        worst = max((days for days in late if days is not None), default=0.0)
        rows.append(
            PaymentYear(
                period=texts("history.year.0")
                if year <= 0
                else texts("history.year.other", low=year, high=year + 1),
                installments=texts.format.number(len(members)),
                late=texts.format.number(len(late)),
                worst=texts.plural("client.days", round(worst)) if late else NO_DELAY,
                unpaid=texts.format.number(
                    sum(one.days_late is None for one in members)
                ),
            )
        )
    return tuple(rows)
