"""Earlier applications at this lender, and the loans and cards that came of them."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.random import Generator

from ingestion.sample.application import NEVER, WEEKDAYS
from ingestion.sample.clients import Clients
from ingestion.sample.draw import (
    Bools,
    Columns,
    Floats,
    Ints,
    Texts,
    annuity,
    choose,
    expand,
    mean_by,
    round_to,
    rounded,
    sigmoid,
    texts,
    top_share,
)

FIRST_PREVIOUS_ID: Final = 1_000_001
WINDOW_DAYS: Final = 2_922
"""How far back the published tables look; older applications have no header."""

DAYS_PER_MONTH: Final = 30
_NONE_SHARE: Final = 0.05
_CARD_SHARE: Final = 0.255
_ORPHAN_LOANS_PER_CLIENT: Final = 0.112
_ORPHAN_CARD_SHARE: Final = 0.03

_REFUSAL_REASON: Final = {
    "HC": 0.603,
    "LIMIT": 0.192,
    "SCO": 0.129,
    "SCOFR": 0.044,
    "XNA": 0.018,
    "VERIF": 0.012,
    "SYSTEM": 0.002,
}
_GOODS: Final = {
    "Mobile": 0.31,
    "Consumer Electronics": 0.17,
    "Computers": 0.146,
    "Audio/Video": 0.137,
    "Furniture": 0.075,
    "Photo / Cinema Equipment": 0.035,
    "Construction Materials": 0.034,
    "Clothing and Accessories": 0.033,
    "Auto Accessories": 0.01,
    "Jewelry": 0.01,
    "Homewares": 0.007,
    "Medical Supplies": 0.005,
    "Vehicles": 0.005,
    "Sport and Leisure": 0.004,
    "Gardening": 0.004,
    "Other": 0.004,
    "Office Appliances": 0.003,
    "Tourism": 0.002,
    "Medicine": 0.002,
}
_INDUSTRY_OF_GOODS: Final = {
    "Mobile": "Connectivity",
    "Furniture": "Furniture",
    "Construction Materials": "Construction",
    "Clothing and Accessories": "Clothing",
    "Auto Accessories": "Auto technology",
    "Vehicles": "Auto technology",
    "Jewelry": "Jewelry",
    "Tourism": "Tourism",
}
_PRODUCT_OF_INDUSTRY: Final = {
    "Connectivity": "POS mobile",
    "Furniture": "POS industry",
    "Construction": "POS industry",
    "Clothing": "POS industry",
    "Jewelry": "POS industry",
    "Tourism": "POS other",
    "Auto technology": "POS other",
    "Consumer electronics": "POS household",
}
_PURPOSE: Final = {
    "XNA": 0.58,
    "Repairs": 0.18,
    "Other": 0.12,
    "Urgent needs": 0.064,
    "Buying a used car": 0.022,
    "Building a house or an annex": 0.02,
    "Everyday expenses": 0.018,
    "Medicine": 0.016,
    "Payments on other loans": 0.014,
    "Education": 0.012,
    "Journey": 0.009,
    "Purchase of electronic equipment": 0.008,
    "Buying a new car": 0.007,
    "Wedding / gift / holiday": 0.007,
    "Buying a home": 0.006,
    "Car repairs": 0.006,
    "Furniture": 0.005,
    "Gasification / water supply": 0.002,
    "Refusal to name the goal": 0.0002,
}
_SUITE: Final = {
    "": 0.491,
    "Unaccompanied": 0.305,
    "Family": 0.128,
    "Spouse, partner": 0.04,
    "Children": 0.019,
    "Other_B": 0.011,
    "Other_A": 0.005,
    "Group of people": 0.001,
}
_CASH_CHANNEL: Final = {
    "Credit and cash offices": 0.78,
    "Contact center": 0.12,
    "AP+ (Cash loan)": 0.095,
    "Channel of corporate sales": 0.005,
}
_SHOP_CHANNEL: Final = {
    "Country-wide": 0.56,
    "Stone": 0.24,
    "Regional / Local": 0.16,
    "Car dealer": 0.001,
    "Credit and cash offices": 0.039,
}

_CASH_TERMS: Final = (12, 18, 24, 30, 36, 48, 60)
_CASH_TERM_SHARES: Final = (0.3, 0.15, 0.25, 0.08, 0.12, 0.06, 0.04)
_SHOP_TERMS: Final = (4, 6, 8, 10, 12, 18, 24)
_SHOP_TERM_SHARES: Final = (0.03, 0.2, 0.07, 0.25, 0.3, 0.07, 0.08)

CASH: Final = "Cash loans"
CONSUMER: Final = "Consumer loans"
REVOLVING: Final = "Revolving loans"


@dataclass(frozen=True, slots=True)
class Loans:
    """Granted loans with instalments; one entry each, some without a header.

    Attributes
    ----------
    ids, client : array of int
        SK_ID_PREV and index of the client.
    first_due_day : array of int
        Days relative to the application.
    term : array of int
        Agreed instalments.
    settled_after : array of int
        Instalments after which the loan is repaid; below `term`: early.
    annuity, credit : array of float
    """

    ids: Ints
    client: Ints
    first_due_day: Ints
    term: Ints
    settled_after: Ints
    annuity: Floats
    credit: Floats

    def __len__(self) -> int:
        """Return the number of loans."""
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Cards:
    """Granted cards; one entry each, some without a header.

    Attributes
    ----------
    ids, client : array of int
        SK_ID_PREV and index of the client.
    first_month, last_month : array of int
        Reported months relative to the application, both included.
    limit : array of float
    """

    ids: Ints
    client: Ints
    first_month: Ints
    last_month: Ints
    limit: Floats

    def __len__(self) -> int:
        """Return the number of cards."""
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class PreviousApplications:
    """The table, what came of it, and what of it the risk is made of.

    Attributes
    ----------
    columns : Columns
    loans : Loans
    cards : Cards
    refused_share : array of float, shape (clients,)
        Refused among decided applications of the last three years, NaN without any.
    """

    columns: Columns
    loans: Loans
    cards: Cards
    refused_share: Floats


@dataclass(frozen=True, slots=True)
class _Headers:
    """Outcome of every application."""

    client: Ints
    ids: Ints
    is_first: Bools
    decision_day: Ints
    kind: Texts
    status: Texts

    def __len__(self) -> int:
        return len(self.client)

    @property
    def is_granted(self) -> Bools:
        return np.asarray(self.status == "Approved", dtype=bool)


@dataclass(frozen=True, slots=True)
class _Terms:
    """What was asked, granted and agreed; days are NaN where never reached."""

    asked: Floats
    goods: Floats
    down_payment: Floats
    credit: Floats
    annuity: Floats
    term: Floats
    yearly_rate: Floats
    first_due_day: Ints
    settled_after: Ints
    planned_last_day: Ints
    last_day: Ints


def draw_previous(rng: Generator, clients: Clients) -> PreviousApplications:
    """Draw every client's earlier applications."""
    headers = _draw_headers(rng, clients)
    terms = _draw_terms(rng, clients, headers)
    refused = headers.status == "Refused"
    decided = (refused | headers.is_granted) & (headers.decision_day > -1_095)
    next_id = FIRST_PREVIOUS_ID + len(headers)
    orphan_loans = _draw_orphan_loans(rng, clients, next_id)
    orphan_cards = _draw_orphan_cards(rng, clients, next_id + len(orphan_loans))
    return PreviousApplications(
        columns=_columns(rng, clients, headers, terms),
        loans=_join_loans(_granted_loans(headers, terms), orphan_loans),
        cards=_join_cards(_granted_cards(rng, headers, terms), orphan_cards),
        refused_share=mean_by(
            headers.client[decided],
            refused[decided].astype(np.float64),
            len(clients),
        ),
    )


