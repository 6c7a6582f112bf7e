"""How loans are repaid: the schedule of each and the day each instalment was paid."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.random import Generator

from ingestion.sample.clients import Clients
from ingestion.sample.draw import Bools, Floats, Ints, expand, mean_by, rounded, sigmoid
from ingestion.sample.previous import DAYS_PER_MONTH, WINDOW_DAYS, Loans

RECENT_DAYS: Final = 365


@dataclass(frozen=True, slots=True)
class Repayments:
    """Instalments that have fallen due within the window, one entry each.

    Attributes
    ----------
    loan : array of int
        Index of the loan.
    number : array of int
        From 1.
    due_day : array of int
        Negative: before the application.
    due : array of float
        Amount.
    paid_day : array of int
        0 where it has not been paid by the application.
    is_settlement : array of bool
        The larger last instalment of a loan repaid early.
    """

    loan: Ints
    number: Ints
    due_day: Ints
    due: Floats
    paid_day: Ints
    is_settlement: Bools

    def __len__(self) -> int:
        """Return the number of instalments."""
        return len(self.loan)

    @property
    def is_unpaid(self) -> Bools:
        """Mark what has not been paid by the application."""
        return np.asarray(self.paid_day >= 0, dtype=bool)

    @property
    def days_late(self) -> Ints:
        """Days from due to paid, 0 if in time; until the application if unpaid."""
        return np.asarray(np.maximum(self.paid_day - self.due_day, 0))


@dataclass(frozen=True, slots=True)
class PaymentConduct:
    """What of the repayments the risk is made of; NaN without recent instalments.

    Attributes
    ----------
    recent_late_share : array of float, shape (clients,)
        Of the last twelve months' instalments.
    recent_days_late : array of float, shape (clients,)
        Mean over the same, each capped at 90.
    has_unpaid : array of float, shape (clients,)
        1 where any instalment is unpaid.
    """

    recent_late_share: Floats
    recent_days_late: Floats
    has_unpaid: Floats


def draw_repayments(rng: Generator, clients: Clients, loans: Loans) -> Repayments:
    """Draw the schedule and the payments of every loan."""
    loan, position = expand(loans.settled_after)
    due_day = loans.first_due_day[loan] + DAYS_PER_MONTH * position
    is_seen = (due_day >= -WINDOW_DAYS) & (due_day < 0)
    loan, position, due_day = loan[is_seen], position[is_seen], due_day[is_seen]
    number = position + 1
    is_settlement = (number == loans.settled_after[loan]) & (number < loans.term[loan])
    left = np.where(is_settlement, 0.9 * (loans.term[loan] - number) + 1.0, 1.0)
    return Repayments(
        loan=loan,
        number=number,
        due_day=due_day,
        due=rounded(loans.annuity[loan] * left, 3),
        paid_day=_draw_paid_days(rng, clients, loans.client[loan], due_day),
        is_settlement=is_settlement,
    )


def _draw_paid_days(
    rng: Generator, clients: Clients, client: Ints, due_day: Ints
) -> Ints:
    size = len(due_day)
    pressure = (
        -2.6
        - 0.9 * clients.discipline[client]
        + np.where(due_day > -RECENT_DAYS, clients.strain[client], 0.0)
    )
    is_late = rng.random(size) < sigmoid(pressure)
    days_late = 1 + np.floor(rng.exponential(8.0, size))
    is_long = rng.random(size) < 0.05
    days_late += np.where(is_long, np.floor(rng.gamma(1.1, 55.0, size)), 0.0)
    habit = np.exp(rng.normal(2.2, 0.5, len(clients)))
    days_early = np.minimum(np.floor(rng.gamma(1.4, 0.7, size) * habit[client]), 60.0)
    paid_day = due_day + np.where(is_late, days_late, -days_early).astype(np.int64)
    paid_day = np.where(
        (paid_day >= 0) & (rng.random(size) < 0.85), -1, np.minimum(paid_day, 0)
    )
    never_paid = is_late & (due_day > -RECENT_DAYS) & (rng.random(size) < 0.002)
    return np.where(never_paid, 0, paid_day)


def payment_conduct(
    clients: Clients, loans: Loans, repayments: Repayments
) -> PaymentConduct:
    """Sum the repayments up by client."""
    client = loans.client[repayments.loan]
    is_recent = repayments.due_day > -RECENT_DAYS
    days_late = np.minimum(repayments.days_late, 90).astype(np.float64)
    size = len(clients)
    recent = client[is_recent]
    return PaymentConduct(
        recent_late_share=mean_by(
            recent, (days_late[is_recent] > 0).astype(np.float64), size
        ),
        recent_days_late=mean_by(recent, days_late[is_recent], size),
        has_unpaid=(
            np.bincount(client[repayments.is_unpaid], minlength=size) > 0
        ).astype(np.float64),
    )
