with

months as (

    select * from {{ ref('stg_home_credit__pos_months') }}

),

quarantined as (

    select * from {{ ref('quarantine_pos_cash_balance') }}

),

months_of_loans as (

    select
        -- ids
        previous_application_id,
        client_id,

        -- codes
        contract_status,

        -- numerics
        installment_count,
        remaining_installment_count,
        days_past_due,
        days_past_due_tolerated,

        -- month relative to the application
        month
    from months
    where
        {{ is_held('months', {
            'previous_application_id': 'sk_id_prev',
            'month': 'months_balance',
        }) }}

)

select * from months_of_loans