def _draw_headers(rng: Generator, clients: Clients) -> _Headers:
    n = len(clients)
    expected = rng.gamma(1.5, 3.95 / 1.5, n) * np.exp(0.15 * clients.leverage - 0.011)
    counts = (1 + np.minimum(rng.poisson(expected), 50)).astype(np.int64)
    counts[top_share(rng.random(n), _NONE_SHARE)] = 0
    client, position = expand(counts)
    size = len(client)
    days = np.minimum(2 + np.floor(rng.gamma(1.25, 720.0, size)), WINDOW_DAYS)
    order = np.lexsort((days, client))
    decision_day = -days[order].astype(np.int64)
    leverage, discipline = clients.leverage[client], clients.discipline[client]
    kind = choose(
        rng, {CASH: 0.545, CONSUMER: 0.38, REVOLVING: 0.075, "XNA": 0.0002}, size
    )
    # Most clients came in through a purchase on credit, which is seldom refused.
    is_first = position == counts[client] - 1
    kind[is_first & (rng.random(size) < 0.75)] = CONSUMER
    pull = 0.45 * leverage - 0.35 * discipline + 0.3 * clients.strain[client]
    chance = rng.random(size)
    refused = sigmoid(np.where(kind == CONSUMER, -2.7, -1.35) + pull)
    cancelled = np.where(kind == CONSUMER, 0.015, 0.43) * (1.0 - refused)
    status = np.full(size, "Approved", dtype=object)
    status[chance < refused + cancelled] = "Canceled"
    status[chance < refused] = "Refused"
    status[(kind == CONSUMER) & (chance > 0.963)] = "Unused offer"
    status[kind == "XNA"] = "Canceled"
    # A client has one card at most; other requests for cards come to nothing.
    status[(kind == REVOLVING) & (status == "Approved")] = "Refused"
    has_card = top_share(0.3 * clients.leverage + rng.standard_normal(n), _CARD_SHARE)
    starts = np.cumsum(counts) - counts
    holder = np.flatnonzero(has_card & (counts > 0))
    card = starts[holder] + rng.integers(0, np.maximum(counts[holder], 1))
    kind[card], status[card] = REVOLVING, "Approved"
    return _Headers(
        client=client,
        ids=FIRST_PREVIOUS_ID + rng.permutation(size),
        is_first=is_first,
        decision_day=decision_day,
        kind=kind,
        status=status,
    )


