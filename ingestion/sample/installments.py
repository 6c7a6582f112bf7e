"""Payments against instalments: whole, in parts, short, late, never, repeated."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.random import Generator

from ingestion.sample.card import CardMonths
from ingestion.sample.clients import Clients
from ingestion.sample.draw import Bools, Columns, Floats, Ints, rounded
from ingestion.sample.previous import DAYS_PER_MONTH, Cards, Loans
from ingestion.sample.repayment import Repayments

_REPEATED_SHARE: Final = 0.0085
_IN_PARTS_SHARE: Final = 0.025
_CARD_IN_PARTS_SHARE: Final = 0.22
_SHORT_SHARE: Final = 0.012
_CARD_DUE_DAY: Final = 20


@dataclass(frozen=True, slots=True)
class _Payments:
    """Rows of the table; day and amount paid are NaN for the unpaid."""

    previous_id: Ints
    client: Ints
    version: Floats
    number: Ints
    due_day: Floats
    paid_day: Floats
    due: Floats
    paid: Floats

    def __len__(self) -> int:
        return len(self.previous_id)

    def where(self, chosen: Bools, **changes: Floats) -> "_Payments":
        """Return the chosen rows with some columns, given for all rows, changed."""
        return _Payments(
            *(
                changes.get(name, getattr(self, name))[chosen]
                for name in _Payments.__dataclass_fields__
            )
        )


def draw_installments(
    rng: Generator,
    clients: Clients,
    loans: Loans,
    repayments: Repayments,
    cards: Cards,
    months: CardMonths,
) -> Columns:
    """Draw ``installments_payments`` from the repayments of loans and of cards."""
    of_loans = _loan_payments(rng, loans, repayments)
    whole_and_parts = _pay_in_parts(rng, of_loans, _IN_PARTS_SHARE)
    of_cards = _pay_in_parts(
        rng, _card_payments(rng, cards, months), _CARD_IN_PARTS_SHARE
    )
    payments = _join([_repeat_in_versions(rng, whole_and_parts), of_cards])
    return {
        "SK_ID_PREV": payments.previous_id,
        "SK_ID_CURR": clients.ids[payments.client],
        "NUM_INSTALMENT_VERSION": payments.version,
        "NUM_INSTALMENT_NUMBER": payments.number,
        "DAYS_INSTALMENT": payments.due_day,
        "DAYS_ENTRY_PAYMENT": payments.paid_day,
        "AMT_INSTALMENT": rounded(payments.due, 3),
        "AMT_PAYMENT": rounded(payments.paid, 3),
    }


def _loan_payments(rng: Generator, loans: Loans, repayments: Repayments) -> _Payments:
    size = len(repayments)
    is_short = rng.random(size) < _SHORT_SHARE
    share = np.where(is_short, rng.uniform(0.4, 0.98, size), 1.0)
    unpaid = repayments.is_unpaid
    return _Payments(
        previous_id=loans.ids[repayments.loan],
        client=loans.client[repayments.loan],
        version=np.where(repayments.is_settlement, 2.0, 1.0),
        number=repayments.number,
        due_day=repayments.due_day.astype(np.float64),
        paid_day=np.where(unpaid, np.nan, repayments.paid_day),
        due=repayments.due,
        paid=np.where(unpaid, np.nan, rounded(repayments.due * share, 3)),
    )


def _card_payments(rng: Generator, cards: Cards, months: CardMonths) -> _Payments:
    """Give each month with a minimum payment one instalment, version 0 as published."""
    asked = months.minimum > 0
    card = months.card[asked]
    due_day = DAYS_PER_MONTH * months.month[asked] + _CARD_DUE_DAY
    is_missed = months.paid[asked] == 0
    paid_day = due_day + np.where(
        is_missed,
        DAYS_PER_MONTH + rng.integers(0, 12, len(card)),
        -rng.integers(0, 18, len(card)),
    )
    paid = np.where(is_missed, months.minimum[asked], months.paid[asked])
    unpaid = (paid_day >= 0) & (rng.random(len(card)) < 0.2)
    paid_day = np.minimum(paid_day, -1)
    return _Payments(
        previous_id=cards.ids[card],
        client=cards.client[card],
        version=np.zeros(len(card)),
        number=months.instalment[asked],
        due_day=due_day.astype(np.float64),
        paid_day=np.where(unpaid, np.nan, paid_day),
        due=months.minimum[asked],
        paid=np.where(unpaid, np.nan, paid),
    )


def _pay_in_parts(rng: Generator, payments: _Payments, share: float) -> _Payments:
    """Split some payments in two, the first some days before the second."""
    size = len(payments)
    is_split = (rng.random(size) < share) & ~np.isnan(payments.paid)
    is_split &= payments.paid > 10.0
    first = rounded(payments.paid * rng.uniform(0.2, 0.8, size), 3)
    first_day = payments.paid_day - rng.integers(1, 15, size)
    return _join(
        [
            payments.where(~is_split),
            payments.where(is_split, paid=first, paid_day=first_day),
            payments.where(is_split, paid=payments.paid - first),
        ]
    )


def _repeat_in_versions(rng: Generator, payments: _Payments) -> _Payments:
    """Split some instalments into two or three versions, each with the whole payment.

    This is the trap of the published table: the amounts due add up over the versions,
    the payment does not, although every version shows it.
    """
    size = len(payments)
    is_whole = payments.paid >= payments.due
    versions = np.where(is_whole & (rng.random(size) < _REPEATED_SHARE), 2, 1)
    versions[(versions == 2) & (rng.random(size) < 0.15)] = 3
    share = rng.uniform(0.3, 0.7, size)
    first = np.where(versions > 1, rounded(payments.due * share, 3), payments.due)
    rest = payments.due - first
    second = np.where(versions == 3, rounded(rest * share, 3), rest)
    return _join(
        [
            payments.where(versions >= 1, due=first),
            payments.where(versions >= 2, due=second, version=payments.version + 1.0),
            payments.where(
                versions == 3, due=rest - second, version=payments.version + 2.0
            ),
        ]
    )


def _join(parts: list[_Payments]) -> _Payments:
    return _Payments(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in _Payments.__dataclass_fields__
        )
    )
