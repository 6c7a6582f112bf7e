select
    -- ids
    ctid as landing_row_id,
    cast(sk_id_bureau as integer) as bureau_credit_id,
    cast(sk_id_curr as integer) as client_id,

    -- codes
    nullif(credit_active, 'XNA') as credit_status,
    nullif(credit_currency, 'XNA') as credit_currency,
    nullif(credit_type, 'XNA') as credit_type,

    -- numerics
    cast(credit_day_overdue as integer) as overdue_days_count,
    cast(cnt_credit_prolong as integer) as prolongation_count,
    cast(amt_credit_max_overdue as double precision) as max_overdue_amount,
    cast(amt_credit_sum as double precision) as credit_amount,
    cast(amt_credit_sum_debt as double precision) as debt_amount,
    cast(amt_credit_sum_limit as double precision) as limit_amount,
    cast(amt_credit_sum_overdue as double precision) as overdue_amount,
    cast(amt_annuity as double precision) as annuity_amount,

    -- days relative to the application
    cast(days_credit as integer) as opened_day,
    cast(days_credit_enddate as integer) as planned_end_day,
    cast(days_enddate_fact as integer) as actual_end_day,
    cast(days_credit_update as integer) as updated_day
from {{ source('home_credit', 'bureau') }}
