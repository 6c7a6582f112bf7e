"""Who one client is, what is asked, and what is known of the past."""

from __future__ import annotations

from dataclasses import dataclass

from bokeh_app.sources.warehouse import Row, Warehouse


@dataclass(frozen=True)
class Profile:
    """One client's application and the sums of their past.

    Parameters
    ----------
    application : dict
        Columns of `marts.dim_client`, chosen for an advisor.
    bureau, previous, payments : dict
        Counts and amounts; the counts are zero where nothing is known.
    """

    application: Row
    bureau: Row
    previous: Row
    payments: Row


_APPLICATION = """
    select
        client_id,
        contract_type,
        has_car,
        has_realty,
        children_count,
        income_amount,
        credit_amount,
        annuity_amount,
        goods_price_amount,
        income_type,
        education_level,
        family_status,
        housing_type,
        age_years,
        employment_years,
        is_employment_unknown,
        car_age_years,
        occupation,
        organization_type
    from marts.dim_client
    where client_id = %(client_id)s
"""

_BUREAU = """
    select
        count(*) as credit_count,
        count(*) filter (where credit_status = 'Active') as active_count,
        sum(debt_amount) filter (
            where credit_status = 'Active' and debt_amount > 0
        ) as debt_amount,
        sum(overdue_amount) as overdue_amount,
        max(opened_day) as last_opened_day
    from marts.fct_bureau_credit
    where client_id = %(client_id)s
"""

_PREVIOUS = """
    select
        count(*) filter (where has_application) as application_count,
        count(*) filter (where contract_status = 'Approved') as approved_count,
        count(*) filter (where contract_status = 'Refused') as refused_count,
        count(*) filter (
            where contract_status in ('Canceled', 'Unused offer')
        ) as withdrawn_count,
        max(decision_day) filter (where has_application) as last_decision_day
    from marts.fct_previous_application
    where client_id = %(client_id)s
"""

_PAYMENTS = """
    select
        count(*) as installment_count,
        count(*) filter (where days_late > 0) as late_count,
        max(days_late) as worst_days_late
    from marts.fct_installment
    where client_id = %(client_id)s
"""


def read_profile(warehouse: Warehouse, client_id: int) -> Profile | None:
    """Return what is known of a client, or None where there is no such client."""
    parameters = {"client_id": client_id}
    application = warehouse.row(_APPLICATION, parameters)
    if application is None:
        return None
    return Profile(
        application,
        *(
            warehouse.row(query, parameters) or {}
            for query in (_BUREAU, _PREVIOUS, _PAYMENTS)
        ),
    )