def _draw_terms(rng: Generator, clients: Clients, headers: _Headers) -> _Terms:
    size = len(headers)
    kind, client = headers.kind, headers.client
    is_cash, is_card = kind == CASH, kind == REVOLVING
    means = clients.means[client]
    goods = np.where(
        is_cash,
        np.exp(12.15 + 0.2 * means + 0.75 * rng.standard_normal(size)),
        np.exp(11.0 + 0.2 * means + 0.68 * rng.standard_normal(size)),
    )
    goods = np.where(
        is_cash,
        np.maximum(round_to(goods, 4_500.0), 22_500.0),
        np.maximum(round_to(goods, 4.5), 9_000.0),
    )
    goods = np.where(is_card, _draw_limits(rng, size), goods)
    down_rate = np.where(
        (kind == CONSUMER) & (rng.random(size) < 0.55), rng.beta(1.4, 8.0, size), 0.0
    )
    down = round_to(down_rate * goods, 4.5)
    insurance = np.where(
        is_card | (rng.random(size) < 0.4), 0.0, rng.uniform(0.02, 0.18, size)
    )
    credit = round_to((goods - down) * (1.0 + insurance), 0.5)
    term = np.where(
        is_cash,
        rng.choice(_CASH_TERMS, size, p=_CASH_TERM_SHARES),
        rng.choice(_SHOP_TERMS, size, p=_SHOP_TERM_SHARES),
    )
    rate = np.where(
        is_cash, rng.uniform(0.15, 0.65, size), rng.uniform(0.05, 0.50, size)
    )
    payment = np.where(
        is_card, 0.05 * credit, annuity(credit, np.maximum(term, 1), rate)
    )
    first_due = headers.decision_day + 28 + rng.integers(0, 6, size)
    is_early = rng.random(size) < 0.42
    settled_after = np.where(
        is_early, np.ceil(term * rng.uniform(0.25, 0.9, size)), term
    ).astype(np.int64)
    return _Terms(
        asked=goods - down,
        goods=goods,
        down_payment=down,
        credit=credit,
        annuity=rounded(payment / 0.045, 0) * 0.045,
        term=np.where(is_card, 0, term).astype(np.float64),
        yearly_rate=rate,
        first_due_day=first_due,
        settled_after=settled_after,
        planned_last_day=first_due + DAYS_PER_MONTH * (term - 1),
        last_day=first_due + DAYS_PER_MONTH * (settled_after - 1),
    )


