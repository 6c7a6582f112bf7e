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
        not exists (
            select 1
            from quarantined
            where
                months.landing_row_id = quarantined.landing_row_id
                and months.previous_application_id
                is not distinct from quarantined.sk_id_prev
                and months.month
                is not distinct from quarantined.months_balance
        )

)

select * from months_of_loans
