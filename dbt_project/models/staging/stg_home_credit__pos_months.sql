select
    -- ids
    ctid as landing_row_id,
    cast(sk_id_prev as integer) as previous_application_id,
    cast(sk_id_curr as integer) as client_id,

    -- codes
    nullif(name_contract_status, 'XNA') as contract_status,

    -- numerics
    cast(cnt_instalment as integer) as installment_count,
    cast(cnt_instalment_future as integer) as remaining_installment_count,
    cast(sk_dpd as integer) as days_past_due,
    cast(sk_dpd_def as integer) as days_past_due_tolerated,

    -- month relative to the application
    cast(months_balance as smallint) as month
from {{ source('home_credit', 'pos_cash_balance') }}
