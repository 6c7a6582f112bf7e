"""Credits at other lenders as the credit bureau reports them, and their months."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.random import Generator

from ingestion.sample.clients import Clients
from ingestion.sample.draw import (
    Bools,
    Columns,
    Floats,
    Ints,
    Texts,
    choose,
    expand,
    hide,
    mean_by,
    pick_rare,
    rounded,
    sigmoid,
    texts,
    top_share,
)

FIRST_BUREAU_ID: Final = 5_000_001
HISTORY_DAYS: Final = 2_920
DAYS_PER_MONTH: Final = 30

_NO_CREDIT_SHARE: Final = 0.143
_WITH_MONTHS_SHARE: Final = 0.45
_ORPHAN_ROW_SHARE: Final = 0.114
_OLDEST_MONTH: Final = -96

_CREDIT_TYPE: Final = {
    "Consumer credit": 0.729,
    "Credit card": 0.234,
    "Car loan": 0.0161,
    "Mortgage": 0.0107,
    "Microloan": 0.0072,
    "Loan for business development": 0.0012,
    "Another type of loan": 0.0006,
    "Unknown type of loan": 0.0003,
    "Loan for working capital replenishment": 0.0003,
}
# Type: median amount, spread on the log scale, shortest and longest term in months.
_TERMS: Final = {
    "Consumer credit": (118_000.0, 0.95, 4, 42),
    "Credit card": (82_000.0, 0.85, 24, 84),
    "Car loan": (560_000.0, 0.55, 36, 72),
    "Mortgage": (1_500_000.0, 0.60, 120, 300),
    "Microloan": (9_000.0, 0.60, 1, 6),
}
_STATUS_BY_DELAY: Final = texts(["0", "1", "2", "3", "4", "5"])


@dataclass(frozen=True, slots=True)
class BureauHistory:
    """The two bureau tables and what of them the risk is made of.

    Attributes
    ----------
    credits, months : Columns
        ``bureau`` (with SK_ID_CURR as client id) and ``bureau_balance``.
    debt_ratio : array of float, shape (clients,)
        Debt to granted amount over active credits, NaN without any.
    recent_count : array of float, shape (clients,)
        Credits opened within the last year.
    recent_delay : array of float, shape (clients,)
        Share of the last twelve months' statuses past due, NaN without months.
    """

    credits: Columns
    months: Columns
    debt_ratio: Floats
    recent_count: Floats
    recent_delay: Floats


@dataclass(frozen=True, slots=True)
class _Credits:
    client: Ints
    ids: Ints
    kind: Texts
    opened_day: Ints
    term_days: Ints
    end_day: Ints
    is_active: Bools

    def __len__(self) -> int:
        return len(self.client)

    @property
    def planned_end_day(self) -> Ints:
        return self.opened_day + self.term_days


def draw_bureau(
    rng: Generator, months_rng: Generator, clients: Clients
) -> BureauHistory:
    """Draw every client's credits, and the months of about half of them."""
    credits = _draw_credits(rng, clients)
    amounts = _draw_amounts(rng, clients, credits)
    columns = _credit_columns(rng, clients, credits, amounts)
    months, recent_delay = _draw_months(months_rng, clients, credits)
    debt = np.where(credits.is_active, amounts["debt"], 0.0)
    granted = np.where(credits.is_active, amounts["granted"], 0.0)
    size = len(clients)
    total_granted = np.bincount(credits.client, weights=granted, minlength=size)
    total_debt = np.bincount(credits.client, weights=debt, minlength=size)
    recent = credits.client[credits.opened_day > -365]
    return BureauHistory(
        credits=columns,
        months=months,
        debt_ratio=np.where(
            total_granted > 0, total_debt / np.maximum(total_granted, 1.0), np.nan
        ),
        recent_count=np.bincount(recent, minlength=size).astype(np.float64),
        recent_delay=recent_delay,
    )


def _draw_credits(rng: Generator, clients: Clients) -> _Credits:
    n = len(clients)
    expected = rng.gamma(1.6, 4.6 / 1.6, n) * np.exp(0.15 * clients.leverage - 0.011)
    counts = 1 + np.minimum(rng.poisson(expected), 60)
    counts[top_share(rng.random(n), _NO_CREDIT_SHARE)] = 0
    client, _ = expand(counts.astype(np.int64))
    size = len(client)
    kind = choose(rng, _CREDIT_TYPE, size)
    opened = -1 - np.floor(rng.beta(1.1, 1.75, size) * HISTORY_DAYS).astype(np.int64)
    shortest = np.array([_terms(code)[2] for code in kind], dtype=np.float64)
    longest = np.array([_terms(code)[3] for code in kind], dtype=np.float64)
    months = np.floor(shortest + (longest - shortest + 1.0) * rng.random(size) ** 1.4)
    term_days = np.maximum(rounded(months * 30.44, 0), 30.0).astype(np.int64)
    # Most credits are repaid before their planned end, cards are closed at any time.
    repaid_early = rng.random(size) < np.where(kind == "Mortgage", 0.15, 0.38)
    lived = np.where(
        repaid_early,
        rounded(term_days * rng.uniform(0.15, 0.95, size), 0),
        np.maximum(term_days + rounded(rng.normal(0.0, 12.0, size), 0), 10.0),
    ).astype(np.int64)
    end_day = opened + lived
    return _Credits(
        client=client,
        ids=FIRST_BUREAU_ID + rng.permutation(size),
        kind=kind,
        opened_day=opened,
        term_days=term_days,
        end_day=end_day,
        is_active=end_day >= 0,
    )


