select
    -- ids
    ctid as landing_row_id,
    cast(sk_id_prev as integer) as previous_application_id,
    cast(sk_id_curr as integer) as client_id,

    -- codes
    nullif(name_contract_status, 'XNA') as contract_status,

    -- numerics
    cast(amt_balance as double precision) as balance_amount,
    cast(amt_credit_limit_actual as double precision) as credit_limit_amount,
    cast(amt_drawings_current as double precision) as drawings_amount,
    cast(amt_drawings_atm_current as double precision) as atm_drawings_amount,
    cast(amt_drawings_pos_current as double precision) as pos_drawings_amount,
    cast(amt_drawings_other_current as double precision)
        as other_drawings_amount,
    cast(amt_inst_min_regularity as double precision)
        as minimum_installment_amount,
    cast(amt_payment_current as double precision) as payment_amount,
    cast(amt_payment_total_current as double precision) as payment_total_amount,
    cast(amt_receivable_principal as double precision)
        as receivable_principal_amount,
    cast(amt_recivable as double precision) as receivable_amount,
    cast(amt_total_receivable as double precision) as receivable_total_amount,
    cast(cnt_drawings_current as integer) as drawings_count,
    cast(cnt_drawings_atm_current as integer) as atm_drawings_count,
    cast(cnt_drawings_pos_current as integer) as pos_drawings_count,
    cast(cnt_drawings_other_current as integer) as other_drawings_count,
    cast(cnt_instalment_mature_cum as integer) as matured_installment_count,
    cast(sk_dpd as integer) as days_past_due,
    cast(sk_dpd_def as integer) as days_past_due_tolerated,

    -- month relative to the application
    cast(months_balance as smallint) as month
from {{ source('home_credit', 'credit_card_balance') }}
