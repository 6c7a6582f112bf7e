"""One client's loans and instalments in time, days counted from the application."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bokeh_app.sources.warehouse import Warehouse

LOAN_LIMIT = 200
INSTALLMENT_LIMIT = 2000

NO_LOAN = 0

LoanKind = Literal["granted", "declined", "elsewhere"]


@dataclass(frozen=True)
class Loan:
    """A loan or an application.

    `start_day` and `end_day` are relative to the application at hand, negative
    before it; `end_day` is None where it is unknown or nothing was lent. `is_open`
    says that the bureau reports the loan as still running, whatever end was planned.
    `loan_id` is that of its instalments, NO_LOAN where it cannot have any.
    """

    kind: LoanKind
    product: str | None
    status: str | None
    start_day: float
    end_day: float | None
    amount: float | None
    is_open: bool = False
    loan_id: int = NO_LOAN


@dataclass(frozen=True)
class Installment:
    """An instalment: when it was due and how late its last payment came.

    `days_late` is negative for an early payment and None for no payment.
    """

    due_day: float
    due_amount: float | None
    days_late: float | None
    loan_id: int = NO_LOAN


@dataclass(frozen=True)
class History:
    """The most recent loans and instalments, oldest first."""

    loans: tuple[Loan, ...]
    installments: tuple[Installment, ...]


_LOANS = """
    select *
    from (
        select
            case
                when contract_status = 'Approved' then 'granted'
                else 'declined'
            end as kind,
            contract_type as product,
            contract_status as status,
            coalesce(decision_day, first_due_day)::double precision as start_day,
            case
                when contract_status = 'Approved'
                    then coalesce(
                        termination_day,
                        last_due_day,
                        decision_day + 30.4 * term_months
                    )
            end::double precision as end_day,
            coalesce(credit_amount, requested_amount)::double precision as amount,
            false as is_open,
            previous_application_id as loan_id
        from marts.fct_previous_application
        where client_id = %(client_id)s and has_application

        union all

        select
            'elsewhere' as kind,
            credit_type as product,
            credit_status as status,
            opened_day::double precision as start_day,
            coalesce(actual_end_day, planned_end_day)::double precision as end_day,
            credit_amount::double precision as amount,
            coalesce(credit_status = 'Active', false)
            and actual_end_day is null as is_open,
            0 as loan_id
        from marts.fct_bureau_credit
        where client_id = %(client_id)s
    ) as loans
    where start_day is not null
    order by start_day desc, kind
    limit %(limit)s
"""

_INSTALLMENTS = """
    select
        due_day::double precision as due_day,
        due_amount::double precision as due_amount,
        days_late::double precision as days_late,
        previous_application_id as loan_id
    from marts.fct_installment
    where client_id = %(client_id)s and due_day is not null
    order by due_day desc
    limit %(limit)s
"""


def read_history(warehouse: Warehouse, client_id: int) -> History:
    """Return a client's latest loans and instalments, as many as the limits allow."""
    loans = warehouse.rows(_LOANS, {"client_id": client_id, "limit": LOAN_LIMIT})
    installments = warehouse.rows(
        _INSTALLMENTS, {"client_id": client_id, "limit": INSTALLMENT_LIMIT}
    )
    return History(
        tuple(Loan(**row) for row in reversed(loans)),
        tuple(Installment(**row) for row in reversed(installments)),
    )