def _terms(kind: str) -> tuple[float, float, int, int]:
    return _TERMS.get(kind, (250_000.0, 1.0, 12, 48))


def _draw_amounts(
    rng: Generator, clients: Clients, credits: _Credits
) -> dict[str, Floats]:
    size = len(credits)
    median = np.array([_terms(code)[0] for code in credits.kind], dtype=np.float64)
    spread = np.array([_terms(code)[1] for code in credits.kind], dtype=np.float64)
    means = clients.means[credits.client]
    leverage = clients.leverage[credits.client]
    strain = clients.strain[credits.client]
    granted = median * np.exp(0.25 * means + spread * rng.standard_normal(size))
    granted = rounded(granted / 450.0, 0) * 450.0
    is_card = credits.kind == "Credit card"
    used = sigmoid(
        -0.6 + 0.9 * leverage + 0.5 * strain + 0.8 * rng.standard_normal(size)
    )
    remaining = np.clip(credits.planned_end_day / credits.term_days, 0.0, 1.0)
    owed = np.clip(
        remaining**0.85
        + 0.10 * leverage
        + 0.08 * strain
        + 0.12 * rng.standard_normal(size),
        0.0,
        1.05,
    )
    debt = np.where(is_card, used, owed) * granted
    return {
        "granted": granted,
        "debt": rounded(np.where(credits.is_active, debt, 0.0), 2),
    }


def _credit_columns(
    rng: Generator, clients: Clients, credits: _Credits, amounts: dict[str, Floats]
) -> Columns:
    size = len(credits)
    active = credits.is_active
    granted, debt = amounts["granted"], amounts["debt"].copy()
    is_card = credits.kind == "Credit card"
    trouble = (
        clients.strain[credits.client]
        - clients.discipline[credits.client]
        + 1.2 * rng.standard_normal(size)
    )
    status = texts(["Closed", "Active"])[active.astype(int)]
    status[rng.random(size) < 0.0038] = "Sold"
    status[pick_rare(rng, active, 0.00003)] = "Bad debt"
    currency = np.full(size, "currency 1", dtype=object)
    for code, share in (("2", 0.0007), ("3", 0.0001), ("4", 0.00001)):
        currency[pick_rare(rng, np.ones(size, dtype=bool), share)] = f"currency {code}"

    limit = np.where(is_card & active, rounded(np.maximum(granted - debt, 0.0), 2), 0)
    negative_debt = pick_rare(rng, active, 0.0049 / 0.367)
    debt[negative_debt] = -rounded(rng.gamma(1.0, 900.0, len(negative_debt)) + 1, 2)
    negative_limit = pick_rare(rng, is_card, 0.0002 / 0.234)
    limit[negative_limit] = -rounded(rng.gamma(1.0, 500.0, len(negative_limit)) + 1, 2)

    is_overdue = active & (trouble > 4.3)
    overdue_days = np.where(
        is_overdue, 1 + np.floor(rng.gamma(0.7, 60.0, size)), 0.0
    ).astype(np.int64)
    overdue = np.where(
        is_overdue, rounded(granted * rng.uniform(0.005, 0.06, size), 2), 0
    )
    was_overdue = is_overdue | (trouble > 1.9)
    worst = np.where(
        was_overdue,
        np.maximum(overdue, rounded(granted * rng.uniform(0.005, 0.12, size), 2)),
        0.0,
    )
    hidden_worst = rng.random(size) < np.where(was_overdue, 0.35, 0.705)
    end_fact = np.where(active, np.nan, np.minimum(credits.end_day, -1))
    update = np.where(
        active,
        -np.floor(rng.gamma(1.0, 45.0, size)) - 1,
        np.minimum(credits.end_day + np.floor(rng.gamma(0.8, 60.0, size)), -1),
    ).astype(np.int64)
    annuity = rounded(granted / np.maximum(credits.term_days / 30.44, 1.0) * 1.08, 1)
    return {
        "SK_ID_CURR": clients.ids[credits.client],
        "SK_ID_BUREAU": credits.ids,
        "CREDIT_ACTIVE": status,
        "CREDIT_CURRENCY": currency,
        "DAYS_CREDIT": credits.opened_day,
        "CREDIT_DAY_OVERDUE": overdue_days,
        "DAYS_CREDIT_ENDDATE": hide(rng, credits.planned_end_day, 0.0615),
        "DAYS_ENDDATE_FACT": end_fact,
        "AMT_CREDIT_MAX_OVERDUE": np.where(hidden_worst, np.nan, worst),
        "CNT_CREDIT_PROLONG": np.where(
            rng.random(size) < 0.0055, 1 + rng.poisson(0.2, size), 0
        ).astype(np.int64),
        "AMT_CREDIT_SUM": hide(rng, granted, 0.00001),
        "AMT_CREDIT_SUM_DEBT": np.where(
            rng.random(size) < np.where(active, 0.06, 0.2), np.nan, debt
        ),
        "AMT_CREDIT_SUM_LIMIT": np.where(
            (limit >= 0) & (rng.random(size) < 0.345), np.nan, limit
        ),
        "AMT_CREDIT_SUM_OVERDUE": overdue,
        "CREDIT_TYPE": credits.kind,
        "DAYS_CREDIT_UPDATE": np.maximum(update, credits.opened_day),
        "AMT_ANNUITY": np.where(
            rng.random(size) < 0.715, np.nan, np.where(active, annuity, 0.0)
        ),
    }


