with

schedule_rows as (

    select * from {{ ref('stg_home_credit__installments') }}

),

quarantined as (

    select * from {{ ref('quarantine_installments_payments') }}

),

held_rows as (

    select schedule_rows.*
    from schedule_rows
    where
        {{ is_held('schedule_rows', {
            'previous_application_id': 'sk_id_prev',
            'installment_number': 'num_instalment_number',
        }) }}

),

-- a row is a payment on a version of the schedule: both repeat, count each once
numbered_rows as (

    select
        *,
        row_number() over (
            partition by
                previous_application_id, installment_number, version_number
            order by due_amount desc nulls last
        ) = 1 as is_first_of_version,
        paid_amount is not null
        and row_number() over (
            partition by
                previous_application_id,
                installment_number,
                payment_day,
                paid_amount
            order by version_number asc nulls last
        ) = 1 as is_first_of_payment
    from held_rows

),

installments as (

    select
        previous_application_id,
        installment_number,
        min(client_id) as client_id,
        max(due_day) as due_day,
        min(payment_day) filter (where is_first_of_payment)
            as first_payment_day,
        max(payment_day) filter (where is_first_of_payment)
            as last_payment_day,
        {{ exact_sum('due_amount', 'is_first_of_version') }} as due_amount,
        coalesce({{ exact_sum('paid_amount', 'is_first_of_payment') }}, 0)
            as paid_amount,
        min(version_number) as first_version_number,
        max(version_number) as last_version_number,
        cast(count(*) filter (where is_first_of_version) as integer)
            as version_count,
        cast(count(*) filter (where is_first_of_payment) as integer)
            as payment_count,
        cast(count(*) as integer) as source_row_count
    from numbered_rows
    group by previous_application_id, installment_number

),

lateness as (

    select
        *,
        last_payment_day - due_day as days_late
    from installments

)

select * from lateness