def _draw_limits(rng: Generator, size: int) -> Floats:
    return (45_000 * rng.integers(1, 13, size)).astype(np.float64)


def _columns(
    rng: Generator, clients: Clients, headers: _Headers, terms: _Terms
) -> Columns:
    size = len(headers)
    amounts = _amount_columns(rng, headers, terms)
    return {
        "SK_ID_PREV": headers.ids,
        "SK_ID_CURR": clients.ids[headers.client],
        "WEEKDAY_APPR_PROCESS_START": choose(rng, WEEKDAYS, size),
        "HOUR_APPR_PROCESS_START": np.clip(
            rounded(rng.normal(12.5, 3.3, size), 0), 0, 23
        ).astype(np.int64),
        "FLAG_LAST_APPL_PER_CONTRACT": choose(rng, {"Y": 0.995, "N": 0.005}, size),
        "NFLAG_LAST_APPL_IN_DAY": (rng.random(size) < 0.9965).astype(np.int64),
        "NAME_CONTRACT_STATUS": headers.status,
        "DAYS_DECISION": headers.decision_day,
        **amounts,
        **_code_columns(rng, headers, terms),
        **_day_columns(rng, headers, terms),
    }


def _is_blank(rng: Generator, headers: _Headers) -> Bools:
    """Mark cancelled and refused requests that never named an amount."""
    share = np.where(
        headers.status == "Canceled",
        0.93,
        np.where(headers.status == "Refused", 0.2, 0),
    )
    return np.asarray(
        (headers.kind != CONSUMER) & (rng.random(len(headers)) < share), dtype=bool
    )


def _amount_columns(rng: Generator, headers: _Headers, terms: _Terms) -> Columns:
    size = len(headers)
    blank = _is_blank(rng, headers)
    is_consumer = headers.kind == CONSUMER
    knows_down = is_consumer & ~blank & (rng.random(size) < 0.95)
    is_promoted = is_consumer & (rng.random(size) < 0.0075)
    asked_factor = np.where(
        is_consumer | (rng.random(size) < 0.7), 1.0, rng.uniform(0.85, 1.6, size)
    )
    asked = round_to(terms.goods * asked_factor, 4.5)
    return {
        "AMT_ANNUITY": np.where(blank, np.nan, rounded(terms.annuity, 3)),
        "AMT_APPLICATION": np.where(blank, 0.0, asked),
        "AMT_CREDIT": np.where(blank, 0.0, terms.credit),
        "AMT_DOWN_PAYMENT": np.where(knows_down, terms.down_payment, np.nan),
        "AMT_GOODS_PRICE": np.where(blank, np.nan, asked),
        "RATE_DOWN_PAYMENT": np.where(
            knows_down,
            terms.down_payment / np.maximum(terms.down_payment + terms.credit, 1.0),
            np.nan,
        ),
        "RATE_INTEREST_PRIMARY": np.where(
            is_promoted, rounded(rng.uniform(0.1, 0.25, size), 6), np.nan
        ),
        "RATE_INTEREST_PRIVILEGED": np.where(
            is_promoted, rounded(rng.uniform(0.6, 0.9, size), 6), np.nan
        ),
        "CNT_PAYMENT": np.where(blank, np.nan, terms.term),
        "NAME_CONTRACT_TYPE": headers.kind,
        "NAME_YIELD_GROUP": _yield_group(headers, terms, blank),
        "PRODUCT_COMBINATION": _product(headers, terms, blank),
        "NAME_PORTFOLIO": np.where(blank, "XNA", _portfolio(headers.kind)),
    }


