"""Monthly balances of loans, in step with the payments of their instalments."""

from typing import Final

import numpy as np
from numpy.random import Generator

from ingestion.sample.clients import Clients
from ingestion.sample.draw import Columns, Ints, choose, expand, hide
from ingestion.sample.previous import DAYS_PER_MONTH, Loans
from ingestion.sample.repayment import Repayments

_OLDEST_MONTH: Final = -96
_FIRST_STATUS: Final = {
    "Active": 0.955,
    "Signed": 0.035,
    "Approved": 0.0045,
    "Returned to the store": 0.005,
    "Canceled": 0.0005,
}
_LATER_STATUS: Final = {
    "Active": 0.9991,
    "Demand": 0.0008,
    "Amortized debt": 0.0001,
}


def draw_point_of_sale(
    rng: Generator, clients: Clients, loans: Loans, repayments: Repayments
) -> Columns:
    """Draw ``POS_CASH_balance``: one row for each loan and month that it ran.

    Month m ends on day 30 (m + 1). A loan is past due at a month's end by the age of
    its oldest instalment that was due and not yet paid on that day.
    """
    last_due = loans.first_due_day + DAYS_PER_MONTH * (loans.settled_after - 1)
    first_month = (loans.first_due_day - DAYS_PER_MONTH) // DAYS_PER_MONTH
    first_seen = np.maximum(first_month, _OLDEST_MONTH)
    last_month = np.minimum(_closing_day(loans, repayments, last_due), -1)
    last_month //= DAYS_PER_MONTH
    counts = np.maximum(last_month - first_seen + 1, 0)
    loan, position = expand(counts)
    month = first_seen[loan] + position
    month_end = DAYS_PER_MONTH * (month + 1)
    past_due, past_due_tolerated = _days_past_due(
        rng, repayments, first_seen, counts, len(loan)
    )

    is_last = position == counts[loan] - 1
    is_completed = is_last & (last_due[loan] < 0) & (past_due == 0)
    fallen_due = np.clip(
        -((loans.first_due_day[loan] - month_end) // DAYS_PER_MONTH),
        0,
        loans.settled_after[loan],
    )
    agreed = np.where(is_completed, loans.settled_after[loan], loans.term[loan])
    future = np.where(is_completed, 0, loans.term[loan] - fallen_due)
    size = len(loan)
    status = choose(rng, _LATER_STATUS, size)
    is_first = month == first_month[loan]
    status[is_first] = choose(rng, _FIRST_STATUS, size)[is_first]
    status[past_due > 0] = "Active"
    status[is_completed] = "Completed"
    is_unknown = rng.random(size) < 0.0026
    return {
        "SK_ID_PREV": loans.ids[loan],
        "SK_ID_CURR": clients.ids[loans.client[loan]],
        "MONTHS_BALANCE": month,
        "CNT_INSTALMENT": np.where(is_unknown, np.nan, agreed),
        "CNT_INSTALMENT_FUTURE": hide(
            rng, np.where(is_unknown, np.nan, future), 0.00002
        ),
        "NAME_CONTRACT_STATUS": status,
        "SK_DPD": past_due,
        "SK_DPD_DEF": past_due_tolerated,
    }


def _closing_day(loans: Loans, repayments: Repayments, last_due: Ints) -> Ints:
    """Return the day of the last payment, 0 while anything is to come or unpaid."""
    closing = last_due.copy()
    np.maximum.at(closing, repayments.loan, repayments.paid_day)
    return closing


def _days_past_due(
    rng: Generator,
    repayments: Repayments,
    first_seen: Ints,
    counts: Ints,
    row_count: int,
) -> tuple[Ints, Ints]:
    """Spread late payments over the months at whose end they were outstanding.

    Returns
    -------
    past_due, past_due_tolerated : arrays of int, shape (row_count,)
        Days; the second leaves out the small debts that the lender tolerates.
    """
    due_month = repayments.due_day // DAYS_PER_MONTH
    paid_month = repayments.paid_day // DAYS_PER_MONTH
    instalment, position = expand(np.maximum(paid_month - due_month, 0))
    month = due_month[instalment] + position
    days = DAYS_PER_MONTH * (month + 1) - repayments.due_day[instalment]
    loan = repayments.loan[instalment]
    offset = month - first_seen[loan]
    is_reported = (offset >= 0) & (offset < counts[loan])
    row = ((np.cumsum(counts) - counts)[loan] + offset)[is_reported]
    is_tolerated = (rng.random(len(repayments)) < 0.6)[instalment][is_reported]
    past_due = np.zeros(row_count, dtype=np.int64)
    strict = np.zeros(row_count, dtype=np.int64)
    np.maximum.at(past_due, row, days[is_reported])
    np.maximum.at(strict, row, np.where(is_tolerated, 0, days[is_reported]))
    return past_due, strict