def _draw_months(
    rng: Generator, clients: Clients, credits: _Credits
) -> tuple[Columns, Floats]:
    """Draw month statuses; all credits of a client have them or none has."""
    order = np.argsort(rng.random(len(clients)), kind="stable")
    counts = np.bincount(credits.client, minlength=len(clients))
    reached = np.cumsum(counts[order]) <= _WITH_MONTHS_SHARE * len(credits)
    has_months = np.zeros(len(clients), dtype=bool)
    has_months[order[reached]] = True
    covered = np.flatnonzero(has_months[credits.client])

    # Half of the lenders began to report only some time after the credit was opened.
    reported = np.where(
        rng.random(len(covered)) < 0.5, 1.0, rng.uniform(0.05, 1.0, len(covered))
    )
    opened_month = credits.opened_day[covered] // DAYS_PER_MONTH
    first = np.maximum(np.floor(opened_month * reported), _OLDEST_MONTH)
    first = first.astype(np.int64)
    credit, position = expand(1 - first)
    month = -position
    client = credits.client[covered][credit]
    end_month = credits.end_day[covered][credit] // DAYS_PER_MONTH
    status, delay = _draw_statuses(
        rng,
        credit,
        month,
        end_month,
        clients.discipline[client],
        clients.strain[client],
    )
    is_recent = (month > -12) & (status != "X")
    recent_delay = mean_by(
        client[is_recent], (delay[is_recent] > 0).astype(np.float64), len(clients)
    )
    orphans = _draw_orphan_months(rng, credits, len(month))
    return {
        "SK_ID_BUREAU": np.concatenate([credits.ids[covered][credit], orphans[0]]),
        "MONTHS_BALANCE": np.concatenate([month, orphans[1]]),
        "STATUS": np.concatenate([status, orphans[2]]),
    }, recent_delay


def _draw_statuses(
    rng: Generator,
    credit: Ints,
    month: Ints,
    end_month: Ints,
    discipline: Floats,
    strain: Floats,
) -> tuple[Texts, Ints]:
    """Draw 0 to 5 while a credit lives, C once it is closed, X where unknown."""
    size = len(month)
    pressure = -4.1 - 0.8 * discipline + np.where(month > -12, 0.9 * strain, 0.0)
    is_late = rng.random(size) < sigmoid(pressure)
    depth = 1 + np.where(
        rng.random(size) < 0.12, np.minimum(rng.geometric(0.35, size), 4), 0
    )
    delay = np.where(is_late & (month < end_month), depth, 0)
    status = _STATUS_BY_DELAY[delay].copy()
    unknown_by_credit = rng.beta(0.45, 0.9, int(credit.max()) + 1 if size else 0)
    is_unknown = rng.random(size) < unknown_by_credit[credit]
    is_unknown &= delay == 0
    status[is_unknown] = "X"
    closed = month >= end_month
    status[closed & ~(is_unknown & (rng.random(size) < 0.25))] = "C"
    return status, delay


def _draw_orphan_months(
    rng: Generator, credits: _Credits, row_count: int
) -> tuple[Ints, Ints, Texts]:
    """Draw months of credits that the bureau table does not know."""
    wanted = round(row_count * _ORPHAN_ROW_SHARE / (1.0 - _ORPHAN_ROW_SHARE))
    lengths = rng.integers(48, 98, size=wanted // 48 + 1)
    credit, position = expand(lengths.astype(np.int64))
    credit, month = credit[:wanted], -position[:wanted]
    end_month = rng.integers(_OLDEST_MONTH, 24, size=len(lengths))[credit]
    even = np.zeros(wanted)
    status, _ = _draw_statuses(rng, credit, month, end_month, even, even)
    return FIRST_BUREAU_ID + len(credits) + credit, month, status
