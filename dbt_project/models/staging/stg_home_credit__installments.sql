select
    -- ids
    ctid as landing_row_id,
    cast(sk_id_prev as integer) as previous_application_id,
    cast(sk_id_curr as integer) as client_id,

    -- numerics
    cast(num_instalment_version as integer) as version_number,
    cast(num_instalment_number as integer) as installment_number,
    cast(amt_instalment as double precision) as due_amount,
    cast(amt_payment as double precision) as paid_amount,

    -- days relative to the application
    cast(days_instalment as integer) as due_day,
    cast(days_entry_payment as integer) as payment_day
from {{ source('home_credit', 'installments_payments') }}
