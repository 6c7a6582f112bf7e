"""Monthly card balances: what was drawn, asked for, paid and left owing."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.random import Generator

from ingestion.sample.clients import Clients
from ingestion.sample.draw import (
    Columns,
    Floats,
    Ints,
    choose,
    mean_by,
    rounded,
    sigmoid,
)
from ingestion.sample.previous import Cards

_OLDEST_MONTH: Final = -96
_RECENT_MONTHS: Final = 12
_MONTHLY_INTEREST: Final = 0.02
_MINIMUM_PAYMENT: Final = 0.05


@dataclass(frozen=True, slots=True)
class CardMonths:
    """Card months in numbers, one entry each.

    Attributes
    ----------
    card, month : array of int
        Index of the card; month relative to the application.
    balance, drawn, minimum, paid : array of float
        Owed at the month's end; drawn, asked for and paid within it.
    instalment : array of int
        Months so far in which a payment was asked for.
    days_past_due : array of int
    """

    card: Ints
    month: Ints
    balance: Floats
    drawn: Floats
    minimum: Floats
    paid: Floats
    instalment: Ints
    days_past_due: Ints

    def __len__(self) -> int:
        """Return the number of card months."""
        return len(self.card)


def draw_card_months(rng: Generator, clients: Clients, cards: Cards) -> CardMonths:
    """Live through the window month by month, all cards at once."""
    n = len(cards)
    discipline = clients.discipline[cards.client]
    leverage = clients.leverage[cards.client]
    strain = clients.strain[cards.client]
    is_used = rng.random(n) < 0.62
    appetite = sigmoid(-0.9 + 0.7 * leverage + 0.5 * rng.standard_normal(n))
    thrift = np.clip(0.25 + 0.15 * discipline - 0.1 * leverage, 0.0, 0.9)
    balance = np.zeros(n)
    past_due = np.zeros(n, dtype=np.int64)
    instalment = np.zeros(n, dtype=np.int64)
    months: list[CardMonths] = []
    for month in range(_OLDEST_MONTH, 0):
        recent = strain if month > -_RECENT_MONTHS else np.zeros(n)
        lives = (cards.first_month <= month) & (month <= cards.last_month)
        chance = rng.random((3, n))
        minimum = rounded(_MINIMUM_PAYMENT * balance, 2)
        misses = chance[0] < sigmoid(-3.7 - 0.8 * discipline + recent)
        paid = np.maximum(minimum, rounded(thrift * chance[1] * balance, 2))
        paid = np.where(misses, 0.0, np.minimum(paid, balance))
        wish = cards.limit * appetite * rng.gamma(0.8, 0.28, n) * np.exp(0.25 * recent)
        room = np.maximum(1.02 * cards.limit - balance, 0.0)
        draws = is_used & (chance[2] < 0.25 + 0.45 * appetite)
        drawn = rounded(np.where(draws, np.minimum(wish, room), 0.0) / 4.5, 0) * 4.5
        after = balance - paid + drawn + _MONTHLY_INTEREST * balance
        balance = np.where(lives, rounded(np.where(after < 90.0, 0.0, after), 3), 0.0)
        asked = lives & (minimum > 0)
        past_due = np.where(asked & misses, past_due + 30, 0)
        instalment += asked
        index = np.flatnonzero(lives)
        months.append(
            CardMonths(
                card=index,
                month=np.full(len(index), month),
                balance=balance[index],
                drawn=drawn[index],
                minimum=minimum[index],
                paid=paid[index],
                instalment=instalment[index],
                days_past_due=past_due[index],
            )
        )
    return CardMonths(
        *(
            np.concatenate([getattr(part, name) for part in months])
            for name in CardMonths.__dataclass_fields__
        )
    )


def recent_utilisation(clients: Clients, cards: Cards, months: CardMonths) -> Floats:
    """Return each client's mean balance to limit over the last six months."""
    is_recent = months.month >= -6
    card = months.card[is_recent]
    return mean_by(
        cards.client[card],
        np.asarray(months.balance[is_recent] / cards.limit[card], dtype=np.float64),
        len(clients),
    )


def card_columns(
    rng: Generator, clients: Clients, cards: Cards, months: CardMonths
) -> Columns:
    """Return ``credit_card_balance``."""
    n, size = len(cards), len(months)
    card = months.card
    drew = months.drawn > 0
    at_machine = np.where(rng.random(size) < 0.55, 1.0, rng.beta(1.2, 1.2, size))
    other = np.where(drew & (rng.random(size) < 0.01), 0.3 * months.drawn, 0.0)
    other = rounded(other, 2)
    machine = rounded(at_machine * (months.drawn - other) / 450.0, 0) * 450.0
    machine = np.minimum(machine, months.drawn - other)
    shop = rounded(months.drawn - other - machine, 3)
    machine_count = np.where(machine > 0, 1 + rng.poisson(0.8, size), 0)
    shop_count = np.where(shop > 0, 1 + rng.poisson(2.2, size), 0)
    other_count = np.where(other > 0, 1, 0)
    principal = rounded(0.955 * months.balance, 3)

    was_used = np.zeros(n, dtype=bool)
    was_used[card[drew]] = True
    lacks_details = (~was_used & (rng.random(n) < 0.58))[card]
    lacks_minimum = (~was_used & (rng.random(n) < 0.23))[card]
    is_last = (months.month == cards.last_month[card]) & (months.month < -1)
    status = choose(rng, {"Active": 0.9985, "Signed": 0.0015}, size)
    status[is_last] = "Completed"

    def detail(values: Floats | Ints) -> Floats:
        return np.where(lacks_details, np.nan, values)

    # A card without a limit is one that was closed or not yet set up.
    limit = cards.limit[card].astype(np.int64)
    limit[(months.balance == 0) & ~drew & (rng.random(size) < 0.08)] = 0

    return {
        "SK_ID_PREV": cards.ids[card],
        "SK_ID_CURR": clients.ids[cards.client[card]],
        "MONTHS_BALANCE": months.month,
        "AMT_BALANCE": months.balance,
        "AMT_CREDIT_LIMIT_ACTUAL": limit,
        "AMT_DRAWINGS_ATM_CURRENT": detail(machine),
        "AMT_DRAWINGS_CURRENT": rounded(months.drawn, 3),
        "AMT_DRAWINGS_OTHER_CURRENT": detail(other),
        "AMT_DRAWINGS_POS_CURRENT": detail(shop),
        "AMT_INST_MIN_REGULARITY": np.where(lacks_minimum, np.nan, months.minimum),
        "AMT_PAYMENT_CURRENT": detail(months.paid),
        "AMT_PAYMENT_TOTAL_CURRENT": months.paid,
        "AMT_RECEIVABLE_PRINCIPAL": principal,
        "AMT_RECIVABLE": months.balance,
        "AMT_TOTAL_RECEIVABLE": months.balance,
        "CNT_DRAWINGS_ATM_CURRENT": detail(machine_count),
        "CNT_DRAWINGS_CURRENT": machine_count + shop_count + other_count,
        "CNT_DRAWINGS_OTHER_CURRENT": detail(other_count),
        "CNT_DRAWINGS_POS_CURRENT": detail(shop_count),
        "CNT_INSTALMENT_MATURE_CUM": np.where(lacks_minimum, np.nan, months.instalment),
        "NAME_CONTRACT_STATUS": status,
        "SK_DPD": months.days_past_due,
        "SK_DPD_DEF": np.where(months.balance > 4_500.0, months.days_past_due, 0),
    }