def _portfolio(kind: Texts) -> Texts:
    names = {CASH: "Cash", CONSUMER: "POS", REVOLVING: "Cards"}
    return np.array([names.get(code, "XNA") for code in kind], dtype=object)


def _yield_band(rate: Floats) -> Ints:
    return np.digitize(rate, [0.12, 0.25, 0.40])


def _yield_group(headers: _Headers, terms: _Terms, blank: Bools) -> Texts:
    bands = texts(["low_action", "low_normal", "middle", "high"])
    groups = bands[_yield_band(terms.yearly_rate)].copy()
    groups[blank | (headers.kind == REVOLVING) | (headers.kind == "XNA")] = "XNA"
    return groups


def _product(headers: _Headers, terms: _Terms, blank: Bools) -> Texts:
    band = _yield_band(terms.yearly_rate)
    cash = texts(
        [
            "Cash Street: low",
            "Cash X-Sell: low",
            "Cash X-Sell: middle",
            "Cash Street: high",
        ]
    )
    result = cash[band].copy()
    result[blank] = "Cash"
    result[headers.kind == REVOLVING] = "Card Street"
    result[headers.kind == "XNA"] = None
    return result


def _code_columns(rng: Generator, headers: _Headers, terms: _Terms) -> Columns:
    size = len(headers)
    is_consumer, is_cash = headers.kind == CONSUMER, headers.kind == CASH
    refused = headers.status == "Refused"
    goods = choose(rng, _GOODS, size)
    goods[~is_consumer] = "XNA"
    industry = np.array(
        [_INDUSTRY_OF_GOODS.get(code, "Consumer electronics") for code in goods],
        dtype=object,
    )
    industry[~is_consumer] = "XNA"
    reason = np.full(size, "XAP", dtype=object)
    reason[refused] = choose(rng, _REFUSAL_REASON, size)[refused]
    reason[headers.status == "Unused offer"] = "CLIENT"
    purpose = choose(rng, _PURPOSE, size)
    purpose[~is_cash] = "XAP"
    client_type = choose(
        rng, {"Repeater": 0.9, "Refreshed": 0.0985, "XNA": 0.0015}, size
    )
    client_type[headers.is_first] = "New"
    product_type = choose(rng, {"x-sell": 0.66, "walk-in": 0.22, "XNA": 0.12}, size)
    product_type[is_consumer] = "XNA"
    area = np.where(is_consumer, np.floor(np.exp(rng.normal(4.4, 1.5, size))), -1.0)
    return {
        "NAME_CASH_LOAN_PURPOSE": purpose,
        "NAME_PAYMENT_TYPE": choose(
            rng,
            {
                "Cash through the bank": 0.619,
                "XNA": 0.375,
                "Non-cash from your account": 0.005,
                "Cashless from the account of the employer": 0.001,
            },
            size,
        ),
        "CODE_REJECT_REASON": reason,
        "NAME_TYPE_SUITE": choose(rng, _SUITE, size),
        "NAME_CLIENT_TYPE": client_type,
        "NAME_GOODS_CATEGORY": goods,
        "NAME_PRODUCT_TYPE": product_type,
        "CHANNEL_TYPE": np.where(
            is_consumer,
            choose(rng, _SHOP_CHANNEL, size),
            choose(rng, _CASH_CHANNEL, size),
        ),
        "SELLERPLACE_AREA": np.minimum(area, 4_000).astype(np.int64),
        "NAME_SELLER_INDUSTRY": industry,
    }


