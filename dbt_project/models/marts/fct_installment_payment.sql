with

schedule_rows as (

    select * from {{ ref('stg_home_credit__installments') }}

),

quarantined as (

    select * from {{ ref('quarantine_installments_payments') }}

),

-- the same day and amount in several versions of the schedule is one payment
payments as (

    select
        previous_application_id,
        installment_number,
        payment_day,
        paid_amount,
        min(client_id) as client_id,
        cast(count(*) as integer) as source_row_count
    from schedule_rows
    where
        paid_amount is not null
        and {{ is_held('schedule_rows', {
            'previous_application_id': 'sk_id_prev',
            'installment_number': 'num_instalment_number',
        }) }}
    group by
        previous_application_id,
        installment_number,
        payment_day,
        paid_amount

),

numbered_payments as (

    select
        *,
        cast(row_number() over (
            partition by previous_application_id, installment_number
            order by payment_day asc nulls last, paid_amount asc
        ) as integer) as payment_number
    from payments

)

select * from numbered_payments