def _day_columns(rng: Generator, headers: _Headers, terms: _Terms) -> Columns:
    """Draw the contract's days: only granted ones have any, 365243 for "not yet"."""
    size = len(headers)
    granted = headers.is_granted
    is_card = headers.kind == REVOLVING
    has_days = granted & (rng.random(size) < 0.985)
    runs = terms.last_day >= 0
    termination = terms.last_day + rng.integers(2, 12, size)
    drawing = np.where(
        is_card & (rng.random(size) < 0.6),
        np.minimum(headers.decision_day + rng.integers(5, 90, size), -1),
        NEVER,
    )

    def reached(days: Ints, not_yet: Bools) -> Floats:
        values = np.where(not_yet, NEVER, days).astype(np.float64)
        return np.where(has_days, values, np.nan)

    never_due = is_card & (drawing == NEVER)
    return {
        "DAYS_FIRST_DRAWING": reached(drawing, np.zeros(size, dtype=bool)),
        "DAYS_FIRST_DUE": reached(
            np.where(is_card, np.minimum(drawing + 25, 0), terms.first_due_day),
            never_due,
        ),
        "DAYS_LAST_DUE_1ST_VERSION": reached(terms.planned_last_day, is_card),
        "DAYS_LAST_DUE": reached(terms.last_day, is_card | runs),
        "DAYS_TERMINATION": reached(termination, is_card | runs | (termination >= 0)),
        "NFLAG_INSURED_ON_APPROVAL": np.where(
            has_days, (rng.random(size) < 0.3325).astype(np.float64), np.nan
        ),
    }


def _granted_loans(headers: _Headers, terms: _Terms) -> Loans:
    granted = headers.is_granted & np.isin(headers.kind, [CASH, CONSUMER])
    return Loans(
        ids=headers.ids[granted],
        client=headers.client[granted],
        first_due_day=terms.first_due_day[granted],
        term=terms.term[granted].astype(np.int64),
        settled_after=terms.settled_after[granted],
        annuity=terms.annuity[granted],
        credit=terms.credit[granted],
    )


def _granted_cards(rng: Generator, headers: _Headers, terms: _Terms) -> Cards:
    granted = headers.is_granted & (headers.kind == REVOLVING)
    first = np.maximum(headers.decision_day[granted] // DAYS_PER_MONTH + 1, -96)
    return Cards(
        ids=headers.ids[granted],
        client=headers.client[granted],
        first_month=np.minimum(first, -1),
        last_month=np.full(int(granted.sum()), -1),
        limit=terms.credit[granted],
    )


def _draw_orphan_loans(rng: Generator, clients: Clients, first_id: int) -> Loans:
    """Draw loans older than the window, of which only the later months are seen."""
    size = round(_ORPHAN_LOANS_PER_CLIENT * len(clients))
    term = rng.choice([12, 18, 24, 30, 36], size)
    elapsed = np.floor(term * rng.uniform(0.3, 0.8, size)).astype(np.int64)
    credit = round_to(np.exp(11.3 + 0.6 * rng.standard_normal(size)), 4.5)
    return Loans(
        ids=first_id + np.arange(size),
        client=rng.integers(0, len(clients), size),
        first_due_day=-WINDOW_DAYS - DAYS_PER_MONTH * elapsed,
        term=term,
        settled_after=term.copy(),
        annuity=rounded(annuity(credit, term, rng.uniform(0.2, 0.5, size)), 2),
        credit=credit,
    )


def _draw_orphan_cards(rng: Generator, clients: Clients, first_id: int) -> Cards:
    """Draw cards older than the window: their history fills all of it."""
    size = round(_ORPHAN_CARD_SHARE * len(clients))
    return Cards(
        ids=first_id + np.arange(size),
        client=rng.choice(len(clients), size, replace=False),
        first_month=np.full(size, -96),
        last_month=np.where(rng.random(size) < 0.9, -1, rng.integers(-12, -1, size)),
        limit=_draw_limits(rng, size),
    )


def _join_loans(known: Loans, orphans: Loans) -> Loans:
    return Loans(
        *(
            np.concatenate([getattr(known, name), getattr(orphans, name)])
            for name in Loans.__dataclass_fields__
        )
    )


def _join_cards(known: Cards, orphans: Cards) -> Cards:
    return Cards(
        *(
            np.concatenate([getattr(known, name), getattr(orphans, name)])
            for name in Cards.__dataclass_fields__
        )
    )
